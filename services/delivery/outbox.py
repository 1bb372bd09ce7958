"""The one door out: calls are stored with the decision that wants them, then claimed, sent and recorded."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from loguru import logger
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.db.session import Database, Row, Transaction, UnitOfWork, until_won
from core.errors import TooEarly
from core.events import (
    ButtonsLeftOut,
    CallAnswered,
    ChatBlocked,
    ChatMoved,
    ContentRefused,
    GroupRefused,
    SourceLost,
    WordsLost,
)
from core.lifecycle import OutboxState, Priority
from core.refs import Ref, read_ref
from services.delivery import history
from services.delivery.feed.progress import note_progress
from services.delivery.schemas import (
    AT_ONCE,
    THREAD,
    Lease,
    Outcome,
    Outgoing,
    Postponed,
    QueuedCall,
    Refused,
    Rendered,
    Sent,
    ShownCall,
    Unknown,
    Unrendered,
)
from services.delivery.sending.picking import Pick
from services.delivery.sending.turns import Turns
from services.delivery.store import carried
from services.delivery.store.due import LONGEST
from services.delivery.store.sending import away
from services.delivery.store.sending import outbox as store
from utils import faultpoints
from utils.backoff import delay

SOURCE_LOST = ("message to copy not found", "can't be copied", "wrong file identifier", "wrong remote file")
ABOUT_LOST = "lost:"  # begins the keys of what is said in place of words that could not be made
MOST_TRIES = 5  # with unknown outcome; certainly-not-sent ones are free
IDEMPOTENT = (
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "deleteMessage",
    "deleteMessages",
    "createChatInviteLink",  # a second link is harmless: each lets in its buyer only
    "revokeChatInviteLink",
    "approveChatJoinRequest",
    "declineChatJoinRequest",
    "banChatMember",
    "unbanChatMember",
)

Render = Callable[[AsyncConnection, Sequence[QueuedCall]], Awaitable[list[Rendered | Unrendered]]]


def topic_of(bot_id: int) -> str:
    """The bell that rings when a bot has something to send."""
    return f"outbox:{bot_id}"


async def list_waiting_topics(db: Database, bot_ids: Sequence[int]) -> list[str]:
    """The bells of those bots that have something to send now."""
    if not bot_ids:
        return []
    async with db.reading() as conn:
        return [
            topic_of(bot_id) for bot_id in await store.list_waiting_bots(conn, bot_ids, db.clock.real_now())
        ]


def enqueue(uow: UnitOfWork, call: Outgoing) -> None:
    """Have a Bot API call made after this unit's commit; the same dedupe key is said once."""
    uow.append(outbox, _row(uow, call))
    uow.wake(topic_of(call.bot_id))


def keep_said(uow: UnitOfWork, call: Outgoing) -> None:
    """Remember a call that was made elsewhere, so that it can be repeated; it is not made."""
    uow.append(outbox, {**_row(uow, call), "state": OutboxState.SENT})


def _row(uow: UnitOfWork, call: Outgoing) -> Row:
    return {
        "account_id": uow.account_id,
        "bot_id": call.bot_id,
        "chat_id": call.chat_id,
        "priority": _priority(uow, call),
        "dedupe_key": call.dedupe_key,
        "method": call.method,
        "payload": json.dumps(call.payload, ensure_ascii=False, separators=(",", ":")),
        "frozen": False,
        "state": OutboxState.PENDING,
        "not_before": uow.real_now + call.wait if call.wait else AT_ONCE,
        "attempt": 0,
        "possibly_twice": False,
        "on_result": None if call.on_result is None else dict(call.on_result),
        "ref": call.ref,
        "created_at": uow.now,
    }


def _priority(uow: UnitOfWork, call: Outgoing) -> Priority:
    """What a stranger gets is a greeting, unless they have paid for it."""
    yields = call.chat_id in uow.strangers and call.priority is not Priority.TRANSACTIONAL
    return Priority.GREETING if yields else call.priority


