"""Hand-offs: an operator is rung, talks, passes on or closes; a person's runs are held meanwhile."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from loguru import logger
from sqlalchemy.exc import IntegrityError

from core.db.session import Transaction, UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.events import HandoffFailed, HandoffRequested, TalkBegan, TalkEnded, TimerDue
from core.lifecycle import HANDOFF_MOVES, HandoffStatus, Side
from core.presses import PressKind
from core.profile import Profile
from core.public_ids import CONVERSATION
from core.refs import RefKind, write_ref
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.feed.changes import Topic, note_change
from services.delivery.outbox import find_shown
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.delivery.timers import drop_timers, set_timer
from services.messaging.handoffs import operators
from services.messaging.schemas import Handoff
from services.messaging.store import handoffs as store
from services.people import awaited
from services.people.contacts import find_by_telegram_id, get_contact
from services.people.schemas import Contact

RING = "handoff_ring"  # timer: the operator has not answered
SILENCE = "handoff_silence"  # timer: nobody has spoken for long
TAKE, DECLINE = PressKind.TALK_TAKE, PressKind.TALK_DECLINE  # kinds of the ring's buttons: hand-off and round
CLOSE, PASS = PressKind.TALK_CLOSE, PressKind.TALK_HAND_ON  # kinds of the talk's buttons: hand-off
PERSON, OPERATOR = Side.PERSON, Side.OPERATOR
AHEAD = "talks"  # in a unit's `ahead`: who is in a hand-off
MOST_NOTES = 3
MOST_LINES = 10  # of a talk that a new operator sees


async def request(uow: UnitOfWork, wanted: HandoffRequested, to: Address) -> None:
    """Ring an operator for the run that waits; somebody who is talked with already is connected at once."""
    ring, silence, idle = wanted.patience
    row = _new(uow, wanted.contact_id, to) | {
        "run_id": wanted.run_id,
        "visit": wanted.visit,
        "ring_seconds": ring,
        "silence_seconds": silence,
        "idle_seconds": idle,
    }
    handoff_id = await _add(uow, row)
    if handoff_id is not None:
        await _ring_next(uow, await get_handoff(uow, handoff_id))
        return
    current = await store.find_open_of(uow.conn, uow.account_id, to.bot_id, wanted.contact_id)
    if current is None:
        raise RaceLost(f"the talk of contact {wanted.contact_id} was closed by another unit")
    await _move(uow, current, current.status, {"run_id": wanted.run_id, "visit": wanted.visit})
    if current.status is HandoffStatus.TALKING:
        uow.publish(TalkBegan(current.id, current.contact_id))


async def _add(uow: UnitOfWork, row: Mapping[str, Any]) -> int | None:
    uow.ahead.pop((AHEAD, uow.account_id), None)
    note_change(uow, Topic.INBOX, CONVERSATION, row["chat_id"])
    return await store.add_handoff(uow.conn, uow.account_id, dict(row))


def _new(uow: UnitOfWork, contact_id: int, to: Address) -> dict[str, Any]:
    return {
        "bot_id": to.bot_id,
        "contact_id": contact_id,
        "chat_id": to.chat_id,
        "status": HandoffStatus.RINGING,
        "tried": [],
        "round": 0,
        "had_talk": False,
        "last_at": uow.now,
        "opened_at": uow.now,
    }


async def begin_talk(uow: UnitOfWork, operator_id: int, person: Contact, bot_id: int, screen: Screen) -> None:
    """An operator turns to a person by themself. Raises OPERATOR_BUSY, TALK_TAKEN, NOT_REACHABLE."""
    if await store.find_engaging(uow.conn, uow.account_id, operator_id):
        raise DomainError(ErrorKind.CONFLICT, "OPERATOR_BUSY")
    profile = uow.env.profile or Profile(name="plain", transfer_to_operator=True)
    row = _new(uow, person.id, Address(bot_id, person.telegram_id)) | {
        "ring_seconds": profile.ring_seconds,
        "silence_seconds": profile.silence_seconds,
        "idle_seconds": profile.idle_seconds,
    }
    handoff_id = await _add(uow, row)
    if handoff_id is None:
        raise DomainError(ErrorKind.CONFLICT, "TALK_TAKEN")
    await _connect(uow, await get_handoff(uow, handoff_id), operator_id, screen)


async def take(uow: UnitOfWork, handoff_id: int, ring: int, operator_id: int, screen: Screen) -> bool:
    """The operator who is rung takes the talk; False if that ring is over."""
    handoff = await get_handoff(uow, handoff_id)
    if not _is_rung(handoff, ring, operator_id):
        return False
    return await take_over(uow, handoff_id, operator_id, screen)


async def take_over(uow: UnitOfWork, handoff_id: int, operator_id: int, screen: Screen) -> bool:
    """Somebody takes a talk who was not rung, or not yet; who was reads that it is over. False if it rings no more.

    Raises OPERATOR_BUSY for who is in another one.
    """
    handoff = await get_handoff(uow, handoff_id)
    if handoff.status is not HandoffStatus.RINGING:
        return False
    if handoff.operator_id != operator_id:
        if await store.find_engaging(uow.conn, uow.account_id, operator_id):
            raise DomainError(ErrorKind.CONFLICT, "OPERATOR_BUSY")
        if handoff.operator_id is not None:
            await _take_card_back(uow, handoff)
    await drop_timers(uow, RING, _key(handoff_id))
    await _connect(uow, handoff, operator_id, screen)
    return True


async def decline(uow: UnitOfWork, handoff_id: int, ring: int, operator_id: int, screen: Screen) -> bool:
    """The operator who is rung cannot now; the next one is. False if that ring is over."""
    handoff = await get_handoff(uow, handoff_id)
    if not _is_rung(handoff, ring, operator_id):
        return False
    speech.show(uow, screen, speech.words("ring-declined", person=await _name(uow, handoff)))
    await _ring_next(uow, handoff)
    return True


def _is_rung(handoff: Handoff, ring: int, operator_id: int) -> bool:
    rung = (HandoffStatus.RINGING, ring, operator_id)
    return (handoff.status, handoff.round, handoff.operator_id) == rung


async def on_ring_over(uow: UnitOfWork, timer: TimerDue) -> None:
    """The operator did not answer in time: their card says so, the next one is rung."""
    handoff = await get_handoff(uow, timer.payload["id"])
    if handoff.status is not HandoffStatus.RINGING or handoff.round != timer.payload["round"]:
        return
    await _take_card_back(uow, handoff)
    await _ring_next(uow, handoff)


async def _take_card_back(uow: UnitOfWork, handoff: Handoff) -> None:
    words = speech.words("ring-over", person=await _name(uow, handoff))
    shown = await find_shown(uow, _ring_key(handoff))
    speech.show(uow, Screen(handoff.operator, f"{_ring_key(handoff)}:over", shown), words)


async def _ring_next(uow: UnitOfWork, handoff: Handoff) -> None:
    """Ring the next free operator who was not rung yet; where there is none the person is told by their flow."""
    person = await get_contact(uow, handoff.contact_id)
    free = await operators.find_free(uow, handoff.bot_id, {*handoff.tried, person.telegram_id})
    if free is None:
        await _give_up(uow, handoff)
        return
    ring = handoff.round + 1
    values = {"operator_id": free, "tried": [*handoff.tried, free], "round": ring}
    await _move(uow, handoff, HandoffStatus.RINGING, values)
    ends_at = uow.now + timedelta(seconds=handoff.ring_seconds)
    await set_timer(uow, RING, _key(handoff.id), ends_at, {"id": handoff.id, "round": ring})
    rung = await get_handoff(uow, handoff.id)
    target = f"{handoff.id}-{ring}"
    buttons = [
        [
            speech.button(speech.words("ring-take"), TAKE, target),
            speech.button(speech.words("ring-decline"), DECLINE, target),
        ]
    ]
    words = await _describe(uow, rung, person)
    speech.say(uow, rung.operator, words, _ring_key(rung), buttons=buttons)


async def _describe(uow: UnitOfWork, handoff: Handoff, person: Contact) -> Words:
    known = f"@{person.username}" if person.username else str(person.telegram_id)
    parts: list[Words] = [speech.words("ring", person=person.full_name, known=known)]
    noted = await store.list_notes(uow.conn, uow.account_id, person.id, MOST_NOTES)
    parts += [speech.words("note-line", text=each_note["text"]) for each_note in reversed(noted)]
    said = carrying.sum_up(await carrying.list_carried(uow, about(handoff.id)), MOST_LINES)
    return speech.lines(*parts, *([said] if said else []))


async def _give_up(uow: UnitOfWork, handoff: Handoff) -> None:
    await drop_timers(uow, RING, _key(handoff.id))
    logger.bind(event="handoff.unavailable", handoff=handoff.id).info("no operator is free")
    if handoff.had_talk:
        speech.say(uow, handoff.person, speech.words("talk-lost"), f"handoff:{handoff.id}:lost")
        await _end(uow, handoff)
        return
    values = {"operator_id": None, "closed_at": uow.now}
    await _move(uow, handoff, HandoffStatus.UNAVAILABLE, values)
    uow.publish(HandoffFailed(handoff.id))


async def _connect(uow: UnitOfWork, handoff: Handoff, operator_id: int, screen: Screen) -> None:
    values = {
        "operator_id": operator_id,
        "connected_at": uow.now,
        "had_talk": True,
        "last_from": PERSON,
        "last_at": uow.now,
    }
    await _move(uow, handoff, HandoffStatus.TALKING, values)
    talk = await get_handoff(uow, handoff.id)
    for side in (talk.person, talk.operator):
        await awaited.give_up(uow, side)
    speech.show(uow, screen, speech.words("talk-yours", person=await _name(uow, talk)), _steering(talk))
    operator = await find_by_telegram_id(uow, operator_id)
    words = speech.words("talk-begun", operator=operator.given_name if operator else "")
    button = speech.button(speech.words("talk-end"), CLOSE, talk.id)
    speech.say(uow, talk.person, words, f"handoff:{talk.id}:{talk.round}:begun", buttons=[[button]])
    await carrying.carry_waiting(uow, about(talk.id), talk.operator)
    await expect_word(uow, talk, PERSON)
    uow.publish(TalkBegan(talk.id, talk.contact_id))


def _steering(handoff: Handoff) -> Keyboard:
    close = speech.button(speech.words("talk-close"), CLOSE, handoff.id)
    return [[close, speech.button(speech.words("talk-pass"), PASS, handoff.id)]]


async def close(uow: UnitOfWork, handoff: Handoff, *, by: str) -> bool:
    """End a talk; both are told. False if it is over."""
    if handoff.status is not HandoffStatus.TALKING:
        return False
    key = f"handoff:{handoff.id}:{handoff.round}"
    words = speech.words("talk-closed", person=await _name(uow, handoff))
    if by == PERSON:
        words = speech.words("talk-left", person=await _name(uow, handoff))
    speech.say(uow, handoff.operator, words, f"{key}:closed")
    speech.say(uow, handoff.person, speech.words("talk-over"), f"{key}:over")
    await _end(uow, handoff)
    return True


async def _end(uow: UnitOfWork, handoff: Handoff) -> None:
    await drop_timers(uow, SILENCE, _key(handoff.id))
    await _move(uow, handoff, HandoffStatus.CLOSED, {"closed_at": uow.now})
    uow.publish(TalkEnded(handoff.id, handoff.contact_id))


async def pass_on(uow: UnitOfWork, handoff: Handoff) -> bool:
    """Ring another operator for a talk; False if no other is free, and then it stays as it is."""
    if handoff.status is not HandoffStatus.TALKING or handoff.operator_id is None:
        return False
    person = await get_contact(uow, handoff.contact_id)
    but = {handoff.operator_id, person.telegram_id}
    if await operators.find_free(uow, handoff.bot_id, but) is None:
        return False
    key = f"handoff:{handoff.id}:{handoff.round}"
    speech.say(uow, handoff.person, speech.words("talk-passed"), f"{key}:passed")
    words = speech.words("talk-passed-on", person=person.full_name)
    speech.say(uow, handoff.operator, words, f"{key}:passed-on")
    await drop_timers(uow, SILENCE, _key(handoff.id))
    values = {"operator_id": None, "tried": [handoff.operator_id]}
    await _move(uow, handoff, HandoffStatus.RINGING, values)
    await _ring_next(uow, await get_handoff(uow, handoff.id))
    return True


async def on_silence(uow: UnitOfWork, timer: TimerDue) -> None:
    """Who waits for an operator's word too long gets another one; a talk nobody speaks in is over."""
    handoff = await get_handoff(uow, timer.payload["id"])
    if handoff.status is not HandoffStatus.TALKING:
        return
    if handoff.last_at + _patience(handoff, handoff.last_from or PERSON) > uow.now:
        await expect_word(uow, handoff, handoff.last_from or PERSON)
        return
    if handoff.last_from == OPERATOR:
        await close(uow, handoff, by=OPERATOR)
        return
    if await pass_on(uow, handoff):
        return
    words = speech.words("talk-forgotten", person=await _name(uow, handoff))
    speech.say(uow, handoff.operator, words, f"handoff:{handoff.id}:{handoff.round}:forgotten")
    speech.say(uow, handoff.person, speech.words("talk-lost"), f"handoff:{handoff.id}:lost")
    await _end(uow, handoff)


