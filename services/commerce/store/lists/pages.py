"""Accesses, subscriptions, promo codes, partners and payouts in pages: the numbers of the rows, each read by its own store."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Select, Table, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice, by_number, count_up_to, narrow
from core.db.models.commerce import accesses, partners
from core.db.models.commerce_money import promo_codes
from core.db.models.commerce_partners import payouts
from core.db.models.commerce_plans import subscriptions
from core.db.models.people import contacts

LISTS: Mapping[str, Table] = {
    table.name: table for table in (accesses, subscriptions, promo_codes, partners, payouts)
}
ORDERS = {name: by_number(table.c.id) for name, table in LISTS.items()}


def _select(account_id: int, name: str, asked: Mapping[str, Any], owner: int | None) -> Select[Any]:
    """The numbers of the rows of a list; those of one partner alone, by their Telegram id, if `owner` is named."""
    table = LISTS[name]
    rows = select(table.c.id).where(table.c.account_id == account_id)
    rows = narrow(rows, {table.c[column]: value for column, value in asked.items()})
    return rows if owner is None else rows.where(_is_of(account_id, table, owner))


def _is_of(account_id: int, table: Table, owner: int) -> Any:
    own: Column[Any] = partners.c.id if table is partners else table.c.partner_id
    theirs = partners.alias()
    return exists().where(
        theirs.c.account_id == account_id,
        theirs.c.id == own,
        theirs.c.contact_id == contacts.c.id,
        contacts.c.telegram_id == owner,
    )


async def list_numbers(
    conn: AsyncConnection,
    account_id: int,
    listed: str,
    asked: Mapping[str, Any],
    part: Slice,
    owner: int | None = None,
) -> list[int]:
    """A part of a list."""
    return list(await conn.scalars(part.cut(_select(account_id, listed, asked, owner))))


async def count_numbers(
    conn: AsyncConnection,
    account_id: int,
    listed: str,
    asked: Mapping[str, Any],
    most: int,
    owner: int | None = None,
) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select(account_id, listed, asked, owner), most)