async def find_ref(uow: UnitOfWork, bot_id: int, chat_id: int, message_id: int) -> Ref | None:
    """What one of our messages was about; TooEarly while the number of one just sent is not stored yet.

    Telegram shows a message before its answer reaches us, and somebody quick replies to it.
    """
    ref = await store.find_by_message(uow.conn, uow.account_id, bot_id, chat_id, message_id)
    ref = ref or await carried.find_ref(uow.conn, uow.account_id, bot_id, chat_id, message_id)
    if ref is None and await store.is_speaking_to(uow.conn, uow.account_id, bot_id, chat_id):
        raise TooEarly(f"a message to chat {chat_id} is under way")
    return read_ref(ref)


async def send_again_to(
    uow: UnitOfWork, bot_id: int, chat_id: int, wanted: Callable[[str, str], bool]
) -> int:
    """Put back in line what was refused in a chat, where `wanted` says so of method and error; says how many."""
    refused = await store.list_refused(uow.conn, uow.account_id, bot_id, chat_id)
    again = [row_id for row_id, method, error in refused if wanted(method, error)]
    for row_id in again:
        await store.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    uow.wake(topic_of(bot_id))
    return len(again)


async def drop_refused_in(
    uow: UnitOfWork, bot_id: int, chat_id: int, wanted: Callable[[str, str], bool]
) -> None:
    """Let nobody look any more at what was refused in a chat, where `wanted` says so of method and error."""
    for row_id, method, error in await store.list_refused(uow.conn, uow.account_id, bot_id, chat_id):
        if wanted(method, error):
            await store.drop_refused(uow.conn, uow.account_id, row_id)


async def find_shown(uow: UnitOfWork, dedupe_key: str) -> int | None:
    """The number of the message that a call has become; None before Telegram has shown it."""
    return await store.find_shown(uow.conn, uow.account_id, dedupe_key)


async def list_shown(uow: UnitOfWork, bot_id: int, chat_id: int, ref: str) -> list[ShownCall]:
    """What a chat has seen, or is about to see, of what `ref` names, in order."""
    return await store.list_shown(uow.conn, uow.account_id, bot_id, chat_id, ref)


async def claim_calls(
    db: Database, lease: Lease, skip: Sequence[int], limit: int, render: Render, turns: Turns
) -> list[Rendered]:
    """Pick what a bot sends next, render it, and commit that it is being sent under this lease.

    `skip` are chats that must wait for their own pace. Order within a lane is kept; presses go first, and each
    other line gets at least its share.
    """
    now = db.clock.real_now()
    bot_id = int(lease.name.removeprefix("bot:"))
    async with db.transaction() as transaction:
        calls = await Pick(transaction.conn, bot_id, now, db.clock.monotonic(), skip, turns.groups).pick(
            limit, turns
        )
        if not calls:
            return []
        made = await render(transaction.conn, calls)
        rendered = [call for call in made if isinstance(call, Rendered)]
        await _hold_unrendered(transaction, [call for call in made if isinstance(call, Unrendered)])
        got = await store.claim(transaction.conn, lease, [call.call.id for call in rendered], now)
        mine = [call for call in rendered if call.call.id in got]
        if len(mine) < len(rendered):
            await _set_aside(transaction, [call.call for call in rendered if call.call.id not in got])
        await _keep_words(transaction.conn, mine, db.clock.now())
        for call in mine:
            await _tell_left_out(transaction, call)
    faultpoints.reach("calls claimed")
    return mine


async def _set_aside(transaction: Transaction, calls: Sequence[QueuedCall]) -> None:
    """Nothing is sent to who is gone; that they are is told once more, for what has begun meanwhile."""
    gone = await away.set_aside(transaction.conn, [call.id for call in calls])
    for call in calls:
        if call.id in gone and call.broadcast_id is None:
            async with transaction.unit(call.account_id) as uow:
                uow.publish(ChatBlocked(call.bot_id, call.chat_id))


async def put_back(uow: UnitOfWork, bot_id: int, chat_id: int) -> list[str]:
    """Send what waited for a person who was gone; gives what it was about."""
    uow.wake(topic_of(bot_id))
    return await away.put_back(uow.conn, uow.account_id, bot_id, chat_id)


