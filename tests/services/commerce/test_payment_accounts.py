"""Accounts beside the first take payments with credentials of their own, sealed, and by nobody else's."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.db.models.commerce import payments, provider_events
from core.db.models.commerce_money import payment_accounts
from core.db.session import Database
from core.errors import DomainError
from payment.prodamus.provider import ProdamusProvider
from payment.prodamus.signing import sign
from payment.spec import Surroundings
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, terms_of
from services.commerce.orders.orders import OrderOutcome, choose_tariff
from services.commerce.payments import accounts
from services.commerce.payments.accounts import OtherProviders
from services.commerce.payments.calls import build_performers
from tests.factories.accounts import add_account
from tests.factories.rows import read_rows
from tests.factories.sales import add_payment, add_payment_account
from tests.factories.shops import open_shop
from tests.factories.worlds import build_world
from tests.services.commerce.buying import ScriptedProvider, work
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
        (1, "prodamus", FORM, "in the environment"),
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
