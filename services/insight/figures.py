"""The owner's numbers: from the first start to the finished course, money, messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.flow.naming import name_step
from core.lifecycle import OutboxState
from services.content import flows
from services.insight.schemas import Calls, Figures, MoneyFigures, NoMoney, Sales, Stop, TariffFigures
from services.insight.store import figures as store
from services.insight.store import people
from services.people.conditions.numbers.figures import WHO, Place

MOST_STOPS = 5


async def count_figures(uow: UnitOfWork, since: datetime | None = None) -> Figures:
    """Everything that happened after `since`, or ever."""
    return Figures(
        started=await count_who(uow, "started", since),
        chose=await count_who(uow, "chose", since),
        paid=await count_who(uow, "paid", since),
        entered=await count_who(uow, "entered", since),
        finished=await count_who(uow, "finished", since),
        tariffs=await list_tariffs(uow, since),
        money=await count_money(uow, since),
        in_review=await store.count_in_review(uow.conn, uow.account_id),
        closed=await count_who(uow, "closed", since),
        calls=await _calls(uow, since),
        stops=await list_stops(uow),
    )


async def count_who(uow: UnitOfWork, figure: str, since: datetime | None) -> int:
    """How many people a figure of them has."""
    who = WHO[figure](uow.account_id, since)
    return await people.count_who(uow.conn, uow.account_id, who)


async def list_stops(uow: UnitOfWork, most: int = MOST_STOPS) -> tuple[Stop, ...]:
    """Where most people have stopped, in any course or scenario."""
    rows = await people.list_stops(uow.conn, uow.account_id, uow.now, most)
    return tuple([await _stop(uow, row) for row in rows])


async def _stop(uow: UnitOfWork, row: Any) -> Stop:
    version = await flows.get_version(uow, row.flow_version_id)
    flow = version.flow
    title = name_step(flow, row.step)
    place = Place(flow.slug, version.number, row.step)
    return Stop(row.flow_version_id, row.step, flow.name, title, int(row.people), place)


async def list_tariffs(uow: UnitOfWork, since: datetime | None) -> tuple[TariffFigures, ...]:
    """Every tariff: who chose it, paid orders, their sums."""
    sales = await store.list_sales(uow.conn, uow.account_id, since)
    return tuple(
        TariffFigures(row.name, row.people, *_part([sale for sale in sales if sale.tariff_id == row.id]))
        for row in await store.list_orders(uow.conn, uow.account_id, since)
    )


async def count_money(uow: UnitOfWork, since: datetime | None) -> MoneyFigures:
    """What came, went back and was kept by providers, and by whom it came."""
    books = await store.list_books(uow.conn, uow.account_id, since)
    tested = [row for row in books if row.is_test]
    books = [row for row in books if not row.is_test]
    return MoneyFigures(
        revenue=_sums((row.currency, row.revenue) for row in books),
        refunds=_sums((row.currency, row.refunds) for row in books),
        fees=_sums((row.currency, row.fees) for row in books),
        sources=await list_source_sales(uow, since),
        promos=_sales(await store.list_promo_sales(uow.conn, uow.account_id, since)),
        partners=_sales(await store.list_partner_sales(uow.conn, uow.account_id, since)),
        tests=NoMoney(sum(row.paid for row in tested), _sums((row.currency, row.revenue) for row in tested)),
    )


async def list_source_sales(uow: UnitOfWork, since: datetime | None) -> tuple[Sales, ...]:
    """By the mark of the link that buyers came by, whoever brought most orders first."""
    return _sales(await store.list_sources(uow.conn, uow.account_id, since))


def _sums(rows: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Sums by currency, without those of nothing."""
    return {currency: int(amount) for currency, amount in rows if amount}


def _sales(rows: Sequence[Any]) -> tuple[Sales, ...]:
    """By name, whoever brought most orders first."""
    sales = [
        Sales(name, *_part([row for row in rows if row.name == name])) for name in {row.name for row in rows}
    ]
    return tuple(sorted(sales, key=lambda sale: (-sale.paid, -sale.tests.paid, sale.name or "")))


def _part(rows: Sequence[Any]) -> tuple[int, Mapping[str, int], NoMoney]:
    """How often something was paid and its sums, and apart from them those of tests."""
    (paid, sums), tests = (
        (sum(row.paid for row in some), _sums((row.currency, row.amount) for row in some))
        for some in ([row for row in rows if not row.is_test], [row for row in rows if row.is_test])
    )
    return paid, sums, NoMoney(*tests)


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