async def _hold_unrendered(transaction: Transaction, broken: Sequence[Unrendered]) -> None:
    """What cannot be said is set aside, and that is said instead; nothing is said of such a word itself."""
    for unrendered in broken:
        logger.bind(event="call.unrendered", outbox_id=unrendered.call.id).error(
            "{} cannot be rendered and is held: {}", unrendered.call.dedupe_key, unrendered.error
        )
        call = unrendered.call
        await store.hold(transaction.conn, call.account_id, call.id, unrendered.error[:1000])
        if call.dedupe_key.startswith(ABOUT_LOST):
            continue
        is_awaited = call.method.startswith("send") and call.broadcast_id is None
        async with transaction.unit(call.account_id) as uow:
            uow.publish(WordsLost(call.bot_id, call.chat_id, call.id, unrendered.error, is_awaited))


async def _tell_left_out(transaction: Transaction, rendered: Rendered) -> None:
    if not rendered.left_out:
        return
    call = rendered.call
    logger.bind(event="call.button_left_out", outbox_id=call.id).warning(
        "{} leaves without its buttons {}: their addresses are empty", call.dedupe_key, rendered.left_out
    )
    async with transaction.unit(call.account_id) as uow:
        uow.publish(ButtonsLeftOut(call.bot_id, rendered.left_out))


async def _keep_words(conn: AsyncConnection, rendered: Sequence[Rendered], at: datetime) -> None:
    changed = [call for call in rendered if not call.call.frozen and not call.call.broadcast_id]
    if changed:
        finals = [
            {
                "row_id": call.call.id,
                "how": call.call.method,
                "final": json.dumps(call.fields, ensure_ascii=False, separators=(",", ":")),
            }
            for call in changed
        ]
        await store.freeze(conn, finals)
    await history.remember_outgoing(conn, [call for call in rendered if call.call.attempt == 0], at)


async def record_outcomes(db: Database, lease: Lease, outcomes: Sequence[Outcome]) -> None:
    """Commit what became of calls; answers that somebody waits for become events in the same commit."""
    if not outcomes:
        return
    try:
        await until_won(lambda: _record_together(db, lease, outcomes))
    except Exception as error:  # loop edge: what follows from one answer must not keep back the others
        if _is_away(error):
            raise
        await _record_apart(db, lease, outcomes, error)
    db.bell.ring(topic_of(outcomes[0].call.bot_id))


async def _record_together(db: Database, lease: Lease, outcomes: Sequence[Outcome]) -> None:
    async with db.transaction() as transaction:
        await _record(transaction, lease, outcomes)
        calls = [outcome.call for outcome in outcomes]
        await note_progress(
            transaction,
            [(call.account_id, call.broadcast_id) for call in calls if call.broadcast_id is not None],
        )
        for outcome in sorted(
            outcomes, key=lambda each_outcome: each_outcome.call.id
        ):  # rows are taken in one order everywhere
            await _tell(transaction, outcome)


async def _record_apart(db: Database, lease: Lease, outcomes: Sequence[Outcome], error: Exception) -> None:
    """One by one; a single outcome that nobody can use is held for a person."""
    if len(outcomes) > 1:
        for outcome in outcomes:
            await record_outcomes(db, lease, [outcome])
        return
    [outcome] = outcomes
    logger.bind(event="call.untold", outbox_id=outcome.call.id).opt(exception=error).error(
        "what follows from {} failed, it is held", outcome.call.dedupe_key
    )
    async with db.transaction() as transaction:
        now = transaction.database.clock.real_now()
        held = {**_other_row(Refused(outcome.call, repr(error)), now), "new_state": OutboxState.HOLD}
        await store.record_other(transaction.conn, lease.epoch, [held])


def _is_away(error: Exception) -> bool:
    """Whether it is the database's trouble, and the very same outcomes can be stored in a moment."""
    ours = isinstance(error, IntegrityError | DataError | ProgrammingError)
    return isinstance(error, OSError | DBAPIError) and not ours


