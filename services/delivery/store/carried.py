"""What people say to each other through a bot, and where it is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import carried, outbox
from core.db.session import Row, dialect_insert
from core.lifecycle import OutboxState
from services.delivery.schemas import Carried

COLUMNS = [column for column in carried.c if column.name in Carried.__dataclass_fields__]


def _read(rows: Any) -> list[Carried]:
    return [Carried(**row) for row in rows.mappings()]


async def add(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Keep something that was said to somebody; None if it is kept already."""
    done = await conn.execute(
        dialect_insert(conn, carried)
        .values(account_id=account_id, edited=False, **row)
        .on_conflict_do_nothing()
        .returning(carried.c.id)
    )
    added: int | None = done.scalar_one_or_none()
    return added


async def find(conn: AsyncConnection, account_id: int, carried_id: int) -> Carried | None:
    """One by its id."""
    rows = await conn.execute(
        select(*COLUMNS).where(carried.c.account_id == account_id, carried.c.id == carried_id)
    )
    return next(iter(_read(rows)), None)


async def list_about(conn: AsyncConnection, account_id: int, about: str) -> list[Carried]:
    """All that was said about something and not taken back, oldest first."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(carried.c.account_id == account_id, carried.c.about == about)
        .where(carried.c.taken_back_at.is_(None))
        .order_by(carried.c.id)
    )
    return _read(rows)


async def list_said(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, message_id: int
) -> list[Carried]:
    """Everybody to whom a message was brought, and from whom it was not taken back."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(carried.c.account_id == account_id, carried.c.bot_id == bot_id)
        .where(carried.c.chat_id == chat_id, carried.c.message_id == message_id)
        .where(carried.c.taken_back_at.is_(None))
        .order_by(carried.c.id)
    )
    return _read(rows)


async def list_of_album(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, album: str
) -> list[Carried]:
    """Everybody to whom the pieces of an album were brought, and from whom they were not taken back."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(carried.c.account_id == account_id, carried.c.bot_id == bot_id)
        .where(carried.c.chat_id == chat_id, carried.c.album == album)
        .where(carried.c.taken_back_at.is_(None))
        .order_by(carried.c.id)
    )
    return _read(rows)


async def find_leader(conn: AsyncConnection, account_id: int, piece: Carried, since: datetime) -> int | None:
    """The piece with which others of the album leave together, if that is not before `since`."""
    leader: int | None = await conn.scalar(
        select(carried.c.id)
        .where(carried.c.account_id == account_id, carried.c.about == piece.about)
        .where(carried.c.album == piece.album, carried.c.to_chat_id == piece.to_chat_id)
        .where(carried.c.chat_id == piece.chat_id, carried.c.leaves_at >= since)
        .order_by(carried.c.id.desc())
        .limit(1)
    )
    return leader


def _before(account_id: int, piece: Carried) -> ColumnElement[bool]:
    """What the same person said before it about the same to the same reader."""
    return and_(
        carried.c.account_id == account_id,
        carried.c.about == piece.about,
        carried.c.chat_id == piece.chat_id,
        carried.c.to_chat_id == piece.to_chat_id,
        carried.c.id < piece.id,
    )


async def find_previous(conn: AsyncConnection, account_id: int, piece: Carried) -> Carried | None:
    """What was said just before it, in the same place."""
    rows = await conn.execute(
        select(*COLUMNS).where(_before(account_id, piece)).order_by(carried.c.id.desc()).limit(1)
    )
    return next(iter(_read(rows)), None)


def _before_by_the_same(account_id: int, piece: Carried) -> ColumnElement[bool]:
    """What the same person said before it to the same reader, whatever it was about."""
    return and_(
        carried.c.account_id == account_id,
        carried.c.bot_id == piece.bot_id,
        carried.c.chat_id == piece.chat_id,
        carried.c.to_chat_id == piece.to_chat_id,
        carried.c.id < piece.id,
    )


async def count_lately(conn: AsyncConnection, account_id: int, piece: Carried, since: datetime) -> int:
    """How much the same person said to the same reader since then."""
    lately = and_(_before_by_the_same(account_id, piece), carried.c.at >= since)
    return await conn.scalar(select(func.count()).select_from(carried).where(lately)) or 0


async def count_open(conn: AsyncConnection, account_id: int, piece: Carried) -> int:
    """How many messages of the same person's lines have not left to the same reader."""
    is_open = and_(carried.c.leaves_at.is_not(None), carried.c.album.is_(None))
    open_ones = and_(_before_by_the_same(account_id, piece), is_open)
    return await conn.scalar(select(func.count()).select_from(carried).where(open_ones)) or 0


