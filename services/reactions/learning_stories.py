"""What follows in courses and scenarios: cards, pauses, ends, timers and jobs of runs."""

from core import events
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.events import (
    ConditionAnswered,
    MemberTold,
    Reviewed,
    TimerFired,
    Undone,
    Verdict,
    Withdrawn,
)
from core.flow.history import Outcome
from core.lifecycle import CardKind
from core.triggers import TriggerKind
from services.commerce.access import access
from services.commerce.subscriptions import subscriptions
from services.delivery.schemas import PersonMessage
from services.learning import dialogs, run_context, run_lookup
from services.learning.certificates import certificates
from services.learning.review import assignments, questions, queue, review_cards, topic_talk, topics, waiting
from services.learning.runs import effects, runs
from services.learning.runs.holds import pausing, talk_holds
from services.learning.study import gates, lessons
from services.messaging.handoffs import handoffs
from services.people import conditions, contacts
from services.tenancy import groups
from services.workflows import author_triggers


async def on_card_shown(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    """A reviewer has the card before them; what was settled meanwhile is shown as settled."""
    card = await review_cards.note_shown(uow, answer)
    if card is not None:
        settle = (
            questions.settle_late_card if card.kind is CardKind.QUESTION else assignments.settle_late_card
        )
        await settle(uow, card)


async def on_topic_made(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    """A student has a topic, or cannot have one: what waits is shown there."""
    topic = await topics.note_made(uow, answer)
    if topic is not None:
        await topic_talk.show_waiting(uow, topic)


async def on_silence(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Reviewers are reminded of what waits."""
    await waiting.remind_reviewers(uow, timer.payload)


async def on_claim_over(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """What a curator has not answered in time is everybody's again."""
    await queue.end_by_silence(uow, timer.payload)


async def on_role_taken(uow: UnitOfWork, taken: events.RoleTaken) -> None:
    """Nobody waits for who may not review any more."""
    await queue.let_go(uow, taken.telegram_id)


async def on_pause_began(uow: UnitOfWork, began: events.PauseBegan) -> None:
    """What is paid for the course by time stands still with it."""
    if began.access_id is not None:
        await subscriptions.freeze(uow, began.access_id)


async def on_pause_ended(uow: UnitOfWork, ended: events.PauseEnded) -> None:
    """The access first: it may have ended meanwhile."""
    if ended.access_id is not None and not await subscriptions.thaw(uow, ended.access_id):
        await access.put_off_end(uow, ended.access_id, ended.lasted)
    await pausing.go_on(uow, ended)
    run = await run_lookup.load_run(uow, ended.run_id)
    if await handoffs.is_talking(uow, run.stored.contact_id):
        await talk_holds.hold_runs(uow, run.stored.contact_id)


async def on_pause_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """A pause is over."""
    await pausing.end(uow, timer.payload["run_id"])


async def on_course_finished(uow: UnitOfWork, finished: events.CourseFinished) -> None:
    """The last words, and the author's trigger for the end."""
    await lessons.say_finished(uow, finished)
    run = await run_lookup.load_run(uow, finished.run_id)
    person = await contacts.get_contact(uow, run.stored.contact_id)
    key = f"finished:{finished.run_id}"
    await author_triggers.follow_event(
        uow, run.stored.address, person, TriggerKind.FINISHED, key, run.flow.slug
    )


async def on_tag_set(uow: UnitOfWork, tagged: events.TagSet) -> None:
    """The author's trigger for a tag."""
    run = await run_lookup.load_run(uow, tagged.run_id)
    person = await contacts.get_contact(uow, run.stored.contact_id)
    key = f"tag:{tagged.run_id}:{tagged.visit}"
    await author_triggers.follow_event(uow, run.stored.address, person, TriggerKind.TAG, key, tagged.name)


async def on_condition_asked(uow: UnitOfWork, asked: events.ConditionAsked) -> None:
    """A branch asked about the person; it is told."""
    holds = await conditions.holds(uow, asked.contact_id, asked.name, asked.params)
    await runs.deliver(uow, asked.run_id, ConditionAnswered(asked.visit, holds, asked.question))


async def on_member_asked(uow: UnitOfWork, asked: events.MemberAsked) -> None:
    """A gate asks whether they are in; Telegram is asked."""
    await gates.ask(uow, asked)


async def on_member_told(uow: UnitOfWork, answer: events.CallAnswered) -> None:
    """Telegram's answer opens the gate, or not; it counts for conditions, too."""
    asked = await gates.find_asked(uow, answer)
    if asked is None:
        return
    place, chat_id = asked
    run = (await run_lookup.load_run(uow, place.run_id)).stored
    person = await contacts.get_contact(uow, run.contact_id)
    if answer.ok:
        inside = gates.is_inside(answer.result)
        await groups.note_person(uow, chat_id, person.telegram_id, inside=inside)
    told = MemberTold(place.visit, gates.is_inside(answer.result) if answer.ok else None, answer.ref)
    await runs.deliver(uow, place.run_id, told)


async def on_member_seen(uow: UnitOfWork, seen: events.MemberSeen) -> None:
    """Who comes into a group need not press anything where a gate waits for that."""
    await groups.note_person(uow, seen.chat_id, seen.user_id, inside=seen.inside)
    person = await contacts.find_by_telegram_id(uow, seen.user_id)
    if person is not None and seen.inside:
        await gates.open_for(uow, person, await groups.list_numbers(uow, seen.chat_id))


async def on_submission_reviewed(uow: UnitOfWork, reviewed: events.SubmissionReviewed) -> None:
    """The run hears the verdict."""
    verdict = Reviewed(reviewed.visit, Verdict(reviewed.verdict), reviewed.attempt)
    await runs.deliver(uow, reviewed.run_id, verdict)


async def on_verdict_undone(uow: UnitOfWork, undone: events.VerdictUndone) -> None:
    """The run waits for a verdict again; one that has new work since, or is over, refuses."""
    outcome = await runs.deliver(uow, undone.run_id, Undone(undone.visit, undone.attempt))
    if outcome in {Outcome.STALE, Outcome.IGNORED}:
        raise DomainError(ErrorKind.CONFLICT, "TOO_LATE_TO_UNDO")


async def on_work_unwanted(uow: UnitOfWork, unwanted: events.WorkUnwanted) -> None:
    """Work that nobody has looked at goes back to them, and the run waits for it again."""
    await assignments.take_back(uow, unwanted)
    await runs.deliver(uow, unwanted.run_id, Withdrawn(unwanted.visit, unwanted.attempt))


async def on_question_put(uow: UnitOfWork, put: events.QuestionPut) -> None:
    """Their words go to the curator as a question."""
    run = (await run_lookup.load_run(uow, put.run_id)).stored
    person = await contacts.get_contact(uow, run.contact_id)
    said = PersonMessage(put.question["chat_id"], put.question["message_id"], put.question["content"])
    await questions.ask_question(uow, person, run.address, said)


async def on_words_changed(uow: UnitOfWork, changed: events.WordsChanged) -> None:
    """What is kept of work and questions says what they say now."""
    await assignments.note_change(uow, changed)
    await questions.note_change(uow, changed)


async def on_timers_taken(uow: UnitOfWork, taken: events.TimersTaken) -> None:
    """Runs alone are looked at ahead: another timer may change what they would see."""
    if all(timer.kind == effects.TIMER for timer in taken.timers):
        await run_context.prefetch(uow, [timer.payload["run_id"] for timer in taken.timers])


async def on_run_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """What a run waited for has come."""
    payload = timer.payload
    await runs.deliver(uow, payload["run_id"], TimerFired(payload["visit"], payload["name"]))


async def on_certificate_made(uow: UnitOfWork, finished: events.JobFinished) -> None:
    """The files first, then what the course says to them."""
    issued = await certificates.give_certificate(uow, finished)
    await runs.deliver(uow, finished.payload["run_id"], issued)


async def on_model_answered(uow: UnitOfWork, finished: events.JobFinished) -> None:
    """The model's answer goes to its run."""
    await runs.deliver(uow, finished.payload["run_id"], await dialogs.take_answer(uow, finished))


async def on_voice_heard(uow: UnitOfWork, finished: events.JobFinished) -> None:
    """A voice message goes to its run as words."""
    await runs.deliver(uow, finished.payload["run_id"], dialogs.read_transcript(finished))


async def on_cohort_begun(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """A run that waited for its cohort opens."""
    await runs.open_run(uow, timer.payload["run_id"])
