"""The story page: when this has happened, that follows; rooms meet only here, in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

from core import events
from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.flow.events import (
    ConditionAnswered,
    Issued,
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
    Paid,
    Reviewed,
    TimerFired,
    Verdict,
)
from core.flow.history import Outcome
from core.lifecycle import CardKind
from core.triggers import TriggerKind, TriggerSpec
from services.commerce import access, onboarding, orders, payments, products, purchases, receipts, tariffs
from services.content import deployments, flows
from services.content.importing import sent
from services.content.scenarios import find_scenario
from services.content.settings import load_course_settings
from services.delivery.speech import Address
from services.learning import access as learning_access
from services.learning import (
    assignments,
    certificates,
    dialogs,
    effects,
    known,
    lessons,
    moving,
    pausing,
    polls,
    questions,
    reminders,
    review_cards,
    runs,
    scenarios,
    schedule,
    talking,
    webhooks,
)
from services.messaging import broadcasts, cards, handoffs, outreaches, relay, triggers
from services.people import conditions, contacts
from services.people.schemas import Contact


async def react(uow: UnitOfWork, happened: events.DomainEvent) -> None:
    """Let follow what follows from an event; raises KeyError for one that nobody expects."""
    await ON_EVENT[type(happened)](uow, happened)


async def _on_access_granted(uow: UnitOfWork, granted: events.AccessGranted) -> None:
    """The way into the course, the receipt, and on with the run that waited for the money.

    Where none waits (she bought a second tariff), the links come at once instead of from the run.
    """
    tariff = await tariffs.get_tariff_by_id(uow, granted.tariff_id)
    is_product = await products.is_product(uow, tariff)
    if not is_product:
        deployment = await deployments.get_deployment(uow, flow_id=tariff.flow_id)
        await deployments.issue_personal_token(uow, deployment.id, granted.contact_id, granted.access_id)
    await learning_access.release_runs_of_access(uow, granted)
    if granted.order_id is None:
        return
    order = await payments.get_order(uow, granted.order_id)
    receipts.say_receipt(uow, order, tariff)
    person = await contacts.get_contact(uow, order.contact_id)
    kind, to = TriggerKind.PAID, Address(order.bot_id, order.chat_id)
    await _meet(uow, to, person, kind, tariff.code, f"paid:{order.id}")
    to = Address(order.bot_id, order.chat_id)
    await onboarding.greet_buyer(uow, granted.access_id, tariff.id, to)
    if is_product and not await scenarios.is_active(uow, order.run_id):
        await products.report_without_scenario(uow, order, tariff)
    paid = Paid(order.public_id, tariff.code)
    if order.run_id is None or await runs.deliver(uow, order.run_id, paid) is not Outcome.MOVED:
        buyer = await contacts.get_contact(uow, order.contact_id)
        await purchases.show_purchases(uow, buyer, to, f"access:{granted.access_id}:links")


async def _on_access_revoked(uow: UnitOfWork, revoked: events.AccessRevoked) -> None:
    """The link into the course closes; rights are read from the access itself at every step."""
    await deployments.close_personal_token(uow, revoked.access_id)
    await learning_access.hold_runs_of_access(uow, revoked)


async def _on_card_shown(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    """A reviewer has the card before her; what was settled meanwhile is shown as settled."""
    card = await review_cards.note_shown(uow, answer)
    if card is not None:
        settle = (
            questions.settle_late_card if card.kind is CardKind.QUESTION else assignments.settle_late_card
        )
        await settle(uow, card)


async def _on_silence(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await review_cards.remind_reviewers(uow, timer.payload)


async def _on_offer_made(uow: UnitOfWork, offer: events.OfferMade) -> None:
    run = await runs.load_run(uow, offer.run_id)
    ref = effects.ref_of(offer.run_id, offer.visit)
    place = tariffs.Place(run.stored.address, offer.run_id, offer.visit, ref)
    await tariffs.show_offer(uow, place, offer.text, offer.tariffs, offer.key)


async def _on_deployment_changed(uow: UnitOfWork, changed: events.DeploymentChanged) -> None:
    deployment = await deployments.get_by_id(uow, changed.deployment_id)
    if deployment.environment == "prod":
        settings = await load_course_settings(uow, deployment.id)
        await tariffs.bind_groups(uow, deployment.flow_id, settings.groups)


async def _on_pause_ended(uow: UnitOfWork, ended: events.PauseEnded) -> None:
    """The access first: it may have ended meanwhile."""
    if ended.access_id is not None:
        await access.put_off_end(uow, ended.access_id, ended.lasted)
    await pausing.go_on(uow, ended)
    run = await runs.load_run(uow, ended.run_id)
    if await handoffs.is_talking(uow, run.stored.contact_id):
        await talking.hold_runs(uow, run.stored.contact_id)


async def _on_pause_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await pausing.end(uow, timer.payload["run_id"])


async def _on_payment_failed(uow: UnitOfWork, failed: events.PaymentFailed) -> None:
    order = await payments.get_order(uow, failed.order_id)
    tariff = await tariffs.get_tariff_by_id(uow, order.tariff_id)
    buyer = await contacts.get_contact(uow, order.contact_id)
    kind, key = TriggerKind.PAYMENT_FAILED, f"failed:{order.id}"
    await _meet(uow, Address(order.bot_id, order.chat_id), buyer, kind, tariff.code, key)


async def _on_course_finished(uow: UnitOfWork, finished: events.CourseFinished) -> None:
    await lessons.say_finished(uow, finished)
    run = await runs.load_run(uow, finished.run_id)
    person = await contacts.get_contact(uow, run.stored.contact_id)
    key = f"finished:{finished.run_id}"
    await _meet(uow, run.stored.address, person, TriggerKind.FINISHED, run.flow.slug, key)


async def _on_tag_set(uow: UnitOfWork, tagged: events.TagSet) -> None:
    run = await runs.load_run(uow, tagged.run_id)
    person = await contacts.get_contact(uow, run.stored.contact_id)
    key = f"tag:{tagged.run_id}:{tagged.visit}"
    await _meet(uow, run.stored.address, person, TriggerKind.TAG, tagged.name, key)


async def _on_group_changed(uow: UnitOfWork, changed: events.GroupChanged) -> None:
    """Who has never written to the bot cannot be written to."""
    person = await contacts.find_by_telegram_id(uow, changed.user_id)
    if person is None or not await contacts.list_reachable(uow, changed.bot_id, [changed.user_id]):
        return
    kind = TriggerKind.JOINED if changed.joined else TriggerKind.LEFT
    to = Address(changed.bot_id, changed.user_id)
    await _meet(uow, to, person, kind, str(changed.chat_id), f"group:{changed.bot_id}:{changed.key}")


async def _meet(
    uow: UnitOfWork, to: Address, person: Contact, kind: TriggerKind, name: str, key: str
) -> None:
    """Do what the author's trigger for something that came about says."""
    spec = await triggers.meet_event(uow, to.bot_id, person, kind, name)
    if spec is not None:
        await _do(uow, to, person, spec, key)


