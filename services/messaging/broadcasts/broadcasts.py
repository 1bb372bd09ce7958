"""One message to many: a row per person, started, paused, resumed, cancelled at any moment."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BroadcastStatus, OutboxState
from core.to_many import BROADCAST_MOVES, BroadcastKind
from services.delivery import speech
from services.delivery.outbox import SOURCE_LOST, topic_of
from services.delivery.recipients import cancel_person, cancel_waiting
from services.delivery.speech import Address, Keyboard, Words
from services.delivery.timers import set_timer
from services.messaging.broadcasts import moves, waves
from services.messaging.pieces import each_alone, work_in_pieces
from services.messaging.schemas import Broadcast, Tally
from services.messaging.store import broadcasts as store
from services.people.admins import tell_admins
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may

MOST_LOST = 3  # people who do not get a message that is gone, until it is stopped
PROGRESS = "broadcast_card"  # timer: the card shows where the broadcast stands
WAITS = (OutboxState.PLANNED, OutboxState.PENDING, OutboxState.SENDING)
ENDED = (BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED)


async def pause_broadcast(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Hold back whoever has not been written to; False if it does not run."""
    return await _move(uow, broadcast_id, BroadcastStatus.PAUSED)


async def resume_broadcast(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Go on exactly where it stopped, where the hour is good; False if it is not paused."""
    moved = await _move(uow, broadcast_id, BroadcastStatus.RUNNING)
    if moved:
        await waves.go_on(uow, await get_broadcast(uow, broadcast_id))
        uow.wake(topic_of((await get_broadcast(uow, broadcast_id)).bot_id))
        await watch(uow, broadcast_id)
    return moved


async def stop_lost(uow: UnitOfWork, broadcast_id: int) -> None:
    """Pause a broadcast after the first few to whom its message could not be repeated, and say the cause."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.kind is not BroadcastKind.SEND:
        return
    lost = await store.count_refused(uow.conn, uow.account_id, broadcast_id, SOURCE_LOST)
    if lost < min(MOST_LOST, broadcast.total) or not await pause_broadcast(uow, broadcast_id):
        return
    await watch(uow, broadcast_id)
    await tell_about(uow, broadcast, speech.words("broadcast-source-lost"), f"lost:{lost}")


async def can_go_on(uow: UnitOfWork, broadcast: Broadcast) -> bool:
    """Whether somebody can still get it: not where its message is gone, or was refused to the first few and taken for nobody."""
    lost = await store.count_refused(uow.conn, uow.account_id, broadcast.id, SOURCE_LOST)
    if lost >= min(MOST_LOST, broadcast.total):
        return False
    return not await store.is_refused_to_all(uow.conn, uow.account_id, broadcast.id, MOST_LOST)


async def stop_refused(uow: UnitOfWork, broadcast_id: int, cause: str) -> None:
    """Pause a broadcast whose message Telegram has refused to the first few, and taken for nobody; say the cause."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.kind is not BroadcastKind.SEND:
        return
    if not await store.is_refused_to_all(uow.conn, uow.account_id, broadcast_id, MOST_LOST):
        return
    if await pause_broadcast(uow, broadcast_id):
        await watch(uow, broadcast_id)
        words = speech.words("broadcast-not-taken", cause=cause)
        await tell_about(uow, broadcast, words, f"refused:{uow.now.timestamp():.0f}")


async def tell_about(
    uow: UnitOfWork, broadcast: Broadcast, words: Words, key: str, buttons: Keyboard = ()
) -> None:
    """Tell who made a broadcast something about it, once per key; where nobody in a chat did, or they may not any more: the admins."""
    name, said = f"bc:{broadcast.id}:{key}", say_called(broadcast, words)
    author = broadcast.author_id
    if author is None or not await may_broadcast(uow, author):
        await tell_admins(uow, said, name, buttons)
    else:
        speech.say(uow, Address(broadcast.bot_id, author), said, name, buttons=buttons)


def say_called(broadcast: Broadcast, words: Words) -> Words:
    """What there is to say of a broadcast, below what it is called in the list."""
    if broadcast.plan is None:
        return words
    name = speech.words("broadcast-called", number=broadcast.id, name=broadcast.plan.name)
    return speech.lines(name, words, gap="\n")


async def may_broadcast(uow: UnitOfWork, telegram_id: int) -> bool:
    """Whether somebody may steer broadcasts, and learn how they go."""
    return may(await load_roles(uow, telegram_id), Permission.BROADCASTS)


async def cancel_broadcast(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Stop for good at once; who still waits is crossed out by `finish_broadcasts`. False if it is over already."""
    moved = await _move(uow, broadcast_id, BroadcastStatus.CANCELLED)
    if moved:
        await watch(uow, broadcast_id)
    return moved


async def leave_out(uow: UnitOfWork, chat_id: int) -> int:
    """Somebody wants no more of what goes to many: they get none of what they still wait for; says of how many."""
    return await cancel_person(uow, await store.list_sends(uow.conn, uow.account_id), chat_id)


async def get_broadcast(uow: UnitOfWork, broadcast_id: int, *, locked: bool = False) -> Broadcast:
    """A broadcast by its id, that nobody else steers until the end of the unit if `locked`; raises BROADCAST_NOT_FOUND."""
    return await _get(uow.conn, uow.account_id, broadcast_id, locked=locked)


async def get_tally(db: Database, account_id: int, broadcast_id: int) -> Tally:
    """Where it stands; raises BROADCAST_NOT_FOUND."""
    async with db.reading() as conn:
        return await read_tally(conn, account_id, broadcast_id)


async def read_tally(conn: AsyncConnection, account_id: int, broadcast_id: int) -> Tally:
    """Where it stands, read within somebody's unit; raises BROADCAST_NOT_FOUND."""
    broadcast = await _get(conn, account_id, broadcast_id)
    counts, total = await store.count_recipients(conn, account_id, broadcast_id)
    refused = counts.get(OutboxState.FAILED, 0)
    # Counted a moment later: somebody who was refused meanwhile is none of the others.
    blocked = min(refused, await store.count_blocked(conn, account_id, broadcast_id)) if refused else 0
    return Tally(
        status=broadcast.status,
        total=broadcast.total if total is None else total,
        sent=counts.get(OutboxState.SENT, 0),
        failed=refused - blocked,
        blocked=blocked,
        cancelled=counts.get(OutboxState.CANCELLED, 0),
        held=counts.get(OutboxState.HOLD, 0),
        waiting=sum(counts.get(state, 0) for state in WAITS),
        later=counts.get(OutboxState.PLANNED, 0),
        possibly_twice=await store.count_twice(conn, account_id, broadcast_id),
    )


async def finish_broadcasts(db: Database) -> None:
    """Close running broadcasts in which nobody waits any more, cross out who still waits in cancelled ones.

    Somebody may wait there again: who was being written to when it was cancelled, and nobody knows whether it arrived.
    """
    async with db.reading() as conn:
        over = await store.list_over(conn)
        half_cancelled = await store.list_half_cancelled(conn)
    await each_alone(over, partial(_finish, db), "closing a broadcast failed")
    await each_alone(half_cancelled, partial(_cross_out, db), "crossing out who waits in a broadcast failed")


async def _finish(db: Database, account_id: int, broadcast_id: int) -> None:
    async with db.unit(account_id) as uow:
        if await _move(uow, broadcast_id, BroadcastStatus.FINISHED):
            await watch(uow, broadcast_id)


async def _cross_out(db: Database, account_id: int, broadcast_id: int) -> None:
    await work_in_pieces(db, account_id, partial(_cross_out_some, broadcast_id=broadcast_id))


async def _cross_out_some(uow: UnitOfWork, size: int, broadcast_id: int) -> bool:
    more = await cancel_waiting(uow, broadcast_id, size) == size
    if not more:
        await watch(uow, broadcast_id)
    return more


async def watch(
    uow: UnitOfWork, broadcast_id: int, after: timedelta = timedelta(), shown: Sequence[int] = ()
) -> None:
    """Have the card of a broadcast looked at after a while; `shown` are the figures it shows now."""
    payload = {"broadcast_id": broadcast_id, "shown": list(shown)}
    await set_timer(uow, PROGRESS, _key(broadcast_id), uow.now + after, payload)


async def _get(
    conn: AsyncConnection, account_id: int, broadcast_id: int, *, locked: bool = False
) -> Broadcast:
    broadcast = await store.find_broadcast(conn, account_id, broadcast_id, locked=locked)
    if broadcast is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BROADCAST_NOT_FOUND", str(broadcast_id))
    return broadcast


async def _move(uow: UnitOfWork, broadcast_id: int, to: BroadcastStatus) -> bool:
    more = {"finished_at": uow.now} if to in ENDED else {}
    return await moves.move_broadcast(uow, broadcast_id, to, BROADCAST_MOVES[to], more)


def _key(broadcast_id: int) -> str:
    return f"bc:{broadcast_id}"
