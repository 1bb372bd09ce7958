"""The SQL of what people did after a broadcast reached them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Order, Slice
from core.db.models.commerce import orders
from core.db.models.delivery import messages, outbox
from core.db.models.learning import runs
from core.db.models.messaging_clicks import broadcast_clicks
from core.db.models.people import chats, contacts
from core.flow.run import RunStatus
from core.lifecycle import ChatState, OutboxState
from services.people.conditions.numbers.responses import SINCE
from services.people.conditions.purchase import has_paid


def _reached(account_id: int, broadcast_id: int, *columns: Any) -> Select[Any]:
    """Those who got it."""
    return (
        select(outbox.c.chat_id, SINCE.label("since"), *columns)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.SENT)
    )


async def list_clicked(conn: AsyncConnection, account_id: int, broadcast_id: int) -> set[int]:
    """Those of its recipients who pressed something in it."""
    rows = await conn.execute(
        select(broadcast_clicks.c.chat_id)
        .join(
            outbox,
            and_(
                outbox.c.broadcast_id == broadcast_clicks.c.broadcast_id,
                outbox.c.chat_id == broadcast_clicks.c.chat_id,
            ),
        )
        .where(broadcast_clicks.c.account_id == account_id, broadcast_clicks.c.broadcast_id == broadcast_id)
        .distinct()
    )
    return set(rows.scalars())


async def list_paid(
    conn: AsyncConnection, account_id: int, broadcast_id: int, begun: datetime
) -> list[tuple[int, datetime, datetime]]:
    """Who of those who got it paid after it had begun, and did not get it all back: (chat, when it came, when they paid)."""
    theirs = and_(contacts.c.telegram_id == outbox.c.chat_id, contacts.c.account_id == outbox.c.account_id)
    rows = await conn.execute(
        _reached(account_id, broadcast_id, orders.c.paid_at)
        .join(contacts, theirs)
        .join(orders, orders.c.contact_id == contacts.c.id)
        .where(orders.c.paid_at >= begun, *has_paid.is_paid(account_id))
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def list_completed(
    conn: AsyncConnection, account_id: int, broadcast_id: int, begun: datetime
) -> list[tuple[int, datetime, datetime]]:
    """Who of those who got it came to the end of a course or scenario after it had begun: (chat, when it came, when)."""
    theirs = and_(contacts.c.telegram_id == outbox.c.chat_id, contacts.c.account_id == outbox.c.account_id)
    rows = await conn.execute(
        _reached(account_id, broadcast_id, runs.c.finished_at)
        .join(contacts, theirs)
        .join(runs, runs.c.contact_id == contacts.c.id)
        .where(runs.c.account_id == account_id, runs.c.status == RunStatus.COMPLETED)
        .where(runs.c.finished_at >= begun)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def list_replied(
    conn: AsyncConnection, account_id: int, broadcast_id: int, begun: datetime
) -> list[tuple[int, datetime, datetime]]:
    """Who of those who got it wrote to the bot after that, no command: (chat, when it came, when they wrote first)."""
    came = messages.alias("came")
    first = (
        select(func.min(came.c.at))
        .where(came.c.bot_id == outbox.c.bot_id, came.c.chat_id == outbox.c.chat_id)
        .where(came.c.direction == "in", came.c.at >= begun, came.c.at > SINCE)
        .where(came.c.telegram_message_id.is_not(None), came.c.text.not_like("/%"))  # a press has no number
        .correlate(outbox)
        .scalar_subquery()
    )
    replied = _reached(account_id, broadcast_id, first.label("wrote")).subquery()
    rows = await conn.execute(select(replied).where(replied.c.wrote.is_not(None)))
    return [(row[0], row[1], row[2]) for row in rows]


RECIPIENTS: Mapping[str, Order] = {"chat_id": Order((outbox.c.chat_id,))}


def _select_recipients(account_id: int, broadcast_id: int, *columns: Any) -> Select[Any]:
    """Its recipients with what became of their message."""
    blocked = and_(
        chats.c.bot_id == outbox.c.bot_id,
        chats.c.telegram_id == outbox.c.chat_id,
        chats.c.state == ChatState.BLOCKED,
    )
    return (
        select(
            outbox.c.chat_id,
            outbox.c.state,
            outbox.c.error,
            outbox.c.possibly_twice,
            outbox.c.variant,
            chats.c.id.is_not(None).label("blocked"),
            *columns,
        )
        .outerjoin(chats, blocked)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
    )


async def count_failures(
    conn: AsyncConnection, account_id: int, broadcast_id: int, most: int
) -> list[tuple[str, int]]:
    """Why it did not reach those who had not blocked the bot, each cause with how many, the most frequent first."""
    some = _select_recipients(account_id, broadcast_id).where(outbox.c.state == OutboxState.FAILED)
    failed = some.where(chats.c.id.is_(None)).subquery()
    why = func.coalesce(failed.c.error, "").label("why")
    people = func.count().label("people")
    rows = await conn.execute(select(why, people).group_by(why).order_by(people.desc(), why).limit(most))
    return [(row.why, row.people) for row in rows]


async def list_recipients(
    conn: AsyncConnection, account_id: int, broadcast_id: int, after: int, limit: int
) -> Sequence[Any]:
    """The next recipients in the order of their chats."""
    some = _select_recipients(account_id, broadcast_id).where(outbox.c.chat_id > after)
    rows: Sequence[Any] = (await conn.execute(some.order_by(outbox.c.chat_id).limit(limit))).all()
    return rows


async def list_recipients_page(
    conn: AsyncConnection, account_id: int, broadcast_id: int, part: Slice
) -> Sequence[Any]:
    """A part of the recipients whom we know, with who they are."""
    theirs = and_(contacts.c.telegram_id == outbox.c.chat_id, contacts.c.account_id == account_id)
    known = _select_recipients(account_id, broadcast_id, contacts.c.id.label("contact_id"))
    rows: Sequence[Any] = (await conn.execute(part.cut(known.join(contacts, theirs)))).all()
    return rows


async def list_variants(conn: AsyncConnection, account_id: int, broadcast_id: int) -> Mapping[int, int]:
    """How many got each variant; of chats see `list_variant_of`."""
    rows = await conn.execute(
        select(outbox.c.variant, func.count())
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.SENT)
        .group_by(outbox.c.variant)
    )
    return {row[0]: row[1] for row in rows}


async def find_variants(
    conn: AsyncConnection, account_id: int, broadcast_id: int, chat_ids: Sequence[int]
) -> dict[int, int]:
    """Which variant each of these people was given."""
    rows = await conn.execute(
        select(outbox.c.chat_id, outbox.c.variant)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.chat_id.in_(chat_ids))
    )
    return {row[0]: row[1] for row in rows}
