"""What people and bots have said to each other, person by person: the last word of each, and all of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Order, Slice, by_number
from core.db.models.delivery import messages, outbox
from core.db.models.messaging import OPEN as NOW_OPEN
from core.db.models.messaging import handoffs
from core.db.models.people import contacts
from core.db.models.tenancy import bots
from core.lifecycle import HandoffStatus, OutboxState
from services.messaging.schemas import WantedTalks

ORDERS: Mapping[str, Order] = {
    "-last": Order((messages.c.id,), descending=True),
    "last": Order((messages.c.id,)),
}
MOST_NEWER = 50  # messages that are looked at behind the one somebody has seen
NOT_YET = (OutboxState.PENDING, OutboxState.SENDING)
MESSAGES = by_number(messages.c.id)


def _bots_of(account_id: int) -> Select[Any]:
    return select(bots.c.id).where(bots.c.account_id == account_id)


def _select_last(account_id: int) -> Select[Any]:
    """The last thing said with each person, in whichever bot, with the talk that goes on."""
    later = messages.alias()
    is_last = ~exists().where(
        later.c.bot_id.in_(_bots_of(account_id)),
        later.c.chat_id == messages.c.chat_id,
        later.c.id > messages.c.id,
    )
    theirs = and_(contacts.c.telegram_id == messages.c.chat_id, contacts.c.account_id == account_id)
    talk = and_(handoffs.c.contact_id == contacts.c.id, handoffs.c.account_id == account_id, NOW_OPEN)
    return (
        select(
            messages.c.id,
            messages.c.bot_id,
            messages.c.direction,
            messages.c.text,
            messages.c.at,
            contacts.c.id.label("contact_id"),
            contacts.c.telegram_id,
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
            handoffs.c.id.label("handoff_id"),
            handoffs.c.operator_id,
            handoffs.c.status.label("talk"),
        )
        .join(contacts, theirs)
        .outerjoin(handoffs, talk)
        .where(messages.c.account_id == account_id, is_last)
    )


async def list_conversations(
    conn: AsyncConnection, account_id: int, wanted: WantedTalks, part: Slice
) -> Sequence[Any]:
    """A part of the conversations that are wanted."""
    last = _select_last(account_id)
    if wanted.operator_id is not None:
        last = last.where(handoffs.c.operator_id == wanted.operator_id)
    if wanted.unassigned:
        last = last.where(or_(handoffs.c.id.is_(None), handoffs.c.status != HandoffStatus.TALKING))
    if wanted.waits is not None:
        last = last.where(messages.c.direction == ("in" if wanted.waits else "out"))
    rows: Sequence[Any] = (await conn.execute(part.cut(last))).all()
    return rows


async def find_conversation(conn: AsyncConnection, account_id: int, telegram_id: int) -> Any | None:
    """The conversation with one person; None if nothing was ever said."""
    rows = await conn.execute(_select_last(account_id).where(messages.c.chat_id == telegram_id).limit(1))
    return rows.one_or_none()


async def list_messages(
    conn: AsyncConnection, account_id: int, telegram_id: int, part: Slice
) -> Sequence[Any]:
    """A part of what was said with one person, in all bots; of what a bot said, what became of it."""
    said = and_(outbox.c.id == messages.c.outbox_id, outbox.c.account_id == account_id)
    some = (
        select(
            messages.c.id,
            messages.c.bot_id,
            messages.c.direction,
            messages.c.text,
            messages.c.at,
            outbox.c.state,
            outbox.c.error,
            outbox.c.dedupe_key,
        )
        .outerjoin(outbox, said)
        .where(messages.c.account_id == account_id, messages.c.chat_id == telegram_id)
        .where(messages.c.bot_id.in_(_bots_of(account_id)))
    )
    rows: Sequence[Any] = (await conn.execute(part.cut(some))).all()
    return rows


async def list_newer(
    conn: AsyncConnection, account_id: int, telegram_id: int, after_id: int
) -> Sequence[Any]:
    """Who spoke behind a message, the newest first: the direction, and the key of what a bot said."""
    said = and_(outbox.c.id == messages.c.outbox_id, outbox.c.account_id == account_id)
    rows = await conn.execute(
        select(messages.c.direction, outbox.c.dedupe_key)
        .outerjoin(outbox, said)
        .where(messages.c.account_id == account_id, messages.c.chat_id == telegram_id)
        .where(messages.c.bot_id.in_(_bots_of(account_id)), messages.c.id > after_id)
        .order_by(messages.c.id.desc())
        .limit(MOST_NEWER)
    )
    return rows.all()


async def list_waiting(
    conn: AsyncConnection, account_id: int, telegram_id: int, key_prefix: str
) -> Sequence[Any]:
    """The calls to a person whose keys begin so and which have not left yet, the oldest first."""
    is_told = exists().where(
        messages.c.bot_id == outbox.c.bot_id,
        messages.c.chat_id == outbox.c.chat_id,
        messages.c.outbox_id == outbox.c.id,
    )
    rows = await conn.execute(
        select(outbox.c.payload, outbox.c.dedupe_key, outbox.c.created_at)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id.in_(_bots_of(account_id)))
        .where(outbox.c.chat_id == telegram_id, outbox.c.broadcast_id.is_(None))
        .where(outbox.c.state.in_(NOT_YET), outbox.c.dedupe_key.startswith(key_prefix), ~is_told)
        .order_by(outbox.c.id)
    )
    return rows.all()
