"""Talks with live operators: who talks with whom, and what was said."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice, by_number, count_up_to, narrow
from core.db.models.messaging import OPEN as NOW_OPEN
from core.db.models.messaging import handoffs, notes
from core.db.reassign import reassign
from core.db.session import Row, dialect_insert
from core.lifecycle import HandoffStatus
from services.messaging.schemas import Handoff

OPEN = (HandoffStatus.RINGING, HandoffStatus.TALKING)
_FIELDS = [column for column in handoffs.c if column.name in Handoff.__dataclass_fields__]


async def add_handoff(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Open one; gives its id, or None if the person has one on this bot."""
    done = await conn.execute(
        dialect_insert(conn, handoffs)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(handoffs.c.id)
    )
    added: int | None = done.scalar_one_or_none()
    return added


async def find_handoff(conn: AsyncConnection, account_id: int, handoff_id: int) -> Handoff | None:
    """One by its id."""
    rows = await conn.execute(
        select(*_FIELDS).where(handoffs.c.account_id == account_id, handoffs.c.id == handoff_id)
    )
    row = rows.mappings().one_or_none()
    return _read(row) if row else None


ORDERS = by_number(handoffs.c.id)


def _select_page(account_id: int, status: HandoffStatus | None, operator_id: int | None) -> Select[Any]:
    some = select(*_FIELDS).where(handoffs.c.account_id == account_id)
    return narrow(some, {handoffs.c.status: status, handoffs.c.operator_id: operator_id})


async def list_page(
    conn: AsyncConnection,
    account_id: int,
    status: HandoffStatus | None,
    operator_id: int | None,
    part: Slice,
) -> list[Handoff]:
    """A part of the hand-offs, in one state or of one operator if that is named."""
    rows = await conn.execute(part.cut(_select_page(account_id, status, operator_id)))
    return [_read(row) for row in rows.mappings()]


async def count_page(
    conn: AsyncConnection,
    account_id: int,
    status: HandoffStatus | None,
    operator_id: int | None,
    most: int,
) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select_page(account_id, status, operator_id), most)


async def find_open_of(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int
) -> Handoff | None:
    """The open one of a person on a bot."""
    rows = await conn.execute(
        select(*_FIELDS).where(
            handoffs.c.account_id == account_id,
            handoffs.c.bot_id == bot_id,
            handoffs.c.contact_id == contact_id,
            handoffs.c.status.in_(OPEN),
        )
    )
    row = rows.mappings().one_or_none()
    return _read(row) if row else None


async def find_engaging(conn: AsyncConnection, account_id: int, operator_id: int) -> Handoff | None:
    """The one an operator is rung for or talks in."""
    rows = await conn.execute(
        select(*_FIELDS).where(
            handoffs.c.account_id == account_id,
            handoffs.c.operator_id == operator_id,
            handoffs.c.status.in_(OPEN),
        )
    )
    row = rows.mappings().one_or_none()
    return _read(row) if row else None


async def find_of_speaker(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, telegram_id: int
) -> Handoff | None:
    """The open one in which somebody is the person, else the one in which they are the operator who talks."""
    mine = (handoffs.c.contact_id == contact_id) & handoffs.c.status.in_(OPEN)
    hers = (handoffs.c.operator_id == telegram_id) & (handoffs.c.status == HandoffStatus.TALKING)
    rows = await conn.execute(
        select(*_FIELDS)
        .where(handoffs.c.account_id == account_id, handoffs.c.bot_id == bot_id, or_(mine, hers))
        .order_by(handoffs.c.contact_id != contact_id)
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return _read(row) if row else None


async def list_speaking(conn: AsyncConnection, account_id: int, telegram_ids: Collection[int]) -> set[int]:
    """Who of these people waits for an operator, talks with one, or is one who talks."""
    rows = await conn.execute(
        select(handoffs.c.chat_id, handoffs.c.operator_id).where(
            handoffs.c.account_id == account_id,
            NOW_OPEN,  # as the index says it: SQLite looks through open ones alone
            or_(handoffs.c.chat_id.in_(telegram_ids), handoffs.c.operator_id.in_(telegram_ids)),
        )
    )
    return {cell for row in rows for cell in row if cell is not None}


async def has_open(conn: AsyncConnection, account_id: int, contact_id: int) -> bool:
    """Whether somebody talks with a person on any bot."""
    handoff_id = await conn.scalar(
        select(handoffs.c.id).where(
            handoffs.c.account_id == account_id,
            handoffs.c.contact_id == contact_id,
            handoffs.c.status == HandoffStatus.TALKING,
        )
    )
    return handoff_id is not None


async def list_engaged(conn: AsyncConnection, account_id: int) -> set[int]:
    """The operators who are rung or talk now."""
    rows = await conn.execute(
        select(handoffs.c.operator_id).where(
            handoffs.c.account_id == account_id,
            handoffs.c.status.in_(OPEN),
            handoffs.c.operator_id.is_not(None),
        )
    )
    return set(rows.scalars())


async def list_last_turns(conn: AsyncConnection, account_id: int, operators: Sequence[int]) -> dict[int, int]:
    """The number of the latest hand-off of each of these operators; those who had none are left out."""
    rows = await conn.execute(
        select(handoffs.c.operator_id, func.max(handoffs.c.id).label("last"))
        .where(handoffs.c.account_id == account_id, handoffs.c.operator_id.in_(operators))
        .group_by(handoffs.c.operator_id)
    )
    return {row.operator_id: row.last for row in rows}


async def move_handoff(
    conn: AsyncConnection,
    account_id: int,
    handoff_id: int,
    to: HandoffStatus,
    allowed: Sequence[HandoffStatus],
    more: Row,
) -> bool:
    """Move it if it is in one of the allowed states; False if it is not."""
    done = await conn.execute(
        sql_update(handoffs)
        .where(
            handoffs.c.account_id == account_id,
            handoffs.c.id == handoff_id,
            handoffs.c.status.in_(allowed),
        )
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def note_word(conn: AsyncConnection, account_id: int, handoff_id: int, side: str, at: datetime) -> None:
    """Note who spoke last."""
    await conn.execute(
        sql_update(handoffs)
        .where(handoffs.c.account_id == account_id, handoffs.c.id == handoff_id)
        .values(last_from=side, last_at=at)
    )


async def add_note(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep a note about a person."""
    await conn.execute(insert(notes).values(account_id=account_id, **row))


async def list_notes(
    conn: AsyncConnection, account_id: int, contact_id: int, limit: int
) -> list[Mapping[str, Any]]:
    """The latest notes about a person, the newest first."""
    rows = await conn.execute(
        select(notes.c.id, notes.c.text, notes.c.at, notes.c.author_id)
        .where(notes.c.account_id == account_id, notes.c.contact_id == contact_id)
        .order_by(notes.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def _read(row: RowMapping) -> Handoff:
    return Handoff(**{**row, "status": HandoffStatus(row["status"])})


async def take_over_notes(conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int) -> int:
    """Notes about one person become notes about another."""
    return await reassign(conn, notes, account_id, (contact_id, heir_id))