async def expect_word(uow: UnitOfWork, handoff: Handoff, spoken: str) -> None:
    """From now on the other one of a talk is expected to speak (`spoken`: who has just spoken)."""
    await store.note_word(uow.conn, uow.account_id, handoff.id, spoken, uow.now)
    ends_at = uow.now + _patience(handoff, spoken)
    await set_timer(uow, SILENCE, _key(handoff.id), ends_at, {"id": handoff.id})


def _patience(handoff: Handoff, spoken: str) -> timedelta:
    seconds = handoff.silence_seconds if spoken == PERSON else handoff.idle_seconds
    return timedelta(seconds=seconds)


async def say_in_talk(uow: UnitOfWork, handoff: Handoff, speaker_id: int, said: PersonMessage) -> None:
    """Bring what one of the two says to the other; while nobody has taken the talk it is kept."""
    is_person = speaker_id == handoff.chat_id
    side = Side.PERSON if is_person else Side.OPERATOR
    talking = handoff.status is HandoffStatus.TALKING
    other = (handoff.operator if is_person else handoff.person) if talking else None
    passage = Passage(handoff.bot_id, about(handoff.id), side)
    await carrying.carry(uow, said, other, passage)
    if talking:
        await expect_word(uow, handoff, side)


def about(handoff_id: int) -> str:
    """What is said in a talk belongs to it by this name."""
    return write_ref(RefKind.TALK, handoff_id)


