"""The owner's numbers: from the first start to the finished course, money, messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import OutboxState
from services.insight import store
from services.insight.schemas import Calls, Figures, MoneyFigures, Sales, TariffFigures


async def count_figures(uow: UnitOfWork, since: datetime | None = None) -> Figures:
    """Everything that happened after `since`, or ever."""
    conn, account_id = uow.conn, uow.account_id
    return Figures(
        started=await store.count_started(conn, account_id, since),
        chose=await store.count_choosers(conn, account_id, since),
        paid=await store.count_buyers(conn, account_id, since),
        entered=await store.count_entered(conn, account_id, since),
        finished=await store.count_finished(conn, account_id, since),
        tariffs=await _tariffs(uow, since),
        money=await _money(uow, since),
        in_review=await store.count_in_review(conn, account_id),
        closed=await store.count_closed_chats(conn, account_id),
        calls=await _calls(uow, since),
    )


async def _tariffs(uow: UnitOfWork, since: datetime | None) -> tuple[TariffFigures, ...]:
    sales = await store.list_sales(uow.conn, uow.account_id, since)
    return tuple(
        TariffFigures(
            name=row.name,
            chosen=row.people,
            paid=sum(sale.paid for sale in sales if sale.tariff_id == row.id),
            sums={sale.currency: int(sale.amount) for sale in sales if sale.tariff_id == row.id},
        )
        for row in await store.list_orders(uow.conn, uow.account_id, since)
    )


async def _money(uow: UnitOfWork, since: datetime | None) -> MoneyFigures:
    books = await store.list_books(uow.conn, uow.account_id, since)
    return MoneyFigures(
        revenue=_sums((row.currency, row.revenue) for row in books),
        refunds=_sums((row.currency, row.refunds) for row in books),
        fees=_sums((row.currency, row.fees) for row in books),
        sources=_sales(await store.list_sources(uow.conn, uow.account_id, since)),
        promos=_sales(await store.list_promo_sales(uow.conn, uow.account_id, since)),
        partners=_sales(await store.list_partner_sales(uow.conn, uow.account_id, since)),
    )


def _sums(rows: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Sums by currency, without those of nothing."""
    return {currency: int(amount) for currency, amount in rows if amount}


def _sales(rows: Sequence[Any]) -> tuple[Sales, ...]:
    """By name, whoever brought most orders first."""
    sales = [
        Sales(name, sum(row.paid for row in group), _sums((row.currency, row.amount) for row in group))
        for name in {row.name for row in rows}
        if (group := [row for row in rows if row.name == name])
    ]
    return tuple(sorted(sales, key=lambda sale: (-sale.paid, sale.name or "")))


async def _calls(uow: UnitOfWork, since: datetime | None) -> Calls:
    counts = await store.count_calls(uow.conn, uow.account_id, since)
    refused = counts.get(OutboxState.FAILED, 0)
    blocked = await store.count_shut_out(uow.conn, uow.account_id, since) if refused else 0
    return Calls(
        sent=counts.get(OutboxState.SENT, 0),
        waiting=counts.get(OutboxState.PENDING, 0) + counts.get(OutboxState.SENDING, 0),
        failed=refused - blocked,
        blocked=blocked,
        held=counts.get(OutboxState.HOLD, 0),
    )
