"""When this has happened, that follows, in the same transaction; rooms meet only here and in the stories beside."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core import events
from core.db.session import UnitOfWork
from services.commerce.access import access, leaving
from services.commerce.orders import gifts, holds, orders
from services.commerce.payments import accounts, calls, comparing, payments
from services.commerce.refunds import calls as refund_calls
from services.commerce.refunds import refunds
from services.commerce.subscriptions import renewals, subscriptions
from services.content.gathering import gathering, screens
from services.content.importing import sent
from services.content.messages import charts, stamps
from services.delivery.carried import carrying, taking_back
from services.delivery.jobs import subject_of
from services.insight import digest, sale_news
from services.learning import dialogs, webhooks
from services.learning.certificates import certificates
from services.learning.review import claims, review_cards, topics
from services.learning.review.answers import drafts
from services.learning.runs import effects, reminders, runs, version_migration
from services.learning.runs.holds import access_changes as learning_access
from services.learning.runs.holds import pausing, returning
from services.learning.study import gates, polls, schedule
from services.messaging import triggers
from services.messaging.broadcasts import broadcasts, cards, changes, following, starting, trials, waves
from services.messaging.broadcasts.drafting import counting
from services.messaging.handoffs import handoffs
from services.people.mail import letters
from services.reactions import (
    account_stories,
    bot_stories,
    commerce_stories,
    group_stories,
    learning_stories,
    messaging_stories,
    setup_stories,
)
from services.reactions.long_jobs import LONG_JOBS
from services.reactions.told_outside import tell_outside
from services.tenancy import groups
from services.tenancy.plans import changing as plan_changing
from services.tenancy.webhooks import deliveries
from services.workflows.desk import files, setup_desk, talks
from services.workflows.privacy import erasure, handing_out


async def react(uow: UnitOfWork, happened: events.DomainEvent) -> None:
    """Let follow what follows from an event; raises KeyError for one that nobody expects."""
    await ON_EVENT[type(happened)](uow, happened)
    await tell_outside(uow, happened)


async def _on_call_answered(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    await ON_ANSWER[answer.name](uow, answer)


async def _on_timer_due(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await ON_TIMER[timer.kind](uow, timer)


async def _on_job_finished(uow: UnitOfWork, finished: events.JobFinished) -> None:
    if finished.kind not in LONG_JOBS:
        await ON_JOB[subject_of(finished.kind)](uow, finished)


ON_EVENT: Mapping[type[events.DomainEvent], Callable[[UnitOfWork, Any], Awaitable[None]]] = {
    events.OrderPaid: commerce_stories.on_order_paid,
    events.MoneyHeld: holds.on_held,
    events.HoldEnded: holds.on_ended,
    events.PaidTwice: refunds.return_surplus,
    events.RefundSeen: refunds.follow,
    events.PaymentRefunded: commerce_stories.on_payment_refunded,
    events.AccessGranted: commerce_stories.on_access_granted,
    events.AccessRevoked: commerce_stories.on_access_revoked,
    events.RunHeld: learning_access.tell_held,
    events.FirstLessonGiven: schedule.ask_zone,
    events.LessonGiven: topics.say_lesson,
    events.CourseFinished: learning_stories.on_course_finished,
    events.CourseMoved: webhooks.report,
    events.OfferMade: commerce_stories.on_offer_made,
    events.FlowDeployed: setup_stories.on_flow_deployed,
    events.TariffSold: setup_stories.on_tariff_sold,
    events.MemberAsked: learning_stories.on_member_asked,
    events.MemberSeen: learning_stories.on_member_seen,
    events.DeploymentChanged: commerce_stories.on_deployment_changed,
    events.VersionPublished: commerce_stories.on_version_published,
    events.PaymentFailed: commerce_stories.on_payment_failed,
    events.ChargePaid: commerce_stories.on_charge_paid,
    events.ChargeFailed: subscriptions.on_charge_failed,
    events.RenewalStopped: renewals.on_stopped,
    events.RenewalSeen: renewals.take_renewal,
    events.PauseBegan: learning_stories.on_pause_began,
    events.PauseEnded: learning_stories.on_pause_ended,
    events.TagSet: learning_stories.on_tag_set,
    events.GroupSeen: setup_stories.on_group_seen,
    events.GroupRefused: group_stories.on_refused,
    events.BotBroke: bot_stories.on_broke,
    events.BotMended: bot_stories.on_mended,
    events.BotTookPlace: bot_stories.on_took_place,
    events.PlanFilled: account_stories.on_plan_filled,
    events.PlanStands: account_stories.on_plan_stands,
    events.GroupBroke: group_stories.on_broke,
    events.GroupMended: group_stories.on_mended,
    events.ChatMoved: groups.move,
    events.GroupMoved: group_stories.on_moved,
    events.GroupChanged: messaging_stories.on_group_changed,
    events.ConditionAsked: learning_stories.on_condition_asked,
    events.HandoffRequested: messaging_stories.on_handoff_requested,
    events.TalkBegan: messaging_stories.on_talk_began,
    events.TalkEnded: messaging_stories.on_talk_ended,
    events.HandoffFailed: messaging_stories.on_handoff_failed,
    events.ResultReached: messaging_stories.on_result_reached,
    events.RunFinished: messaging_stories.on_run_finished,
    events.InvitesRequested: commerce_stories.on_invites_requested,
    events.InvitesIssued: commerce_stories.on_invites_issued,
    events.RoleTaken: learning_stories.on_role_taken,
    events.VerdictUndone: learning_stories.on_verdict_undone,
    events.WorkUnwanted: learning_stories.on_work_unwanted,
    events.QuestionPut: learning_stories.on_question_put,
    events.WordsChanged: learning_stories.on_words_changed,
    events.SubmissionReviewed: learning_stories.on_submission_reviewed,
    events.SourceLost: messaging_stories.on_source_lost,
    events.ContentRefused: messaging_stories.on_content_refused,
    events.ChatBlocked: messaging_stories.on_chat_blocked,
    events.ButtonsLeftOut: messaging_stories.on_buttons_left_out,
    events.WordsLost: messaging_stories.on_words_lost,
    events.CallAnswered: _on_call_answered,
    events.TimersTaken: learning_stories.on_timers_taken,
    events.TimerDue: _on_timer_due,
    events.JobFinished: _on_job_finished,
}
# Which use case an answer of Telegram, a timer or a job wakes.
ON_ANSWER: Mapping[str, Callable[[UnitOfWork, events.CallAnswered], Awaitable[None]]] = {
    access.INVITE: commerce_stories.on_invite_link,
    access.SINGLE: commerce_stories.on_invite_link,
    leaving.REMOVED: leaving.on_removed,
    review_cards.SHOWN: learning_stories.on_card_shown,
    topics.MADE: learning_stories.on_topic_made,
    cards.SHOWN: cards.on_card_shown,
    changes.RECALLED: changes.on_first_recalled,
    starting.FOLLOWING: following.on_first_answered,
    effects.POLL: polls.remember_poll,
    gates.TOLD: learning_stories.on_member_told,
    carrying.SHOWN: carrying.note_shown,
    taking_back.BACK: taking_back.on_deleted,
    talks.SHOWN: talks.on_shown,
    groups.ABOUT: groups.on_told,
    groups.SEAT: groups.on_told,
}
ON_TIMER: Mapping[str, Callable[[UnitOfWork, events.TimerDue], Awaitable[None]]] = {
    effects.TIMER: learning_stories.on_run_timer,
    gathering.OFFER: screens.offer,
    version_migration.MOVE: version_migration.on_timer,
    runs.BEGIN: learning_stories.on_cohort_begun,
    pausing.END: learning_stories.on_pause_timer,
    returning.BACK: returning.on_timer,
    triggers.SWEEP: messaging_stories.on_sweep,
    reminders.REMIND: reminders.remind,
    review_cards.SILENCE: learning_stories.on_silence,
    claims.OVER: learning_stories.on_claim_over,
    group_stories.CHECK: group_stories.on_check,
    calls.CHECK: commerce_stories.on_payment_timer,
    refund_calls.CHECK: commerce_stories.on_refund_timer,
    holds.TIMER: commerce_stories.on_hold_timer,
    gifts.TIMER: commerce_stories.on_gift_timer,
    subscriptions.TIMER: commerce_stories.on_subscription_timer,
    orders.REMINDER: commerce_stories.on_order_reminder,
    broadcasts.PROGRESS: messaging_stories.on_broadcast_timer,
    starting.START: messaging_stories.on_broadcast_start,
    trials.END: messaging_stories.on_trial_end,
    waves.WAVE: messaging_stories.on_wave,
    handoffs.RING: handoffs.on_ring_over,
    digest.DIGEST: digest.on_timer,
    sale_news.SUM: sale_news.on_timer,
    erasure.ERASE: erasure.on_timer,
    handing_out.FORGET: handing_out.on_timer,
    handoffs.SILENCE: handoffs.on_silence,
    plan_changing.LOOK: plan_changing.on_timer,
}
ON_JOB: Mapping[str, Callable[[UnitOfWork, events.JobFinished], Awaitable[None]]] = {
    letters.SEND: letters.on_sent,
    webhooks.SEND: webhooks.on_sent,
    deliveries.SEND: deliveries.on_sent,
    calls.CREATE: payments.on_created,
    calls.CHECK: payments.on_checked,
    calls.NOTICE: payments.on_noticed,
    calls.LIST: comparing.on_listed,
    calls.HOLD: holds.on_answered,
    refund_calls.REFUND: refunds.on_answered,
    refund_calls.CHECK: refunds.on_answered,
    calls.STOP: renewals.on_stop_answered,
    counting.COUNT: cards.on_counted,
    charts.DRAW: charts.send_chart,
    stamps.STAMP: stamps.send_stamped,
    handing_out.GATHER: handing_out.send_data,
    sent.COURSE_FILE: sent.on_file_read,
    gathering.FETCH: gathering.on_file,
    certificates.RENDER: learning_stories.on_certificate_made,
    files.WIZARD_FILE: files.on_fetched,
    accounts.ASK: setup_desk.on_asked,
    accounts.LOOK: setup_desk.on_looked,
    dialogs.ANSWER: learning_stories.on_model_answered,
    drafts.JOB: drafts.take,
    dialogs.TRANSCRIPT: learning_stories.on_voice_heard,
}