async def _do(uow: UnitOfWork, to: Address, person: Contact, spec: TriggerSpec, key: str) -> None:
    numbers = count(1)
    triggers.say_answer(uow, to, spec, lambda: f"trigger:{spec.id}:{key}:{next(numbers)}")
    chosen = spec.start and await find_scenario(uow, to.bot_id, spec.start)
    if chosen:
        await scenarios.start_scenario(uow, person, to, chosen)


async def _on_handoff_wanted(uow: UnitOfWork, wanted: events.HandoffWanted) -> None:
    run = await runs.load_run(uow, wanted.run_id)
    await handoffs.request(uow, wanted, run.stored.address)


async def _on_talk_began(uow: UnitOfWork, began: events.TalkBegan) -> None:
    """The run that waited hears it first; then nothing more happens in any of her runs."""
    await _tell_run(uow, began.handoff_id, OperatorConnected)
    await talking.hold_runs(uow, began.contact_id)


async def _on_talk_ended(uow: UnitOfWork, ended: events.TalkEnded) -> None:
    """Another talk of hers, on the other bot, keeps her runs aside."""
    await _tell_run(uow, ended.handoff_id, OperatorReleased)
    if not await handoffs.is_talking(uow, ended.contact_id):
        await talking.release_runs(uow, ended.contact_id)


async def _on_handoff_failed(uow: UnitOfWork, failed: events.HandoffFailed) -> None:
    await _tell_run(uow, failed.handoff_id, OperatorUnavailable)


