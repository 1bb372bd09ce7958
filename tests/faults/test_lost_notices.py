"""A thousand payments of which nobody hears three in ten: every one is opened, once, and asked for in time."""

import random
from dataclasses import replace
from typing import Any

import pytest
from typing_extensions import override

from core.db.models.commerce import accesses, orders, payments
from core.db.session import Database
from core.lifecycle import OrderStatus
from core.pay_ways import PayWay
from payment.base import Notice, PaymentFacts, PaymentState
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, terms_of
from services.commerce.orders.orders import choose_tariff
from services.commerce.payments.calls import build_performers
from services.commerce.payments.incoming import receive_notice
from services.delivery.speech import Address
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import open_shop
from tests.fakes.clock import StillClock
from tests.faults.waiting import kind_of, tell
from tests.services.commerce.buying import ScriptedProvider, pass_time, work

LOST = 0.3
FIRST = 900_000


class Everybody(ScriptedProvider):
    """Everybody has paid; the amounts are those that were asked for."""

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        number = int(external_id.removeprefix("ext-"))
        request = next(one for one in self.created if one.payment_id == number)
        return PaymentFacts(
            external_id, PaymentState.SUCCEEDED, request.amount, request.payment_id, request.order
        )


@pytest.mark.parametrize(
    "people", [pytest.param(60, id="60"), pytest.param(1000, id="1000", marks=pytest.mark.faults)]
)
async def test_every_payment_is_opened_though_notices_are_lost(
    db: Database, clock: StillClock, db_url: str, people: int
) -> None:
    provider, chance = Everybody(), random.Random(11)
    performers = build_performers({provider.name: provider})
    db.env = replace(db.env, pay_ways=(PayWay(provider.name),))
    await open_shop(db)
    for number in range(people):
        await _order(db, FIRST + number)
    await work(db, performers)
    lost = 0
    for row in await read_rows(db, payments):
        if chance.random() < LOST:
            lost += 1
            continue
        notice = Notice(f"{row.external_id}:paid", row.external_id, "paid")
        for _ in range(chance.choice((1, 1, 2))):
            await receive_notice(db, 1, provider.name, notice)
    await work(db, performers)
    opened = await count_rows(db, accesses)
    assert opened == people - lost
    await pass_time(db, clock, minutes=2)
    await work(db, performers)
    tell(
        f"{kind_of(db_url)}: {people} payments, {lost} notices lost, {await count_rows(db, accesses)} opened"
    )
    assert await count_rows(db, accesses) == people
    assert {row.status for row in await read_rows(db, orders)} == {OrderStatus.PAID}


async def _order(db: Database, telegram_id: int) -> Any:
    async with db.unit(1) as uow:
        person = await add_contact(uow, telegram_id)
        await add_chat(uow, SALES_BOT, person)
        tariff = await get_tariff(uow, "basic")
        chosen = ChosenOffer(OfferPlace(Address(SALES_BOT, telegram_id)), tariff, terms_of(tariff))
        return await choose_tariff(uow, person, chosen, f"press:{telegram_id}")
