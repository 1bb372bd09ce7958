"""Accesses, subscriptions, promo codes, partners and payouts in pages; a partner may be shown their own rows alone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.commerce.schemas import Access, Partner, Payout, Promo, Subscription
from services.commerce.store import access
from services.commerce.store.lists import pages
from services.commerce.store.money import promo
from services.commerce.store.partners import commissions
from services.commerce.store.plans import subscriptions

ORDERS = pages.ORDERS
Row = TypeVar("Row", Access, Partner, Payout, Promo, Subscription)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a list: `asked` by column; of one partner alone, by their Telegram id, if `owner` is named."""

    asked: Mapping[str, Any]
    owner: int | None = None


async def list_accesses(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Access]:
    """A part of the accesses."""
    ids = await _list_ids(uow, "accesses", wanted, part)
    return _in_order(ids, await access.list_by_ids(uow.conn, uow.account_id, ids))


async def list_subscriptions(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Subscription]:
    """A part of the subscriptions."""
    ids = await _list_ids(uow, "subscriptions", wanted, part)
    return _in_order(ids, await subscriptions.list_by_ids(uow.conn, uow.account_id, ids))


async def list_promos(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Promo]:
    """A part of the promo codes."""
    ids = await _list_ids(uow, "promo_codes", wanted, part)
    return _in_order(ids, await promo.list_by_ids(uow.conn, uow.account_id, ids))


async def list_partners(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Partner]:
    """A part of the partners."""
    ids = await _list_ids(uow, "partners", wanted, part)
    return _in_order(ids, (await commissions.load_partners(uow.conn, uow.account_id, ids)).values())


async def list_payouts(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Payout]:
    """A part of the payouts."""
    ids = await _list_ids(uow, "payouts", wanted, part)
    return _in_order(ids, await commissions.list_payouts_by_ids(uow.conn, uow.account_id, ids))


async def count_rows(uow: UnitOfWork, listed: str, wanted: Wanted, most: int) -> int:
    """How many rows a list has, counted up to `most`."""
    return await pages.count_numbers(uow.conn, uow.account_id, listed, wanted.asked, most, wanted.owner)


async def get_row(
    uow: UnitOfWork, load: Callable[..., Any], listed: str, row_id: int, owner: int | None = None
) -> Any:
    """One row of a list; raises NOT_FOUND for one that is not there, or is not the owner's."""
    part = Slice(ORDERS[listed]["id"], limit=1)
    rows = await load(uow, Wanted({"id": row_id}, owner), part)
    if not rows:
        raise DomainError(ErrorKind.NOT_FOUND, "NOT_FOUND", f"{listed} {row_id}")
    return rows[0]


async def _list_ids(uow: UnitOfWork, listed: str, wanted: Wanted, part: Slice) -> list[int]:
    return await pages.list_numbers(uow.conn, uow.account_id, listed, wanted.asked, part, wanted.owner)


def _in_order(ids: list[int], rows: Collection[Row]) -> list[Row]:
    by_id = {row.id: row for row in rows}
    return [by_id[number] for number in ids]