async def hold_open(conn: AsyncConnection, account_id: int, leader: int) -> bool:
    """Keep a leader from leaving until this unit has committed; False if it leaves already."""
    held = (
        select(carried.c.id)
        .where(carried.c.account_id == account_id, carried.c.id == leader)
        .where(carried.c.leaves_at.is_not(None))
        .with_for_update(
            skip_locked=True
        )  # who has it now has it leave, or changes it: this one waits for nobody
    )
    return await conn.scalar(held) is not None


async def close(conn: AsyncConnection, account_id: int, leader: int) -> None:
    """From now on nothing joins a leader; what was changed in its pieces leaves with them.

    Two statements: the second one sees what joined while the first one waited.
    """
    ours = carried.c.account_id == account_id
    is_open = carried.c.leaves_at.is_not(None)
    await conn.execute(update(carried).where(ours, carried.c.id == leader, is_open).values(leaves_at=None))
    shown_as_it_is = carried.c.to_message_id.is_(None)
    await conn.execute(
        update(carried).where(ours, carried.c.led_by == leader, shown_as_it_is).values(edited=False)
    )


async def change_led(conn: AsyncConnection, account_id: int, leader: int, values: Row) -> None:
    """Keep of all that left with a leader where it is shown."""
    await conn.execute(
        update(carried).where(carried.c.account_id == account_id, carried.c.led_by == leader).values(**values)
    )


async def list_led(conn: AsyncConnection, account_id: int, leader: int) -> list[Carried]:
    """The pieces that leave with a leader and are not shown yet, in the order of the album."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(carried.c.account_id == account_id, carried.c.led_by == leader)
        .order_by(carried.c.message_id)
    )
    return _read(rows)


async def find_ref(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, message_id: int
) -> str | None:
    """What a reply to a message that was brought is about."""
    ref: str | None = await conn.scalar(
        select(carried.c.ref)
        .where(carried.c.account_id == account_id, carried.c.bot_id == bot_id)
        .where(carried.c.to_chat_id == chat_id, carried.c.to_message_id == message_id)
        .where(carried.c.ref.is_not(None))
        .limit(1)
    )
    return ref


async def change(conn: AsyncConnection, account_id: int, carried_id: int, values: Row) -> None:
    """Keep where it is shown, with what it leaves, or what it was changed to."""
    await conn.execute(
        update(carried).where(carried.c.account_id == account_id, carried.c.id == carried_id).values(**values)
    )


async def drop_calls(conn: AsyncConnection, account_id: int, piece: Carried, keys: Sequence[str]) -> None:
    """What was to bring something, and has not left yet, leaves no more."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == piece.bot_id)
        .where(outbox.c.chat_id == piece.to_chat_id, outbox.c.state == OutboxState.PENDING)
        .where(outbox.c.dedupe_key.in_(keys))
        .values(state=OutboxState.CANCELLED)
    )


async def drop_edits(conn: AsyncConnection, account_id: int, piece: Carried, prefix: str) -> None:
    """The edits of what was brought that have not left yet, known by how their keys begin, leave no more."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == piece.bot_id)
        .where(outbox.c.chat_id == piece.to_chat_id, outbox.c.state == OutboxState.PENDING)
        .where(outbox.c.dedupe_key.startswith(prefix, autoescape=True))
        .values(state=OutboxState.CANCELLED)
    )
