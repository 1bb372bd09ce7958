"""What follows in talks, triggers, outreaches and broadcasts."""

import hashlib

from core import events
from core.db.session import UnitOfWork
from core.flow.events import (
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
)
from core.triggers import TriggerKind
from services.delivery import speech
from services.delivery.outbox import ABOUT_LOST
from services.delivery.speech import Address
from services.learning import run_lookup, webhooks
from services.learning.runs import runs
from services.learning.runs.holds import returning, talk_holds
from services.messaging import outreaches, triggers
from services.messaging.broadcasts import broadcasts, cards, scheduling, trials, waves
from services.messaging.handoffs import handoffs
from services.people import contacts
from services.people.admins import list_admins_in
from services.reactions import group_stories
from services.tenancy import groups
from services.workflows import author_triggers


async def on_group_changed(uow: UnitOfWork, changed: events.GroupChanged) -> None:
    """Who has never written to the bot cannot be written to; a group that is nothing of ours is met by its number alone."""
    person = await contacts.find_by_telegram_id(uow, changed.user_id)
    if person is None or not await contacts.list_reachable(uow, changed.bot_id, [changed.user_id]):
        return
    kind = TriggerKind.JOINED if changed.joined else TriggerKind.LEFT
    to = Address(changed.bot_id, changed.user_id)
    names = [str(number) for number in await groups.list_numbers(uow, changed.chat_id)]
    is_ours = bool(await group_stories.list_needs(uow, changed.bot_id, changed.chat_id))
    spec = await triggers.meet_event(uow, to.bot_id, person, kind, *names, by_name=not is_ours)
    if spec is not None:
        await author_triggers.follow_trigger(uow, to, person, spec, f"group:{changed.bot_id}:{changed.key}")


async def on_handoff_requested(uow: UnitOfWork, wanted: events.HandoffRequested) -> None:
    """A run asks for an operator."""
    run = await run_lookup.load_run(uow, wanted.run_id)
    await handoffs.request(uow, wanted, run.stored.address)


async def on_talk_began(uow: UnitOfWork, began: events.TalkBegan) -> None:
    """The run that waited hears it first; then nothing more happens in any of their runs."""
    await _tell_run(uow, began.handoff_id, OperatorConnected)
    await talk_holds.hold_runs(uow, began.contact_id)


async def on_talk_ended(uow: UnitOfWork, ended: events.TalkEnded) -> None:
    """Another talk of theirs, on the other bot, keeps their runs aside."""
    await _tell_run(uow, ended.handoff_id, OperatorReleased)
    if not await handoffs.is_talking(uow, ended.contact_id):
        await talk_holds.release_runs(uow, ended.contact_id)


async def on_handoff_failed(uow: UnitOfWork, failed: events.HandoffFailed) -> None:
    """The run hears that nobody came."""
    await _tell_run(uow, failed.handoff_id, OperatorUnavailable)


async def _tell_run(
    uow: UnitOfWork,
    handoff_id: int,
    what: type[OperatorConnected | OperatorReleased | OperatorUnavailable],
) -> None:
    """Tell it to the run that waits; an operator who began by themself has none."""
    handoff = await handoffs.get_handoff(uow, handoff_id)
    if handoff.run_id is not None and handoff.visit is not None:
        await runs.deliver(uow, handoff.run_id, what(handoff.visit))


async def on_result_reached(uow: UnitOfWork, reached: events.ResultReached) -> None:
    """Who began the outreach is told, as often as the result changes."""
    noted = await outreaches.note_result(uow, reached.run_id, reached.code)
    if noted is not None:
        await webhooks.report_result(uow, reached.run_id, noted.outreach_id, reached.code)


async def on_run_finished(uow: UnitOfWork, finished: events.RunFinished) -> None:
    """An outreach whose flow names no result has come to its end with this one."""
    outreach = await outreaches.find_by_run(uow, finished.run_id)
    if outreach is not None and outreach.result is None:
        await on_result_reached(uow, events.ResultReached(finished.run_id, outreaches.FINISHED))


async def on_sweep(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Who has been away for as long as a trigger says is turned to."""
    bot_id = timer.payload["bot_id"]
    for contact_id, spec in await triggers.list_inactive(uow, bot_id):
        person = await contacts.get_contact(uow, contact_id)
        key = f"away:{contact_id}:{uow.now.isoformat()}"
        await author_triggers.follow_trigger(uow, Address(bot_id, person.telegram_id), person, spec, key)


async def on_chat_blocked(uow: UnitOfWork, blocked: events.ChatBlocked) -> None:
    """Nothing more is sent there; talks and outreaches with that person end, runs wait."""
    await contacts.block_chat(uow, blocked.bot_id, blocked.chat_id)
    await handoffs.leave_blocked(uow, blocked.bot_id, blocked.chat_id)
    person = await contacts.find_by_telegram_id(uow, blocked.chat_id)
    if person is None:
        return
    for run_id in await outreaches.list_unanswered(uow, person.id):
        await on_result_reached(uow, events.ResultReached(run_id, outreaches.BLOCKED))
    await returning.hold_runs(uow, person.id, blocked.bot_id)


async def on_broadcast_timer(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """A broadcast's card shows how far it is."""
    await cards.report_progress(uow, timer.payload)


async def on_broadcast_start(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """The moment of a broadcast has come."""
    await scheduling.on_start(uow, timer.payload)


async def on_trial_end(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """The variants of a broadcast are compared."""
    await trials.on_end(uow, timer.payload)


async def on_wave(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """The moment of some people of a broadcast has come."""
    await waves.on_moment(uow, timer.payload)


async def on_buttons_left_out(uow: UnitOfWork, left: events.ButtonsLeftOut) -> None:
    """The admins hear once of each button that opens nothing."""
    admins = await list_admins_in(uow, left.bot_id)
    for button in left.buttons:
        mark = hashlib.sha256(button.encode()).hexdigest()[:16]
        for admin in admins:
            words = speech.words("button-left-out", button=button)
            speech.say(uow, Address(left.bot_id, admin), words, f"no-link:{left.bot_id}:{mark}:{admin}")


async def on_words_lost(uow: UnitOfWork, lost: events.WordsLost) -> None:
    """Who waits for the message hears that it cannot be shown, and the admins once why."""
    admins = await list_admins_in(uow, lost.bot_id)
    if lost.is_awaited and lost.chat_id not in admins:
        place = Address(lost.bot_id, lost.chat_id)
        speech.say(uow, place, speech.words("message-lost"), f"{ABOUT_LOST}{lost.outbox_id}")
    mark = hashlib.sha256(lost.error.encode()).hexdigest()[:16]
    for admin in admins:
        words = speech.words("message-lost-why", error=lost.error, id=lost.outbox_id)
        speech.say(uow, Address(lost.bot_id, admin), words, f"{ABOUT_LOST}{lost.bot_id}:{mark}:{admin}")


async def on_source_lost(uow: UnitOfWork, lost: events.SourceLost) -> None:
    """What cannot be repeated is not tried on everybody."""
    await broadcasts.stop_lost(uow, lost.broadcast_id)


async def on_content_refused(uow: UnitOfWork, refused: events.ContentRefused) -> None:
    """What Telegram takes for nobody is not tried on everybody."""
    await broadcasts.stop_refused(uow, refused.broadcast_id, refused.error)
