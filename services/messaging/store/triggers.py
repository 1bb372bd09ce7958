"""The triggers of bots, and whom each has met."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Slice, by_number
from core.db.models.messaging import trigger_firings, trigger_sets
from core.db.models.people import chats, consents, contacts
from core.db.session import dialect_insert
from core.lifecycle import ChatState
from services.people.conditions.audience import WILLING


async def put_set(
    conn: AsyncConnection, account_id: int, bot_id: int, digest: str, document: Sequence[Any], now: datetime
) -> None:
    """Give a bot these triggers and no others."""
    values = {"digest": digest, "document": list(document), "changed_at": now}
    await conn.execute(
        dialect_insert(conn, trigger_sets)
        .values(account_id=account_id, bot_id=bot_id, **values)
        .on_conflict_do_update(
            index_elements=["bot_id"], set_=values, where=trigger_sets.c.account_id == account_id
        )
    )


async def find_digest(conn: AsyncConnection, account_id: int, bot_id: int) -> str | None:
    """What a bot's triggers are known by; None if it has none."""
    digest: str | None = await conn.scalar(
        select(trigger_sets.c.digest).where(
            trigger_sets.c.account_id == account_id, trigger_sets.c.bot_id == bot_id
        )
    )
    return digest


ORDERS = by_number(trigger_sets.c.id)


async def list_sets(conn: AsyncConnection, account_id: int, part: Slice) -> Sequence[Any]:
    """A part of the sets."""
    rows: Sequence[Any] = (await conn.execute(part.cut(_select_sets(account_id)))).all()
    return rows


async def find_set(conn: AsyncConnection, account_id: int, set_id: int) -> Any | None:
    """A set by its id."""
    return (await conn.execute(_select_sets(account_id).where(trigger_sets.c.id == set_id))).one_or_none()


async def find_set_of(conn: AsyncConnection, account_id: int, bot_id: int) -> Any | None:
    """The set of a bot."""
    return (await conn.execute(_select_sets(account_id).where(trigger_sets.c.bot_id == bot_id))).one_or_none()


def _select_sets(account_id: int) -> Select[Any]:
    columns = (trigger_sets.c.id, trigger_sets.c.bot_id, trigger_sets.c.digest, trigger_sets.c.document)
    return select(*columns).where(trigger_sets.c.account_id == account_id)


async def load_document(conn: AsyncConnection, account_id: int, bot_id: int) -> list[Any]:
    """A bot's triggers in their order."""
    document = await conn.scalar(
        select(trigger_sets.c.document).where(
            trigger_sets.c.account_id == account_id, trigger_sets.c.bot_id == bot_id
        )
    )
    return list(document or ())


async def list_fired(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, codes: Sequence[str]
) -> set[str]:
    """Which of these triggers a person has met."""
    rows = await conn.execute(
        select(trigger_firings.c.code).where(
            trigger_firings.c.account_id == account_id,
            trigger_firings.c.bot_id == bot_id,
            trigger_firings.c.contact_id == contact_id,
            trigger_firings.c.code.in_(codes),
        )
    )
    return set(rows.scalars())


async def note_firing(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, code: str, at: datetime
) -> None:
    """Note that a person has met a trigger."""
    await conn.execute(
        dialect_insert(conn, trigger_firings)
        .values(account_id=account_id, bot_id=bot_id, contact_id=contact_id, code=code, times=1, at=at)
        .on_conflict_do_update(
            index_elements=["bot_id", "code", "contact_id"],
            set_={"times": trigger_firings.c.times + 1, "at": at},
            where=trigger_firings.c.account_id == account_id,
        )
    )


async def list_absent(
    conn: AsyncConnection,
    account_id: int,
    bot_id: int,
    code: str,
    before: datetime,
    limit: int,
    audience: ColumnElement[bool],
    *,
    once: bool,
) -> list[tuple[int, str]]:
    """Who of an audience can be written to and has agreed, did not say no to mailings, was seen last before a moment, and has not met the trigger since then, or ever.

    Gives (contact, zone).
    """
    seen = func.coalesce(chats.c.seen_at, chats.c.opened_at)
    met = select(trigger_firings.c.id).where(
        trigger_firings.c.bot_id == bot_id,
        trigger_firings.c.code == code,
        trigger_firings.c.contact_id == chats.c.contact_id,
    )
    agreed = select(consents.c.id).where(
        consents.c.contact_id == chats.c.contact_id, consents.c.given_at.is_not(None)
    )
    rows = await conn.execute(
        select(chats.c.contact_id, contacts.c.zone)
        .join(contacts, contacts.c.id == chats.c.contact_id)
        .where(chats.c.account_id == account_id, chats.c.bot_id == bot_id, chats.c.state == ChatState.OPEN)
        .where(
            seen <= before,
            agreed.exists(),
            WILLING,
            audience,
            ~(met if once else met.where(trigger_firings.c.at >= seen)).exists(),
        )
        .order_by(chats.c.id)
        .limit(limit)
    )
    return [(row.contact_id, row.zone) for row in rows]
