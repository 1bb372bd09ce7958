"""Two stages: money that is set aside is told, taken or let go once, told again before it goes back, and never granted."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from typing_extensions import override

from app.cli.money.payments import decide_hold, list_held
from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_money import ledger_entries
from core.db.models.delivery import outbox
from core.db.session import Database
from core.errors import DomainError
from core.money import Money
from payment.base import (
    Ability,
    PaymentFacts,
    PaymentState,
    RefusedError,
    UnavailableError,
)
from payment.registry import describe_way
from services.commerce.orders import holds
from services.commerce.orders.manual_orders import drop_order, settle_order
from services.commerce.orders.paying import show_ways
from services.commerce.payments.calls import build_performers
from services.commerce.payments.payments import get_order, get_payment
from services.delivery.jobs import MOST_TRIES, Perform
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    ScriptedProvider,
    choose,
    only_order,
    only_payment,
    pass_time,
    said,
    work,
)

ADMIN = 1001
ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
DAYS = 7


class HoldingProvider(ScriptedProvider):
    """Sets money aside first; what became of that a test reads in `ended`."""

    abilities = frozenset({Ability.ASK, Ability.CAPTURE})

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until
        self.ended: list[str] = []
        self.on_capture: Exception | None = None

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        facts = await super().get_payment(external_id)
        return replace(facts, held_until=self.until) if facts.state is PaymentState.HELD else facts

    @override
    async def capture_payment(self, external_id: str, amount: Money) -> PaymentFacts:
        self.ended.append(f"take {amount}")
        if self.on_capture:
            raise self.on_capture
        self.state = PaymentState.SUCCEEDED
        return await self.get_payment(external_id)

    @override
    async def cancel_payment(self, external_id: str) -> PaymentFacts:
        self.ended.append("let")
        self.state = PaymentState.CANCELLED
        return await self.get_payment(external_id)


@pytest.fixture
def provider(clock: StillClock) -> HoldingProvider:
    return HoldingProvider(clock.now() + timedelta(days=DAYS))


@pytest.fixture
def performers(provider: HoldingProvider) -> Mapping[str, Perform]:
    return build_performers({provider.name: provider})


async def set_aside(
    db: Database, shop: Shop, clock: StillClock, provider: HoldingProvider, performers: Mapping[str, Perform]
) -> int:
    """The buyer has paid, and the bank has set it aside; gives the payment."""
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await choose(db, shop)
    await work(db, performers)
    provider.state = PaymentState.HELD
    await pass_time(db, clock, seconds=61)
    await work(db, performers)
    payment = await only_payment(db)
    assert (payment.status, payment.held_until) == ("held", provider.until)
    return int(payment.id)


async def decide(db: Database, payment_id: int, *, take: bool) -> None:
    async with db.unit(1) as uow:
        await holds.decide(uow, payment_id, take=take)


async def test_it_opens_nothing_until_it_is_taken_and_then_everything_once(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    payment_id = await set_aside(db, shop, clock, provider, performers)
    assert await count_rows(db, accesses) == await count_rows(db, ledger_entries) == 0
    assert [len(await said(db, text)) for text in ("order-held", "hold-begun")] == [1, 1]
    async with db.unit(1) as uow:
        assert [one.id for one, _ in await holds.list_held(uow)] == [payment_id]
    await pass_time(db, clock, days=2)
    await work(db, performers)
    assert [len(await said(db, text)) for text in ("order-held", "hold-ends")] == [1, 0]
    await decide(db, payment_id, take=True)
    with pytest.raises(DomainError, match="HOLD_OVER"):
        await decide(db, payment_id, take=False)
    await work(db, performers)
    assert provider.ended == ["take 1900.00 RUB"]
    assert (await only_payment(db)).status == "succeeded"
    assert [len(await said(db, text)) for text in ("hold-taken", "hold-released")] == [1, 0]
    assert await count_rows(db, accesses, status="active") == 1
    assert len(await said(db, "order-paid")) == 1
    with pytest.raises(DomainError, match="HOLD_OVER"):
        await decide(db, payment_id, take=True)


async def test_what_is_let_go_is_told_to_the_buyer_and_the_order_ends(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    payment_id = await set_aside(db, shop, clock, provider, performers)
    await decide(db, payment_id, take=False)
    await work(db, performers)
    assert provider.ended == ["let"]
    assert [len(await said(db, text)) for text in ("order-released", "hold-released", "order-failed")] == [
        1,
        1,
        0,
    ]
    assert (await only_order(db)).status == "cancelled"
    assert await count_rows(db, accesses) == 0


@pytest.mark.parametrize(("by", "end"), [("bank", "hold-over-released"), ("an admin", "hold-over-taken")])
async def test_every_card_says_how_it_ended_and_has_no_buttons(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
    by: str,
    end: str,
) -> None:
    payment_id = await set_aside(db, shop, clock, provider, performers)
    await pass_time(db, clock, days=DAYS - 1)
    await work(db, performers)
    async with db.unit(1) as uow:  # Telegram has shown both cards
        cards = outbox.c.ref == holds.ref_of(payment_id)
        await uow.conn.execute(update(outbox).where(cards).values(telegram_message_id=outbox.c.id))
    if by == "bank":
        provider.state = PaymentState.CANCELLED
        await pass_time(db, clock, days=1)
    else:
        await decide(db, payment_id, take=True)
    await work(db, performers)
    by_itself = await said(db, "hold-released")
    assert len(by_itself) == (by == "bank"), (
        "who decided, or sees on the card that somebody did, hears no more"
    )
    assert await said(db, "hold-taken") == []
    told = await said(db, end)
    assert len({one["message_id"] for one in told}) == len(told) == 2, "the first one and the reminder"
    assert not any("buttons" in one for one in told)
    async with db.unit(1) as uow:
        assert holds.name_end(await get_payment(uow, payment_id)) == end


async def test_admins_hear_of_it_again_before_it_goes_back_by_itself_and_the_buyer_after(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    await set_aside(db, shop, clock, provider, performers)
    for _ in range(DAYS - 1):
        await pass_time(db, clock, days=1)
        await work(db, performers)
    assert len(await said(db, "hold-ends")) == 1
    assert (await only_payment(db)).status == "held", "however long it is asked for, it is not given up"
    provider.state = PaymentState.CANCELLED
    await pass_time(db, clock, days=1)
    await work(db, performers)
    assert [len(await said(db, text)) for text in ("order-released", "hold-released")] == [1, 1]
    assert (await only_payment(db)).status == "cancelled"


async def test_a_refusal_is_told_with_the_buttons_and_can_be_tried_again(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    payment_id = await set_aside(db, shop, clock, provider, performers)
    provider.on_capture = RefusedError("the hold is too old")
    await decide(db, payment_id, take=True)
    await work(db, performers)
    (told,) = await said(db, "hold-refused")
    assert "too old" in str(told["text"])
    assert len(told["buttons"]) == 2
    provider.on_capture = None
    await decide(db, payment_id, take=True)
    await work(db, performers)
    assert (await only_payment(db)).status == "succeeded"


async def test_where_the_provider_is_away_admins_hear_it_in_the_end_and_can_try_again(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    payment_id = await set_aside(db, shop, clock, provider, performers)
    provider.on_capture = UnavailableError("nobody answers")
    await decide(db, payment_id, take=True)
    for _ in range(MOST_TRIES):
        await work(db, performers)
        await pass_time(db, clock, hours=1)
    (told,) = await said(db, "hold-refused")
    assert (told["chat_id"], len(told["buttons"])) == (ADMIN, 2)
    assert (await only_payment(db)).status == "held", "the buyer's money is where it was"
    provider.on_capture = None
    await decide(db, payment_id, take=True)
    await work(db, performers)
    assert [len(await said(db, text)) for text in ("order-paid", "hold-taken")] == [1, 1]


@ON_SQLITE
@pytest.mark.parametrize(
    ("language", "promises", "holds_back"),
    [
        ("en", "opens at once", "only set aside at first"),
        ("ru", "сразу всё открою", "сначала банк только заморозит деньги"),
    ],
)
async def test_what_is_only_set_aside_is_not_promised_to_open_at_once(
    db: Database, shop: Shop, performers: Mapping[str, Perform], language: str, promises: str, holds_back: str
) -> None:
    (way,) = db.env.pay_ways
    db.env = replace(db.env, pay_ways=(replace(way, holds=True),))
    await choose(db, shop)
    await work(db, performers)
    (invoice,) = await said(db, "order-pay-held")
    shown = show_words(invoice["text"], language)
    assert (promises in shown, holds_back in shown) == (False, True)


def test_yookassa_sets_aside_where_it_is_set_to() -> None:
    known = {"shop_id": "1", "secret_key": "x"}
    ways = [describe_way("yookassa", {**known, "capture": capture}) for capture in ("auto", "manual")]
    assert [way.holds for way in ways] == [False, True]


@ON_SQLITE
async def test_it_is_taken_and_let_go_at_a_keyboard_too(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    await set_aside(db, shop, clock, provider, performers)
    number = (await only_order(db)).public_id
    async with db.unit(1) as uow:
        (line,) = await list_held(uow, as_json=False)
        assert line.startswith(f"{number}\t1900.00 RUB\tscripted\tgoes back by itself on ")
        (one,) = json.loads((await list_held(uow, as_json=True))[0])
        assert (one["order"], one["amount"], one["currency"]) == (number, 190_000, "RUB")
    async with db.unit(1) as uow:
        assert await decide_hold(uow, number.lower(), take=True) == [
            f"order {number}: scripted is asked to take 1900.00 RUB while `tandem run` runs"
        ]
    with pytest.raises(DomainError, match="it is decided already"):
        async with db.unit(1) as uow:
            await decide_hold(uow, number, take=False)
    await work(db, performers)
    assert provider.ended == ["take 1900.00 RUB"]
    async with db.unit(1) as uow:
        assert await list_held(uow, as_json=False) == ["no money is set aside"]
        with pytest.raises(
            DomainError, match=f"set aside for order {number}; `tandem payments held` lists it"
        ):
            await decide_hold(uow, number, take=False)


async def test_meanwhile_nobody_pays_twice_and_nothing_is_settled_past_it(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: HoldingProvider,
    performers: Mapping[str, Perform],
) -> None:
    await set_aside(db, shop, clock, provider, performers)
    order_id = (await only_order(db)).id
    async with db.unit(1) as uow:
        order = await get_order(uow, order_id)
        assert await show_ways(uow, order, "again")
    assert len(await said(db, "order-held")) == 2
    assert await count_rows(db, payments) == 1
    with pytest.raises(DomainError, match="MONEY_HELD"):
        async with db.unit(1) as uow:
            await settle_order(uow, order, "1001")
    await pass_time(db, clock, hours=2)
    assert len(await said(db, "order-reminder")) == 0
    async with db.unit(1) as uow:
        assert await drop_order(uow, order)
    await work(db, performers)
    assert provider.ended == ["let"], "who does not want the order gets the money back at once"
    (closed,) = await read_rows(db, orders)
    assert closed.status == "cancelled"
    assert len(await said(db, "order-released")) == 1
