"""The owner's numbers: from the first start to the finished course, money, messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import OutboxState
from services.content import flows
from services.insight.schemas import Calls, Figures, MoneyFigures, Sales, Stop, TariffFigures
from services.insight.store import figures as store
from services.insight.store import people
from services.insight.students import title_of

MOST_STOPS = 5


async def count_figures(uow: UnitOfWork, since: datetime | None = None) -> Figures:
    """Everything that happened after `since`, or ever."""
    return Figures(
        started=await _count(uow, "started", since),
        chose=await _count(uow, "chose", since),
        paid=await _count(uow, "paid", since),
        entered=await _count(uow, "entered", since),
        finished=await _count(uow, "finished", since),
        tariffs=await _tariffs(uow, since),
        money=await _money(uow, since),
        in_review=await store.count_in_review(uow.conn, uow.account_id),
        closed=await _count(uow, "closed", since),
        calls=await _calls(uow, since),
        stops=await list_stops(uow),
    )


async def _count(uow: UnitOfWork, figure: str, since: datetime | None) -> int:
    who = people.WHO[figure](uow.account_id, since)
    return await people.count_who(uow.conn, uow.account_id, who)


async def list_stops(uow: UnitOfWork) -> tuple[Stop, ...]:
    """Where most people have stopped, in any course or scenario."""
    rows = await people.list_stops(uow.conn, uow.account_id, uow.now, MOST_STOPS)
    return tuple([await _stop(uow, row) for row in rows])


async def _stop(uow: UnitOfWork, row: Any) -> Stop:
    flow = (await flows.get_version(uow, row.flow_version_id)).flow
    step = flow.step(row.step)
    title = title_of(step) if step else None
    return Stop(row.flow_version_id, row.step, flow.name, title, int(row.people))


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
