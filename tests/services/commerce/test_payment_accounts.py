"""Accounts take payments with credentials of their own, sealed, and by nobody else's; the first one by the environment's too."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from bots.runtime.till import read_money, take_money
from core.clock import Clock
from core.db.models.commerce import accesses, orders, payments, provider_events
from core.db.models.commerce_money import payment_accounts
from core.db.session import Database
from core.errors import DomainError
from core.money import STARS
from core.pay_ways import PayWay
from payment.prodamus.provider import ProdamusProvider
from payment.prodamus.signing import sign
from payment.registry import build_provider
from payment.spec import Surroundings
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, terms_of
from services.commerce.orders.orders import OrderOutcome, choose_tariff
from services.commerce.payments import accounts
from services.commerce.payments.accounts import OtherProviders
from services.commerce.payments.calls import build_performers, look_up
from tests.factories.accounts import add_account
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_order, add_payment, add_payment_account
from tests.factories.shops import open_shop
from tests.factories.worlds import build_world
from tests.services.commerce.buying import ScriptedProvider, said, work
from utils.redaction import forget, redact
from utils.sealed import KeyMissingError
from web.application import build_application

SCHOOL = 2
KEY = "canary-of-the-second-school"
FORM = {"url": "https://school.payform.ru/", "secret_key": KEY}


@pytest.fixture
async def others(db: Database, clock: Clock) -> AsyncIterator[OtherProviders]:
    """Two accounts, the second one with a shop of its own."""

    async def call(method: str, fields: Mapping[str, Any]) -> Any:
        raise AssertionError(method)

    async with db.unit(SCHOOL) as uow:
        await add_account(uow)
    opened = OtherProviders(db, lambda _: Surroundings(clock, call, 1.0))
    yield opened
    await opened.aclose()
    forget()


async def set_form(db: Database, **changed: str) -> None:
    async with db.unit(SCHOOL) as uow:
        await accounts.set_account(uow, "prodamus", FORM | changed)


async def test_credentials_are_sealed_and_the_provider_is_built_from_them(
    db: Database, others: OtherProviders
) -> None:
    assert await others.find(SCHOOL, "prodamus") is None
    await set_form(db)
    (row,) = await read_rows(db, payment_accounts)
    assert KEY not in row.sealed
    assert (row.account_id, row.provider) == (SCHOOL, "prodamus")
    provider = await others.find(SCHOOL, "prodamus")
    assert isinstance(provider, ProdamusProvider)
    assert KEY not in redact(f"the key is {KEY}")
    assert await others.find(SCHOOL, "prodamus") is provider
    assert await others.find(3, "prodamus") is None
    await set_form(db, secret_key="another-key-of-the-school")
    assert await others.find(SCHOOL, "prodamus") not in {None, provider}
    async with db.unit(SCHOOL) as uow:
        assert [one.provider for one in await accounts.list_ways(uow)] == ["prodamus"]
        assert await accounts.drop_account(uow, "prodamus")
        assert not await accounts.drop_account(uow, "prodamus")
        assert list(await accounts.list_ways(uow)) == []
    assert await others.find(SCHOOL, "prodamus") is None


@pytest.mark.parametrize(
    ("named", "set_here", "ways", "is_free"),
    [
        (["mock"], [], ["mock"], True),
        (["yookassa"], [], ["yookassa"], False),
        (["mock"], ["prodamus"], ["prodamus"], False),
        (["yookassa"], ["prodamus"], ["prodamus", "yookassa"], False),
        (["prodamus"], ["prodamus"], ["prodamus"], False),
        ([], ["mock"], ["mock"], True),
    ],
)
async def test_the_first_account_has_what_it_has_set_before_what_the_environment_says(
    db: Database,
    others: OtherProviders,
    named: list[str],
    set_here: list[str],
    ways: list[str],
    is_free: bool,
) -> None:
    db.env = replace(db.env, pay_ways=tuple(PayWay(name) for name in named), takes_no_money="mock" in named)
    async with db.unit(1) as uow:
        for name in set_here:
            await accounts.set_account(uow, name, FORM if name == "prodamus" else {})
        assert [one.provider for one in await accounts.list_ways(uow)] == ways
        assert await accounts.takes_no_money(uow) is is_free
    of_env = {"prodamus": ScriptedProvider()}
    found = await look_up(of_env, others.find, 1, "prodamus")
    assert isinstance(found, ProdamusProvider if "prodamus" in set_here else ScriptedProvider)
    assert await look_up(of_env, others.find, SCHOOL, "prodamus") is None


async def test_where_real_money_is_meant_nothing_is_given_away(db: Database) -> None:
    db.env = replace(db.env, production=True)
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="gives everything away"):
            await accounts.set_account(uow, "mock", {})


async def test_a_sealed_setting_opens_at_its_own_place_alone(db: Database, others: OtherProviders) -> None:
    await set_form(db)
    (row,) = await read_rows(db, payment_accounts)
    async with db.unit(3) as uow:
        await add_account(uow)
        await add_payment_account(uow, provider="prodamus", sealed=row.sealed)
    with pytest.raises(KeyMissingError):
        await others.find(3, "prodamus")


@pytest.mark.parametrize(
    ("account_id", "provider", "values", "said"),
    [
        (SCHOOL, "mock", {}, "gives everything away"),
        (9, "prodamus", FORM, "there is no account 9"),
        (SCHOOL, "paypal", {}, "no payment provider"),
        (SCHOOL, "prodamus", {"url": "http://school.payform.ru/", "secret_key": KEY}, "PRODAMUS_URL"),
        (SCHOOL, "prodamus", {"url": "https://school.payform.ru/"}, "PRODAMUS_SECRET_KEY"),
    ],
)
async def test_what_cannot_be_is_refused_and_keeps_nothing(
    db: Database, others: OtherProviders, account_id: int, provider: str, values: dict[str, str], said: str
) -> None:
    with pytest.raises(DomainError, match=said) as refusal:
        async with db.unit(account_id) as uow:
            await accounts.set_account(uow, provider, values)
    assert KEY not in str(refusal.value)
    assert await read_rows(db, payment_accounts) == []


async def test_a_notice_finds_the_account_and_no_other_key_will_do(
    db: Database, others: OtherProviders
) -> None:
    await set_form(db)
    application = build_application(db, lambda: True, find_other=others.find)
    form: dict[int | str, Any] = {
        "order_id": "77",
        "order_num": "5",
        "sum": "10.00",
        "payment_status": "success",
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://tandem"
    ) as client:

        async def knock(path: str, key: str) -> int:
            return (await client.post(path, data=form, headers={"Sign": sign(form, key)})).status_code

        assert await knock(f"/payments/prodamus/{SCHOOL}", "a-key-of-nobody") == 403
        foreign = (
            "/payments/prodamus",
            "/payments/prodamus/1",
            "/payments/prodamus/3",
            "/payments/prodamus/x",
        )
        assert [await knock(path, KEY) for path in (*foreign, f"/payments/stripe/{SCHOOL}")] == [404] * 5
        assert await read_rows(db, provider_events) == []
        assert [await knock(f"/payments/prodamus/{SCHOOL}", KEY) for _ in range(2)] == [200, 200]
    (event,) = await read_rows(db, provider_events)
    assert (event.account_id, event.provider) == (SCHOOL, "prodamus")


async def test_a_job_is_done_by_the_provider_of_its_account(db: Database, others: OtherProviders) -> None:
    shop = await open_shop(db, SCHOOL)
    db.env = replace(db.env, public_url="https://tandem.example")
    await set_form(db)
    first, theirs = ScriptedProvider(), ScriptedProvider()

    async def find(account_id: int, name: str) -> ScriptedProvider | None:
        return theirs if (account_id, name) == (SCHOOL, "prodamus") else None

    async with db.unit(SCHOOL) as uow:
        tariff = await get_tariff(uow, "basic")
        chosen = ChosenOffer(OfferPlace(shop.chat), tariff, terms_of(tariff))
        assert await choose_tariff(uow, shop.buyer, chosen, "press") is OrderOutcome.ORDERED
    assert await work(db, build_performers({"prodamus": first}, find)) > 0
    (request,) = theirs.created
    assert first.created == []
    assert request.notify_url == f"https://tandem.example/payments/prodamus/{SCHOOL}"
    (payment,) = await read_rows(db, payments)
    assert (payment.account_id, payment.url) == (SCHOOL, theirs.page)


async def test_two_schools_may_have_payments_of_one_number(db: Database, others: OtherProviders) -> None:
    """Prodamus counts the orders of each form by itself."""
    del others
    for account_id, first_id in ((1, 880_001), (SCHOOL, 410_001)):
        async with db.unit(account_id) as uow:
            world = await build_world(uow, first_id, f"school{account_id}")
            await add_payment(uow, world["order_id"], provider="prodamus", external_id="9001")
    numbered = await read_rows(db, payments, external_id="9001")
    assert {one.account_id for one in numbered} == {1, SCHOOL}
    with pytest.raises(IntegrityError):
        async with db.unit(1) as uow:
            await add_payment(uow, numbered[0].order_id, provider="prodamus", external_id="9001")


async def test_stars_of_another_accounts_invoice_are_refused_and_open_nothing(
    db: Database, clock: Clock
) -> None:
    """An invoice is paid in the bot that made it; whatever another account's bot is told of it is not its own."""
    answers: list[Mapping[str, Any]] = []

    async def call(method: str, fields: Mapping[str, Any]) -> Any:
        raise AssertionError(method)

    stars = {"stars": build_provider("stars", {}, Surroundings(clock, call, 1.0))}
    shop = await open_shop(db)
    async with db.unit(SCHOOL) as uow:
        await add_account(uow)
    theirs = await open_shop(db, SCHOOL, sales_bot=7_000_011, course_bot=7_000_012)
    made = {"provider": "stars", "amount": 350, "currency": STARS}
    numbers = {}
    for account_id, whose in ((1, shop), (SCHOOL, theirs)):
        async with db.unit(account_id) as uow:
            more = {"price": 350, "currency": STARS, "public_id": f"ORDER{account_id}"}
            order_id = await add_order(uow, whose.buyer, whose.basic, **more)
            numbers[account_id] = f"{await add_payment(uow, order_id, **made)}:ORDER{account_id}"
    async with db.unit(1) as uow:
        await add_chat(uow, shop.sales_bot, await add_contact(uow, 1001))
    payer = {"id": shop.buyer.telegram_id, "language_code": "en"}
    for account_id, other in ((1, SCHOOL), (SCHOOL, 1)):
        asked = {"id": "q", "from": payer, "total_amount": 350, "currency": STARS}
        paid = {"total_amount": 350, "currency": STARS, "telegram_payment_charge_id": f"stx{other}"}
        about = {"invoice_payload": numbers[other]}
        updates: list[Mapping[str, Any]] = [{"pre_checkout_query": asked | about}]
        updates += [{"message": {"from": payer, "successful_payment": paid | about}}] * 2
        for update in updates:
            money = read_money(stars, update)
            assert money
            async with db.unit(account_id) as uow:
                await take_money(uow, money, lambda _, fields: answers.append(fields))
    await work(db, build_performers(stars))
    assert [answer["ok"] for answer in answers] == [False, False]
    assert {row.status for row in await read_rows(db, orders)} == {"open"}
    assert not await read_rows(db, accesses)
    assert len(await said(db, "payment-unknown")) == 1  # to who runs the first; nobody runs the other one yet
