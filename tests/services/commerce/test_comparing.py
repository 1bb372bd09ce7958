"""Once a day our payments are laid beside the provider's list: what nobody told of is followed, what differs is told once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from typing_extensions import override

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import payments
from core.db.models.delivery import jobs
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import OrderStatus
from core.money import Money
from core.pay_ways import PayWay
from payment.base import Ability, PaymentFacts, PaymentState
from services.commerce.payments.calls import LIST, build_performers
from services.commerce.payments.comparing import compare
from services.delivery.jobs import Perform
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import ScriptedProvider, calls, checked, only_order, press, work

ADMIN = 1001


class ListingProvider(ScriptedProvider):
    """Has a list of its own."""

    abilities = frozenset({Ability.ASK, Ability.LIST})

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[PaymentFacts] = []

    @override
    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        return self.listed


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, pay_ways=(PayWay("scripted"),))


@pytest.fixture
def provider() -> ListingProvider:
    return ListingProvider()


async def a_day_later(db: Database, clock: StillClock, performers: Mapping[str, Perform]) -> int:
    clock.advance(days=1)
    before = len([one for one in await read_rows(db, jobs) if one.kind.startswith(LIST)])
    for _ in range(3):  # more often than once a day
        await compare(db)
    await work(db, performers)
    return len([one for one in await read_rows(db, jobs) if one.kind.startswith(LIST)]) - before


async def test_a_payment_nobody_told_of_is_found_in_the_list(
    db: Database, shop: Shop, clock: StillClock, provider: ListingProvider
) -> None:
    performers = build_performers({provider.name: provider})
    await press(db, shop)
    await work(db, performers)
    (payment,) = await read_rows(db, payments)
    paid = PaymentFacts(f"ext-{payment.id}", PaymentState.SUCCEEDED, Money(PRICE, "RUB"), payment.id)
    provider.listed = [paid, replace(paid, external_id="of-another-shop", payment_id=424242)]
    provider.state = PaymentState.SUCCEEDED
    assert await a_day_later(db, clock, performers) == 1
    assert (await only_order(db)).status == OrderStatus.PAID
    assert provider.asked == [f"ext-{payment.id}"]


@pytest.mark.parametrize("there", [[], [Money(1, "RUB")]])
async def test_what_we_have_and_the_provider_lacks_is_told_once(
    db: Database, shop: Shop, clock: StillClock, provider: ListingProvider, there: list[Money]
) -> None:
    performers = build_performers({provider.name: provider})
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await press(db, shop)
    await work(db, performers)
    (payment,) = await read_rows(db, payments)
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    number = f"ext-{payment.id}"
    provider.listed = [PaymentFacts(number, PaymentState.SUCCEEDED, one, payment.id) for one in there]
    clock.advance(hours=3)
    for _ in range(2):
        await a_day_later(db, clock, performers)
    told = [
        one["text"] for one in await calls(db) if one["chat_id"] == ADMIN and "payments-differ" in str(one)
    ]
    assert len(told) == 1
    assert number in show_words(told[0], "ru")


async def test_payments_of_long_ago_are_nobodys_business(
    db: Database, shop: Shop, clock: StillClock, provider: ListingProvider
) -> None:
    await press(db, shop)
    clock.advance(days=9)
    assert await compare(db) == 0
