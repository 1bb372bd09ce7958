"""The recipients of a broadcast: one waiting row of the outbox for each."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    JSON,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import outbox
from core.db.session import Row
from core.lifecycle import OutboxState, Priority
from services.delivery.schemas import AT_ONCE, BulkCall, Followers
from services.delivery.store.sending.heads import PENDING, SENDING

PLANNED: ColumnElement[str] = literal_column("'planned'")
WAITING_STATES = (OutboxState.PENDING, OutboxState.PLANNED)
PRIME, MIXER = 1_000_003, 48_271

RECIPIENT = (
    "account_id",
    "bot_id",
    "chat_id",
    "priority",
    "dedupe_key",
    "method",
    "payload",
    "frozen",
    "state",
    "not_before",
    "attempt",
    "possibly_twice",
    "on_result",
    "broadcast_id",
    "created_at",
)


async def add_recipients(
    conn: AsyncConnection,
    account_id: int,
    broadcast_id: int,
    call: BulkCall,
    people: Select[tuple[int, str]],
    *,
    now: datetime,
) -> int:
    """One row for each of the `people` (Telegram id and zone), in one statement; says how many."""
    chosen = _number(people, broadcast_id).subquery() if call.shares else people.subquery()
    person = chosen.c.telegram_id
    variant = _variant_of(chosen.c.place, call.shares) if call.shares else literal(0)
    wave = _wave_of(chosen.c.zone, call.waves)
    waits = or_(wave > 0, and_(literal(call.rest_waits), variant == 0))
    recipients = select(
        literal(account_id),
        literal(call.bot_id),
        person,
        literal(Priority.BULK.value),
        literal(f"bc:{broadcast_id}:") + cast(person, String),
        literal(call.method),
        null(),
        literal(value=False),
        case((waits, OutboxState.PLANNED.value), else_=OutboxState.PENDING.value)
        if call.waves or call.rest_waits
        else literal(OutboxState.PENDING.value),
        literal(AT_ONCE, outbox.c.not_before.type),
        literal(0),
        literal(value=False),
        literal(dict(call.on_result), JSON) if call.on_result else null(),
        literal(broadcast_id),
        literal(now, outbox.c.created_at.type),
        variant,
        wave,
    )
    columns = (*RECIPIENT, "variant", "wave")
    done = await conn.execute(insert(outbox).from_select(columns, recipients))
    return done.rowcount


# all accounts: of people who are of one
def _number(people: Select[tuple[int, str]], broadcast_id: int) -> Select[Any]:
    """The people with their `place`, 0 to 99, in an order that is by chance, and another one for each broadcast."""
    chosen = people.subquery()
    mixed = chosen.c.telegram_id % PRIME * (1 + broadcast_id * MIXER % (PRIME - 1)) % PRIME
    number = func.row_number().over(order_by=(mixed, chosen.c.telegram_id)) - 1
    place = number * 100 // func.count().over()
    return select(chosen.c.telegram_id, chosen.c.zone, place.label("place"))


def _variant_of(place: ColumnElement[int], shares: Sequence[int]) -> ColumnElement[int]:
    ends = accumulate(shares)
    return case(*((place < end, variant) for variant, end in enumerate(ends, start=1)), else_=0)


def _wave_of(zone: ColumnElement[str], waves: Sequence[Sequence[str]]) -> ColumnElement[int]:
    """A zone nobody had when it started goes with the first."""
    if not waves:
        return literal(0)
    return case(*((zone.in_(zones), wave) for wave, zones in enumerate(waves, start=1)), else_=1)


async def release(
    conn: AsyncConnection, account_id: int, broadcast_id: int, *, wave: int, winner: int | None, limit: int
) -> int:
    """Let up to `limit` people of a wave get it now; says how many. The rest gets the `winner`, and waits without one."""
    some = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == PLANNED, outbox.c.wave == wave)
        .limit(limit)
    )
    if winner is None:
        some = some.where(outbox.c.variant > 0)
    variant = (
        outbox.c.variant if winner is None else case((outbox.c.variant == 0, winner), else_=outbox.c.variant)
    )
    return await _move_some(conn, account_id, some, {"state": OutboxState.PENDING, "variant": variant})


async def withdraw(conn: AsyncConnection, account_id: int, broadcast_id: int, wave: int, limit: int) -> int:
    """Have up to `limit` people of a wave who have not got it wait for its next moment; says how many."""
    some = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == PENDING, outbox.c.wave == wave)
        .limit(limit)
    )
    return await _move_some(conn, account_id, some, {"state": OutboxState.PLANNED})


async def _move_some(conn: AsyncConnection, account_id: int, some: Select[tuple[int]], values: Row) -> int:
    done = await conn.execute(
        update(outbox)
        .where(outbox.c.id.in_(some), outbox.c.account_id == account_id, outbox.c.state.in_(WAITING_STATES))
        .values(**values)
    )
    return done.rowcount


async def cancel_person(
    conn: AsyncConnection, account_id: int, broadcast_ids: Sequence[int], chat_id: int
) -> int:
    """Take somebody who waits out of the line of these broadcasts; says of how many."""
    theirs = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id.in_(broadcast_ids))
        .where(outbox.c.chat_id == chat_id, outbox.c.state.in_(WAITING_STATES))
    )
    return await _move_some(conn, account_id, theirs, {"state": OutboxState.CANCELLED})


async def is_trial_under_way(conn: AsyncConnection, account_id: int, broadcast_id: int) -> bool:
    """Whether somebody who is to get a variant has not got it yet."""
    waiting = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id, outbox.c.variant > 0)
        .where(outbox.c.state.in_((*WAITING_STATES, OutboxState.SENDING)))
    )
    return await conn.scalar(waiting.limit(1)) is not None


async def cancel_waiting(conn: AsyncConnection, account_id: int, broadcast_id: int, limit: int) -> int:
    """Cancel up to `limit` recipients who still wait, for their turn or their moment; says how many."""
    cancelled = 0
    for state in (PENDING, PLANNED):
        some = (
            select(outbox.c.id)
            .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
            .where(outbox.c.state == state)
            .limit(limit - cancelled)
        )
        cancelled += await _move_some(conn, account_id, some, {"state": OutboxState.CANCELLED})
    return cancelled


def _arrived(account_id: int, broadcast_id: int, sent_from: datetime | None) -> Select[tuple[int]]:
    """The recipients who have a message; with `sent_from` (real time) those who got it no earlier."""
    chats_of = (
        select(outbox.c.chat_id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.SENT, outbox.c.telegram_message_id.is_not(None))
    )
    return chats_of if sent_from is None else chats_of.where(outbox.c.sending_since >= sent_from)


async def count_arrived(
    conn: AsyncConnection, account_id: int, broadcast_id: int, sent_from: datetime | None
) -> int:
    """How many have the message of a broadcast; with `sent_from` how many got it no earlier."""
    arrived = _arrived(account_id, broadcast_id, sent_from).subquery()
    return int(await conn.scalar(select(func.count()).select_from(arrived)) or 0)


async def is_under_way(
    conn: AsyncConnection, account_id: int, bot_id: int, broadcast_ids: Sequence[int], until: datetime | None
) -> bool:
    """Whether something of these broadcasts is being sent; with `until` (real time) what was claimed by then."""
    under_way = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.state == SENDING)
        .where(outbox.c.broadcast_id.in_(broadcast_ids))
    )
    if until is not None:
        under_way = under_way.where(outbox.c.sending_since <= until)
    return await conn.scalar(under_way.limit(1)) is not None


async def add_followers(conn: AsyncConnection, account_id: int, who: Followers, now: datetime) -> list[int]:
    """A waiting row for each of them who has none yet; gives their chats."""
    own = outbox.alias("own")
    has_one = exists().where(own.c.broadcast_id == who.broadcast_id, own.c.chat_id == outbox.c.chat_id)
    several = outbox.c.result.is_not(None) & outbox.c.on_result.is_(None)  # an album: its numbers
    arrived = (
        _arrived(account_id, who.of_id, who.sent_from)
        .with_only_columns(
            literal(account_id),
            outbox.c.bot_id,
            outbox.c.chat_id,
            literal(Priority.BULK.value),
            literal(f"bc:{who.broadcast_id}:") + cast(outbox.c.chat_id, String),
            literal(who.method),
            case((several, outbox.c.result), else_=null()),
            literal(value=False),
            literal(OutboxState.PENDING.value),
            literal(AT_ONCE, outbox.c.not_before.type),
            literal(0),
            literal(value=False),
            literal(dict(who.on_result), JSON) if who.on_result else null(),
            literal(who.broadcast_id),
            literal(now, outbox.c.created_at.type),
            outbox.c.telegram_message_id,
            outbox.c.variant,
        )
        .where(outbox.c.chat_id > who.after, ~has_one)
        .order_by(outbox.c.chat_id)
        .limit(who.limit)
    )
    if who.claimed_until is not None:
        arrived = arrived.where(outbox.c.sending_since <= who.claimed_until)
    columns = (*RECIPIENT, "telegram_message_id", "variant")
    done = await conn.execute(insert(outbox).from_select(columns, arrived).returning(outbox.c.chat_id))
    return list(done.scalars())


async def find_answer(
    conn: AsyncConnection, account_id: int, broadcast_id: int, outbox_id: int
) -> tuple[int, str | None]:
    """The chat of a call, and what Telegram answered when that chat got the broadcast, if it was kept."""
    chat_of = select(outbox.c.chat_id).where(outbox.c.account_id == account_id, outbox.c.id == outbox_id)
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.result).where(
            outbox.c.account_id == account_id,
            outbox.c.broadcast_id == broadcast_id,
            outbox.c.chat_id == chat_of.scalar_subquery(),
        )
    )
    row = rows.one()
    return row.chat_id, row.result
