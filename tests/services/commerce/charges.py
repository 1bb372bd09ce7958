"""What a buyer, the provider and time do in tests of what is paid in charges."""

from typing import Any

from core.db.models.commerce import payments
from core.db.models.commerce_plans import subscriptions
from core.db.session import Database
from core.rules.periods import Period
from payment.base import Advice, PaymentState
from services.commerce.payments.calls import CHECK, CREATE
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import TariffPlan
from services.commerce.subscriptions import cards
from services.delivery.speech import Screen
from tests.factories.rows import read_rows
from tests.factories.sales import add_tariff
from tests.factories.shops import Shop
from tests.services.commerce.buying import choose, created, finish, told_of

MONTH = Period(months=1)
CARD = {"method": "pm-1", "method_title": "Visa *4242"}


async def sell(
    db: Database, shop: Shop, code: str = "monthly", *, more: dict[str, Any] | None = None, **plan: Any
) -> int:
    """A tariff that is paid in charges."""
    async with db.unit(1) as uow:
        written = write_plan(TariffPlan(**plan))
        return await add_tariff(uow, shop.course.flow_id, code, plan=written, **(more or {}))


async def subscribe(db: Database, shop: Shop, code: str = "monthly", **kept: Any) -> Any:
    """Choose it and pay the first charge, by a method that is kept."""
    assert await choose(db, shop, code, agreed=True)
    payment_id = (await read_rows(db, payments))[-1].id
    await created(db, payment_id)
    await settle(db, payment_id, **(kept or CARD))
    return await only(db)


async def settle(db: Database, payment_id: int, **more: Any) -> None:
    """The money of a payment has come."""
    await finish(db, CHECK, payment_id, await told_of(db, payment_id, PaymentState.SUCCEEDED, **more))


async def pay_charge(db: Database) -> int:
    """The saved method could be charged at once; gives the payment's id."""
    payment = (await read_rows(db, payments))[-1]
    await finish(db, CREATE, payment.id, await told_of(db, payment.id, PaymentState.SUCCEEDED))
    return int(payment.id)


async def refuse_charge(db: Database, advice: Advice = Advice.TRY_LATER) -> int:
    """The saved method could not be charged; gives the payment's id."""
    payment = (await read_rows(db, payments))[-1]
    await finish(db, CREATE, payment.id, await told_of(db, payment.id, PaymentState.CANCELLED, advice=advice))
    return int(payment.id)


async def press_card(db: Database, shop: Shop, what: str, key: str = "card") -> None:
    """The buyer presses a button of the only one there is: `stop`, `go` or `pay`."""
    number = (await read_rows(db, subscriptions))[-1].id
    async with db.unit(1) as uow:
        await cards.press(uow, shop.buyer, f"{what}-{number}", Screen(shop.chat, f"{key}:{what}"))


async def only(db: Database) -> Any:
    """The latest one."""
    return (await read_rows(db, subscriptions))[-1]