async def _record(transaction: Transaction, lease: Lease, outcomes: Sequence[Outcome]) -> None:
    now = transaction.database.clock.real_now()
    sent = [_sent_row(outcome) for outcome in outcomes if isinstance(outcome, Sent)]
    other = [_other_row(outcome, now) for outcome in outcomes if not isinstance(outcome, Sent)]
    if sent:
        await store.record_sent(transaction.conn, lease.epoch, sent)
    if other:
        await store.record_other(transaction.conn, lease.epoch, other)


def _sent_row(outcome: Sent) -> Row:
    answer = outcome.result
    shown = answer[0] if isinstance(answer, list) and answer else answer  # an album goes by its first file
    message_id = shown.get("message_id") if isinstance(shown, Mapping) else None
    return {"row_id": outcome.call.id, "message_id": message_id, "answer": _kept(outcome)}


def _kept(outcome: Sent) -> str | None:
    """What is kept of an answer: all of it if somebody waits for it, of an album to many where its pieces are."""
    answer = outcome.result
    if outcome.call.on_result is not None:
        return json.dumps(answer, ensure_ascii=False)
    if outcome.call.broadcast_id is not None and isinstance(answer, list):
        return json.dumps({"message_ids": [message["message_id"] for message in answer]})
    return None


def _other_row(outcome: Postponed | Refused | Unknown, now: datetime) -> Row:
    call = outcome.call
    row: dict[str, Any] = {
        "row_id": call.id,
        "tries": call.attempt + 1,
        "later": now,
        "twice": False,
        "why": outcome.error[:1000],
        "to": call.chat_id,
    }
    if isinstance(outcome, Refused):
        return row | {"new_state": OutboxState.FAILED}
    if isinstance(outcome, Postponed):
        moved = {"to": outcome.moved_to} if outcome.moved_to else {}
        return (
            row
            | {
                "new_state": OutboxState.PENDING,
                "tries": call.attempt,
                "later": now + min(outcome.wait, LONGEST / 2),
            }
            | moved
        )
    if outcome.idempotent:
        return row | {"new_state": OutboxState.PENDING, "later": now + delay(call.attempt + 1)}
    hold = call.priority is Priority.TRANSACTIONAL or call.attempt + 1 >= MOST_TRIES
    state = OutboxState.HOLD if hold else OutboxState.PENDING
    return row | {"new_state": state, "later": now + delay(call.attempt + 1), "twice": True}


async def _tell(transaction: Transaction, outcome: Outcome) -> None:
    call = outcome.call
    if isinstance(outcome, Refused):
        logger.bind(event="call.failed", bot_id=call.bot_id, method=call.method, outbox_id=call.id).warning(
            "{} was refused: {}", call.method, outcome.error
        )
        if outcome.blocked:
            async with transaction.unit(call.account_id) as uow:
                uow.publish(ChatBlocked(call.bot_id, call.chat_id))
            await away.keep_refused(transaction.conn, call.account_id, call.id)
        if call.broadcast_id is not None and not outcome.blocked:
            lost = _is_source_lost(outcome.error)
            async with transaction.unit(call.account_id) as uow:
                uow.publish(
                    SourceLost(call.broadcast_id)
                    if lost
                    else ContentRefused(call.broadcast_id, outcome.error)
                )
        if call.chat_id < 0:
            async with transaction.unit(call.account_id) as uow:
                thread = json.loads(call.payload or "{}").get(THREAD)
                uow.publish(GroupRefused(call.bot_id, call.chat_id, call.method, outcome.error, thread))
    if isinstance(outcome, Postponed) and outcome.moved_to is not None:
        async with transaction.unit(call.account_id) as uow:
            uow.publish(ChatMoved(call.chat_id, outcome.moved_to))
    if call.on_result is not None and isinstance(outcome, Sent | Refused):
        ok = isinstance(outcome, Sent)
        answer = outcome.result if isinstance(outcome, Sent) else outcome.error
        async with transaction.unit(call.account_id) as uow:
            uow.publish(
                CallAnswered(call.on_result["name"], call.on_result["ref"], call.bot_id, call.id, ok, answer)
            )


def _is_source_lost(error: str) -> bool:
    """Whether Telegram refused what was to be repeated, not the one who was to get it."""
    return any(words in error.lower() for words in SOURCE_LOST)
