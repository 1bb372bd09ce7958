"""Accesses, promo codes, subscriptions, partners and payouts over HTTP."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.db.models.commerce_partners import commissions, payouts
from core.db.models.delivery import outbox
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.roles import MemberRole
from services.content.products import put_product
from tests.factories.persons import add_contact
from tests.factories.rows import add_row, read_rows
from tests.factories.sales import add_access, add_order, add_partner, add_payment, add_subscription
from tests.factories.shops import Shop
from tests.web.api.callers import Caller, calling, enter

OWNER, PARTNER = 1001, 3003


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


async def _post(caller: Caller, path: str, body: Any = None, key: str = "one") -> tuple[int, Any]:
    answer = await caller.send("POST", path, body, {"Idempotency-Key": key})
    return answer.status_code, answer.json()


async def test_an_access_is_given_taken_and_given_back(nobody: Caller, db: Database, shop: Shop) -> None:
    owner = await enter(nobody, db, OWNER)
    tariff = (await owner.get("/tariffs")).json()["items"][0]["id"]
    contact = (await owner.get("/contacts")).json()["items"][-1]["id"]
    status, access = await _post(owner, "/accesses", {"contact": contact, "tariff": tariff})
    assert (status, access["status"], access["is_open"], access["contact"]) == (201, "active", True, contact)
    assert (await _post(owner, "/accesses", {"contact": contact, "tariff": tariff})) == (201, access)
    again = await _post(owner, "/accesses", {"contact": contact, "tariff": tariff}, "two")
    assert (again[0], again[1]["code"]) == (409, "ALREADY_BOUGHT")
    told = await read_rows(db, outbox)
    path = f"/accesses/{access['id']}"
    for key in ("three", "four"):  # the second press changes nothing
        assert (await _post(owner, f"{path}/revoke", key=key))[1]["status"] == "revoked"
    assert len(await read_rows(db, outbox)) == len(told) + 1
    assert (await _post(owner, f"{path}/restore", key="five"))[1] == access
    endless = await _post(owner, f"{path}/extend", {"days": 3, "ends_at": "2030-02-01T00:00:00Z"}, "six")
    assert (endless[0], endless[1]["code"]) == (409, "ACCESS_CHANGED")
    assert (await owner.get("/accesses", contact=contact, count=True)).json()["items"] == [access]
    nobodys = await _post(owner, "/accesses", {"contact": f"con_{'a' * 26}", "tariff": tariff}, "seven")
    assert nobodys[0] == 404


async def test_an_end_is_put_off_once_however_often_it_is_pressed(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        ends_at = uow.now + timedelta(days=5)
        await add_access(uow, shop.buyer.id, shop.basic, ends_at=ends_at)
    owner = await enter(nobody, db, OWNER)
    [access] = (await owner.get("/accesses")).json()["items"]
    body = {"days": 7, "ends_at": access["ends_at"]}
    _, longer = await _post(owner, f"/accesses/{access['id']}/extend", body)
    assert datetime.fromisoformat(longer["ends_at"]) == ends_at + timedelta(days=7)
    assert (await _post(owner, f"/accesses/{access['id']}/extend", body, "two"))[0] == 409


async def test_a_tariff_is_made_changed_by_who_saw_it_and_sold_again(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        await put_product(uow, "guide", {"en": "The guide"})
    owner = await enter(nobody, db, OWNER)
    [product] = (await owner.get("/products")).json()["items"]
    assert (product["name"], product["title"]) == ("guide", {"en": "The guide"})
    flow = (await owner.get("/tariffs")).json()["items"][0]["flow"]
    price = {"amount": 99000, "currency": "RUB"}
    body = {"flow": flow, "code": "monthly", "name": {"*": "Monthly"}, "price": price}
    made = await owner.send("POST", "/tariffs", {**body, "plan": {"period": "month", "trial": "7d"}})
    assert made.status_code == 201, made.text
    tariff = made.json()
    assert (tariff["price"], tariff["plan"]["period"], tariff["plan"]["trial_days"]) == (price, "month", 7)
    there = await owner.send("POST", "/tariffs", body)
    assert (there.status_code, there.json()["code"]) == (409, "TARIFF_THERE")
    path, seen = f"/tariffs/{tariff['id']}", {"If-Match": f'"{tariff["etag"]}"'}
    wrong = await owner.send("PATCH", path, {"rights": ["x" * 99]}, seen)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "TARIFFS_INVALID")
    dearer = {"price": {"amount": 120000, "currency": "RUB"}, "stars": 900, "commission": {"first": "20%"}}
    changed = (await owner.send("PATCH", path, dearer, seen)).json()
    assert {name: changed[name] for name in dearer} == dearer
    assert (changed["plan"], changed["name"]) == (tariff["plan"], tariff["name"])
    late = await owner.send("PATCH", path, dearer, seen)
    assert (late.status_code, late.json()["current_etag"]) == (412, changed["etag"])
    for _ in "12":
        assert (await owner.send("POST", f"{path}/stop")).json()["is_on_sale"] is False
    sold = (await owner.send("POST", f"{path}/sell")).json()
    assert (sold["is_on_sale"], sold["price"]) == (True, dearer["price"])


async def test_a_code_is_made_and_stopped(nobody: Caller, db: Database, shop: Shop) -> None:
    owner = await enter(nobody, db, OWNER)
    body = {"code": "summer", "percent": 20, "limit_total": 5, "tariffs": ["basic"]}
    made = await owner.send("POST", "/promo-codes", {**body, "ends_at": "2030-08-31T21:00:00Z"})
    assert made.status_code == 201, made.text
    code = made.json()
    assert (code["code"], code["percent"], code["ends_at"]) == ("SUMMER", 20, "2030-08-31T21:00:00Z")
    money = {"code": "SUM", "amount": {"amount": 5000, "currency": "RUB"}}
    assert (await owner.send("POST", "/promo-codes", money)).json()["amount"] == money["amount"]
    for wrong in (
        {**body, "is_free": True},
        body,
        {**money, "code": "EUR", "amount": {"amount": 5000, "currency": "EUR"}},
    ):
        assert (await owner.send("POST", "/promo-codes", wrong)).status_code == 422
    for _ in "12":
        stopped = await owner.send("POST", f"/promo-codes/{code['id']}/stop")
        assert (stopped.status_code, stopped.json()["is_active"]) == (200, False)
    live = (await owner.get("/promo-codes", is_active=True)).json()["items"]
    assert [each["code"] for each in live] == ["SUM"]


async def test_a_subscription_is_stopped_and_goes_on(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        order_id = await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID, paid_at=uow.now)
        access_id = await add_access(uow, shop.buyer.id, shop.basic, ends_at=uow.now + timedelta(days=30))
        await add_subscription(uow, shop.buyer.id, shop.basic, order_id, access_id)
    owner = await enter(nobody, db, OWNER)
    [running] = (await owner.get("/subscriptions", state="active")).json()["items"]
    assert (running["plan"]["period"], running["is_stopped"]) == ("month", False)
    path = f"/subscriptions/{running['id']}"
    for key in ("one", "two"):
        assert (await _post(owner, f"{path}/stop", key=key))[1]["is_stopped"] is True
    assert (await _post(owner, f"{path}/resume"))[1] == running == (await owner.get(path)).json()


async def test_a_partner_sees_themself_alone(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        mine, other = await add_contact(uow, PARTNER), await add_contact(uow, 4004)
        for number, contact in enumerate((mine, other)):
            partner_id = await add_partner(uow, contact.id, f"PART{number}")
            order_id = await add_order(uow, contact, shop.basic, public_id=f"N{number}", is_gift=True)
            payment_id = await add_payment(uow, order_id, status=PaymentStatus.SUCCEEDED)
            share = {"partner_id": partner_id, "payment_id": payment_id, "level": 1, "refund_id": 0}
            sums = {"amount": 500, "currency": "RUB", "status": "earned"}
            dates = {"payable_at": uow.now, "created_at": uow.now}
            await add_row(uow, commissions, {**share, **sums, **dates}, {})
            asked = {"partner_id": partner_id, "amount": 500, "currency": "RUB", "status": "requested"}
            await add_row(uow, payouts, {**asked, "created_at": uow.now}, {})
    owner, partner = await enter(nobody, db, OWNER), await enter(nobody, db, PARTNER, MemberRole.PARTNER)
    everybody = (await owner.get("/partners", count=True)).json()
    alone = (await partner.get("/partners", count=True)).json()
    assert (everybody["count"], alone["count"]) == (2, 1)
    assert [each["code"] for each in alone["items"]] == ["PART0"]
    assert alone["items"][0]["money"][0]["payable"] == {"amount": 500, "currency": "RUB"}
    strangers = next(each["id"] for each in everybody["items"] if each["code"] == "PART1")
    assert (await partner.get(f"/partners/{strangers}")).status_code == 404
    assert (await owner.get(f"/partners/{strangers}")).json()["sales"] == 0
    [own] = (await partner.get("/payouts")).json()["items"]
    assert own["partner"] == alone["items"][0]["id"]
    assert (await partner.get("/payouts", partner=strangers)).json()["items"] == []
    assert (await partner.get("/orders")).status_code == 403
    assert (await _post(partner, f"/payouts/{own['id']}/approve"))[0] == 403
    assert (await _post(owner, f"/payouts/{own['id']}/approve"))[1]["status"] == "paid"
    refused = await _post(owner, f"/payouts/{own['id']}/refuse", key="two")
    assert (refused[0], refused[1]["code"]) == (409, "PAYOUT_SETTLED")