async def note(uow: UnitOfWork, handoff: Handoff, author_id: int, text: str) -> None:
    """Keep a note about the person, for the operators after this one."""
    await note_about(uow, handoff.contact_id, author_id, text)


async def note_about(uow: UnitOfWork, contact_id: int, author_id: int, text: str) -> None:
    """Keep a note about a person, for the team."""
    row = {"contact_id": contact_id, "author_id": author_id, "text": text, "at": uow.now}
    await store.add_note(uow.conn, uow.account_id, row)


async def leave_blocked(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    """Somebody cannot be written to any more: their talk ends, an operator's goes to another one."""
    person = await find_by_telegram_id(uow, chat_id)
    if person is None:
        return
    hers = await store.find_open_of(uow.conn, uow.account_id, bot_id, person.id)
    if hers is not None:
        if not await close(uow, hers, by=PERSON):
            await _give_up(uow, hers)
        return
    engaging = await store.find_engaging(uow.conn, uow.account_id, chat_id)
    if engaging is None or engaging.bot_id != bot_id:
        return
    if engaging.status is HandoffStatus.RINGING:
        await _ring_next(uow, engaging)
    elif not await pass_on(uow, engaging):
        await close(uow, engaging, by=OPERATOR)


async def prefetch(transaction: Transaction, people: Mapping[int, Collection[int]]) -> None:
    """Load at once who of many people (Telegram ids by account) is in a hand-off; nearly always nobody is."""
    for account_id, telegram_ids in people.items():
        speaking = await store.list_speaking(transaction.conn, account_id, telegram_ids)
        transaction.keep_ahead((AHEAD, account_id), speaking)


async def find_of_speaker(uow: UnitOfWork, bot_id: int, contact: Contact) -> Handoff | None:
    """The hand-off in which somebody speaks on a bot: as the person who waits or talks, else as the operator."""
    speaking = uow.ahead.get((AHEAD, uow.account_id))
    if speaking is not None and contact.telegram_id not in speaking:
        return None
    return await store.find_of_speaker(uow.conn, uow.account_id, bot_id, contact.id, contact.telegram_id)


async def find_talk_of_operator(uow: UnitOfWork, operator_id: int) -> Handoff | None:
    """The talk an operator is in."""
    handoff = await store.find_engaging(uow.conn, uow.account_id, operator_id)
    return handoff if handoff and handoff.status is HandoffStatus.TALKING else None


async def is_talking(uow: UnitOfWork, contact_id: int) -> bool:
    """Whether a person talks with an operator, on any bot."""
    return await store.has_open(uow.conn, uow.account_id, contact_id)


async def get_handoff(uow: UnitOfWork, handoff_id: int) -> Handoff:
    """A hand-off by its id; raises HANDOFF_NOT_FOUND."""
    handoff = await store.find_handoff(uow.conn, uow.account_id, handoff_id)
    if handoff is None:
        raise DomainError(ErrorKind.NOT_FOUND, "HANDOFF_NOT_FOUND", str(handoff_id))
    return handoff


async def _move(uow: UnitOfWork, handoff: Handoff, to: HandoffStatus, more: Mapping[str, Any]) -> None:
    allowed = (to,) if to is handoff.status else HANDOFF_MOVES[to]
    uow.ahead.pop((AHEAD, uow.account_id), None)
    try:
        moved = await store.move_handoff(uow.conn, uow.account_id, handoff.id, to, allowed, dict(more))
    except IntegrityError as error:  # the operator was engaged by another unit in this very moment
        raise RaceLost(f"an operator of hand-off {handoff.id} is engaged") from error
    if not moved:
        raise RaceLost(f"hand-off {handoff.id} was moved by another unit")
    note_change(uow, Topic.INBOX, CONVERSATION, handoff.chat_id)


async def _name(uow: UnitOfWork, handoff: Handoff) -> str:
    return (await get_contact(uow, handoff.contact_id)).full_name


def _key(handoff_id: int) -> str:
    return f"handoff:{handoff_id}:"


def _ring_key(handoff: Handoff) -> str:
    return f"ring:{handoff.id}:{handoff.round}"