async def _tell_run(
    uow: UnitOfWork,
    handoff_id: int,
    what: type[OperatorConnected | OperatorReleased | OperatorUnavailable],
) -> None:
    """Tell it to the run that waits; an operator who began by herself has none."""
    handoff = await handoffs.get_handoff(uow, handoff_id)
    if handoff.run_id is not None and handoff.visit is not None:
        await runs.deliver(uow, handoff.run_id, what(handoff.visit))


async def _on_result_reached(uow: UnitOfWork, reached: events.ResultReached) -> None:
    """Who began the outreach is told, as often as the result changes."""
    noted = await outreaches.note_result(uow, reached.run_id, reached.code)
    if noted is not None:
        await webhooks.report_result(uow, reached.run_id, noted.outreach_id, reached.code)


async def _on_run_finished(uow: UnitOfWork, finished: events.RunFinished) -> None:
    """An outreach whose flow names no result has come to its end with this one."""
    found = await outreaches.find_by_run(uow, finished.run_id)
    if found is not None and found.result is None:
        await _on_result_reached(uow, events.ResultReached(finished.run_id, outreaches.FINISHED))


async def _on_sweep(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Who has been away for as long as a trigger says is turned to."""
    bot_id = timer.payload["bot_id"]
    for contact_id, spec in await triggers.list_inactive(uow, bot_id):
        person = await contacts.get_contact(uow, contact_id)
        key = f"away:{contact_id}:{uow.now.isoformat()}"
        await _do(uow, Address(bot_id, person.telegram_id), person, spec, key)


async def _on_version_published(uow: UnitOfWork, published: events.VersionPublished) -> None:
    version = await flows.get_version(uow, published.version_id)
    if version.flow.kind is FlowKind.SCENARIO:
        await products.follow_version(uow, published.flow_id, version.flow)


async def _on_condition_asked(uow: UnitOfWork, asked: events.ConditionAsked) -> None:
    holds = await conditions.holds(uow, asked.contact_id, asked.name, asked.params)
    await runs.deliver(uow, asked.run_id, ConditionAnswered(asked.visit, holds, asked.question))


async def _on_invites_wanted(uow: UnitOfWork, wanted: events.InvitesWanted) -> None:
    contact = await contacts.get_contact(uow, wanted.contact_id)
    run = await runs.load_run(uow, wanted.run_id)
    await access.issue_invites(uow, wanted, contact, run.stored.bot_id)


async def _on_submission_reviewed(uow: UnitOfWork, reviewed: events.SubmissionReviewed) -> None:
    verdict = Reviewed(reviewed.visit, Verdict(reviewed.verdict), reviewed.attempt)
    await runs.deliver(uow, reviewed.run_id, verdict)


async def _on_invites_issued(uow: UnitOfWork, issued: events.InvitesIssued) -> None:
    await runs.deliver(uow, issued.run_id, Issued(issued.visit, issued.links, failed=issued.failed))


async def _on_chat_blocked(uow: UnitOfWork, blocked: events.ChatBlocked) -> None:
    await contacts.block_chat(uow, blocked.bot_id, blocked.chat_id)
    await handoffs.leave_blocked(uow, blocked.bot_id, blocked.chat_id)
    person = await contacts.find_by_telegram_id(uow, blocked.chat_id)
    for run_id in await outreaches.list_unanswered(uow, person.id) if person else ():
        await _on_result_reached(uow, events.ResultReached(run_id, outreaches.BLOCKED))


async def _on_call_answered(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    await ON_ANSWER[answer.name](uow, answer)


async def _on_timers_taken(uow: UnitOfWork, taken: events.TimersTaken) -> None:
    """Runs alone are looked at ahead: another timer may change what they would see."""
    if all(timer.kind == effects.TIMER for timer in taken.timers):
        await known.look_ahead(uow, [timer.payload["run_id"] for timer in taken.timers])


async def _on_timer_due(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await ON_TIMER[timer.kind](uow, timer)


async def _on_job_finished(uow: UnitOfWork, finished: events.JobFinished) -> None:
    await ON_JOB[finished.kind](uow, finished)


async def _on_invite_link(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    membership = await access.get_membership(uow, answer.ref)
    buyer = await contacts.find_by_telegram_id(uow, membership.user_id)
    await access.on_invite_link(uow, answer, buyer.language if buyer else uow.env.default_language)


async def _on_run_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    payload = timer.payload
    await runs.deliver(uow, payload["run_id"], TimerFired(payload["visit"], payload["name"]))


async def _on_payment_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await payments.check_payment(uow, timer.payload)


async def _on_order_reminder(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await orders.remind_of_order(uow, timer.payload["order_id"])


async def _on_broadcast_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await cards.report_progress(uow, timer.payload)


async def _on_certificate_made(uow: UnitOfWork, finished: events.JobFinished) -> None:
    """The files first, then what the course says to them."""
    issued = await certificates.give_certificate(uow, finished)
    await runs.deliver(uow, finished.payload["run_id"], issued)


async def _on_model_answered(uow: UnitOfWork, finished: events.JobFinished) -> None:
    await runs.deliver(uow, finished.payload["run_id"], await dialogs.take_answer(uow, finished))


async def _on_voice_heard(uow: UnitOfWork, finished: events.JobFinished) -> None:
    await runs.deliver(uow, finished.payload["run_id"], dialogs.read_transcript(finished))


async def _on_cohort_begun(uow: UnitOfWork, timer: events.TimerDue) -> None:
    await runs.open_run(uow, timer.payload["run_id"])


ON_EVENT: Mapping[type[events.DomainEvent], Callable[[UnitOfWork, Any], Awaitable[None]]] = {
    events.OrderPaid: access.grant_access,
    events.AccessGranted: _on_access_granted,
    events.AccessRevoked: _on_access_revoked,
    events.RunHeld: learning_access.tell_held,
    events.FirstLessonGiven: schedule.ask_zone,
    events.CourseFinished: _on_course_finished,
    events.CourseMoved: webhooks.report,
    events.OfferMade: _on_offer_made,
    events.DeploymentChanged: _on_deployment_changed,
    events.VersionPublished: _on_version_published,
    events.PaymentFailed: _on_payment_failed,
    events.PauseEnded: _on_pause_ended,
    events.TagSet: _on_tag_set,
    events.GroupChanged: _on_group_changed,
    events.ConditionAsked: _on_condition_asked,
    events.HandoffWanted: _on_handoff_wanted,
    events.TalkBegan: _on_talk_began,
    events.TalkEnded: _on_talk_ended,
    events.HandoffFailed: _on_handoff_failed,
    events.ResultReached: _on_result_reached,
    events.RunFinished: _on_run_finished,
    events.InvitesWanted: _on_invites_wanted,
    events.InvitesIssued: _on_invites_issued,
    events.SubmissionReviewed: _on_submission_reviewed,
    events.ChatBlocked: _on_chat_blocked,
    events.CallAnswered: _on_call_answered,
    events.TimersTaken: _on_timers_taken,
    events.TimerDue: _on_timer_due,
    events.JobFinished: _on_job_finished,
}
# Which use case an answer of Telegram, a timer or a job wakes.
ON_ANSWER: Mapping[str, Callable[[UnitOfWork, events.CallAnswered], Awaitable[None]]] = {
    access.INVITE: _on_invite_link,
    review_cards.SHOWN: _on_card_shown,
    cards.SHOWN: cards.on_card_shown,
    effects.POLL: polls.remember_poll,
    relay.SHOWN: relay.note_shown,
}
ON_TIMER: Mapping[str, Callable[[UnitOfWork, events.TimerDue], Awaitable[None]]] = {
    effects.TIMER: _on_run_timer,
    moving.MOVE: moving.on_timer,
    runs.BEGIN: _on_cohort_begun,
    pausing.END: _on_pause_timer,
    triggers.SWEEP: _on_sweep,
    reminders.REMIND: reminders.remind,
    review_cards.SILENCE: _on_silence,
    payments.CHECK: _on_payment_timer,
    orders.REMINDER: _on_order_reminder,
    broadcasts.PROGRESS: _on_broadcast_timer,
    handoffs.RING: handoffs.on_ring_over,
    handoffs.SILENCE: handoffs.on_silence,
}
ON_JOB: Mapping[str, Callable[[UnitOfWork, events.JobFinished], Awaitable[None]]] = {
    webhooks.SEND: webhooks.on_sent,
    payments.CREATE: payments.on_created,
    payments.CHECK: payments.on_checked,
    sent.COURSE_FILE: sent.on_file_read,
    certificates.RENDER: _on_certificate_made,
    dialogs.ANSWER: _on_model_answered,
    dialogs.TRANSCRIPT: _on_voice_heard,
}
