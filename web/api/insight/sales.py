"""What was sold: by tariff, promo code and partner."""

from collections.abc import Sequence

from core.text.message import localize
from services.insight.figures import count_money, list_tariffs
from services.insight.schemas import Sales
from web.api.calls import Call
from web.api.insight.reports import READ, SUM, Moment, show_sums, show_tests
from web.api.models import Answer, Money, example
from web.api.routes import Room

room = Room("insight")
SALE = {"name": "SPRING", "orders": 4, "revenue": [SUM], "test_orders": 0, "test_revenue": []}
TARIFF = {**SALE, "name": "With feedback", "chosen": 9}


class TariffSales(Answer):
    """A tariff: how many people chose it, how many orders were paid, their sums; tests brought no money and stand apart."""

    model_config = example(**TARIFF)

    name: str
    chosen: int
    orders: int
    revenue: list[Money]
    test_orders: int
    test_revenue: list[Money]


class SaleItem(Answer):
    """What sold, how many paid orders it brought, what came for them; tests brought no money and stand apart."""

    model_config = example(**SALE)

    name: str
    orders: int
    revenue: list[Money]
    test_orders: int
    test_revenue: list[Money]


class SalesAnswer(Answer):
    """Money by currency (came, went back, kept by providers; tests apart), then by tariff, promo code and partner."""

    model_config = example(
        revenue=[SUM],
        refunds=[],
        fees=[],
        test_orders=0,
        test_revenue=[],
        tariffs=[TARIFF],
        promo_codes=[SALE],
        partners=[SALE],
    )

    revenue: list[Money]
    refunds: list[Money]
    fees: list[Money]
    test_orders: int
    test_revenue: list[Money]
    tariffs: list[TariffSales]
    promo_codes: list[SaleItem]
    partners: list[SaleItem]


@room.get("/numbers/sales", READ)
async def get_sales(call: Call, since: Moment = None) -> SalesAnswer:
    """What was sold, by tariff, promo code and partner."""
    figures = await count_money(call.uow, since)
    tariffs = [
        TariffSales(
            name=localize(each.name, call.language),
            chosen=each.chosen,
            orders=each.paid,
            revenue=show_sums(each.sums),
            **show_tests(each.tests),
        )
        for each in await list_tariffs(call.uow, since)
        if each.chosen or each.paid or each.tests.paid
    ]
    return SalesAnswer(
        revenue=show_sums(figures.revenue),
        refunds=show_sums(figures.refunds),
        fees=show_sums(figures.fees),
        **show_tests(figures.tests),
        tariffs=tariffs,
        promo_codes=_list(figures.promos),
        partners=_list(figures.partners),
    )


def _list(sales: Sequence[Sales]) -> list[SaleItem]:
    return [
        SaleItem(
            name=sale.name or "",
            orders=sale.paid,
            revenue=show_sums(sale.sums),
            **show_tests(sale.tests),
        )
        for sale in sales
    ]
