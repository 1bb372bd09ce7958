"""Orders over HTTP: listed, given back once however often that is asked, counted as paid by hand."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from core.db.models.commerce import orders, payments
from core.db.models.commerce_money import refunds
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.roles import MemberRole
from tests.factories.persons import add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_order, add_payment
from tests.factories.shops import Shop
from tests.web.api.callers import ORIGIN, Caller, calling, enter
from web.application import build_application

OWNER, AUTHOR = 1001, 2002
TABLES = (("orders", "paid"), ("payments", "succeeded"))
KEY = {"Idempotency-Key": "first"}


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


async def _add_paid(db: Database, shop: Shop, number: int = 1, **changed: Any) -> None:
    async with db.unit(1) as uow:
        buyer = await add_contact(uow, 600_000 + number)
        order_id = await add_order(
            uow, buyer, shop.basic, public_id=f"PAID{number}", status=OrderStatus.PAID, paid_at=uow.now
        )
        await add_payment(uow, order_id, **{"status": PaymentStatus.SUCCEEDED, **changed})


async def _find(owner: Caller, number: str) -> dict[str, Any]:
    items = (await owner.get("/orders")).json()["items"]
    found: dict[str, Any] = next(item for item in items if item["number"] == number)
    return found


async def test_orders_come_in_pages_and_by_what_is_asked(nobody: Caller, db: Database, shop: Shop) -> None:
    for number in range(3):
        await _add_paid(db, shop, number)
    async with db.unit(1) as uow:
        await add_order(uow, shop.buyer, shop.club, public_id="OPEN1")
    owner = await enter(nobody, db, OWNER)
    first = (await owner.get("/orders", limit=3, count=True)).json()
    rest = (await owner.get("/orders", limit=3, cursor=first["next"])).json()
    assert [item["number"] for item in first["items"]] == ["OPEN1", "PAID2", "PAID1"]
    assert ([item["number"] for item in rest["items"]], rest["next"]) == (["PAID0"], None)
    assert (first["count"], first["exact"]) == (4, True)
    opened = first["items"][0]
    by_tariff = (await owner.get("/orders", tariff=opened["tariff"], status="open")).json()["items"]
    assert by_tariff == [opened]
    assert opened["price"] == {"amount": PRICE, "currency": "RUB"}
    nobodys = (await owner.get("/orders", contact=f"con_{'a' * 26}")).json()["items"]
    assert nobodys == []
    paid = (await owner.get(f"/orders/{first['items'][1]['id']}")).json()
    assert [each["status"] for each in paid["payments"]] == ["succeeded"]
    one = paid["payments"][0]["id"]
    assert (await owner.get(f"/payments/{one}")).json() == paid["payments"][0]
    assert len((await owner.get("/payments", order=paid["id"])).json()["items"]) == 1
    tables = [await owner.get(f"/{name}/export.xlsx", status=status) for name, status in TABLES]
    written = [load_workbook(io.BytesIO(table.content)).active for table in tables]
    assert [[row[0].value for row in sheet.iter_rows()][1:] for sheet in written if sheet] == [
        ["PAID2", "PAID1", "PAID0"]
    ] * 2


async def test_money_goes_back_in_parts_and_no_more_than_there_is(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    await _add_paid(db, shop)
    owner, author = await enter(nobody, db, OWNER), await enter(nobody, db, AUTHOR, MemberRole.AUTHOR)
    order = (await _find(owner, "PAID1"))["id"]
    path = f"/orders/{order}/refund"

    async def ask(caller: Caller, amount: Any, key: str) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await caller.send("POST", path, {"amount": amount}, headers)
        return answer.status_code, answer.json().get("code")

    assert await ask(author, None, "a") == (403, "FORBIDDEN")
    assert await ask(owner, None, "") == (400, "IDEMPOTENCY_KEY_MISSING")
    assert await ask(owner, {"amount": 100, "currency": "XTR"}, "b") == (422, "REFUND_CURRENCY")
    assert await ask(owner, {"amount": PRICE + 1, "currency": "RUB"}, "c") == (422, "REFUND_TOO_MUCH")
    assert await ask(owner, {"amount": 0, "currency": "RUB"}, "d") == (422, "INVALID")
    part = await owner.send(
        "POST", path, {"amount": {"amount": 100, "currency": "RUB"}, "closes": False}, KEY
    )
    assert (part.status_code, part.json()["status"], part.json()["closes"]) == (200, "asked", False)
    assert part.json()["amount"] == {"amount": 100, "currency": "RUB"}
    assert await ask(owner, None, "e") == (409, "REFUND_UNDER_WAY")
    shown = (await owner.get(f"/orders/{order}")).json()
    assert shown["refunds"] == [part.json()]


async def test_a_refund_that_waits_for_a_person_is_ended_or_dropped(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    await _add_paid(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(payments.update().values(provider="prodamus"))
    owner = await enter(nobody, db, OWNER)
    order = (await _find(owner, "PAID1"))["id"]

    async def do(path: str, key: str) -> tuple[int, Any]:
        answer = await owner.send(
            "POST", path, {} if path.endswith("refund") else None, {"Idempotency-Key": key}
        )
        return answer.status_code, answer.json()

    _, asked = await do(f"/orders/{order}/refund", "a")
    assert asked["status"] == "by_hand"
    red = (await owner.get("/numbers/home")).json()["red"]
    assert [line["number"] for line in red if line["cause"] == "refund-by-hand"] == [1]
    for key in "bc":  # a second press changes nothing
        status, dropped = await do(f"/refunds/{asked['id']}/drop", key)
        assert (status, dropped["status"], dropped["reason"]) == (200, "refused", "not made")
    _, asked = await do(f"/orders/{order}/refund", "d")
    for key in "ef":
        status, done = await do(f"/refunds/{asked['id']}/done", key)
        assert (status, done["status"]) == (200, "succeeded")
    status, refused = await do(f"/refunds/{asked['id']}/drop", "g")
    assert (status, refused["code"]) == (409, "REFUND_CHANGED")
    shown = (await owner.get(f"/orders/{order}")).json()
    assert shown["refunded"] == shown["paid"]


async def test_twenty_equal_requests_give_back_once(nobody: Caller, db: Database, shop: Shop) -> None:
    await _add_paid(db, shop)
    owner = await enter(nobody, db, OWNER)
    path = f"/orders/{(await _find(owner, 'PAID1'))['id']}/refund"
    answers = await asyncio.gather(*(owner.send("POST", path, {}, KEY) for _ in range(20)))
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    assert sorted("Idempotency-Replayed" in one.headers for one in answers) == [False] + [True] * 19
    assert len(await read_rows(db, refunds)) == 1
    other = await owner.send("POST", path, {"closes": True}, KEY)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_USED")


async def test_an_answer_that_was_lost_after_the_commit_is_given_again(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    """The process dies between the commit and the answer; another one is asked again."""
    await _add_paid(db, shop)
    owner = await enter(nobody, db, OWNER)
    path = f"/orders/{(await _find(owner, 'PAID1'))['id']}/refund"
    inner = build_application(db, lambda: True)

    async def dying(scope: Any, receive: Any, send: Any) -> None:
        async def die(_: Any) -> None:
            raise KeyboardInterrupt

        await inner(scope, receive, die)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(dying), base_url=ORIGIN) as http:
        with pytest.raises(KeyboardInterrupt):
            await Caller(http, owner.account, owner.csrf, owner.cookie).send("POST", path, {}, KEY)
    assert len(await read_rows(db, refunds)) == 1
    again = await owner.send("POST", path, {}, KEY)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert len(await read_rows(db, refunds)) == 1


async def test_an_order_counts_as_paid_by_hand_once(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_order(uow, shop.buyer, shop.club, public_id="OPEN1")
    owner = await enter(nobody, db, OWNER)
    path = f"/orders/{(await _find(owner, 'OPEN1'))['id']}/settle"
    settled = await owner.send("POST", path, headers=KEY)
    assert (settled.status_code, settled.json()["standing"]) == (200, "paid")
    again = await owner.send("POST", path, headers={"Idempotency-Key": "second"})
    assert (again.status_code, again.json()) == (200, settled.json())
    [row] = await read_rows(db, orders)
    assert row.status == OrderStatus.PAID


async def test_a_school_that_sells_is_led_to_its_first_sale_no_more(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    owner = await enter(nobody, db, OWNER)
    is_over = []
    for number in (1, 2):  # the first may be the author's own try
        await _add_paid(db, shop, number)
        is_over.append((await owner.get("/first-run")).json()["is_over"])
    assert is_over == [False, True]
