"""`tandem orders`, `settle`, `refund`, `promo`, `payments` and `ledger`: what they print, as text, JSON and tables."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.boot.process import Process
from app.boot.settings import Settings
from app.cli.money import ledger, orders, payments, promo
from app.cli.tables import write_table
from core.db.models.commerce import payments as payment_rows
from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from services.commerce.promo.codes import Draft
from tests.factories.accounts import add_account
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.services.commerce.buying import (
    ScriptedProvider,
    buy,
    choose,
    created,
    only_order,
    only_payment,
)
from utils.redaction import forget

ADMIN = 1001
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own


async def in_json(uow: UnitOfWork) -> list[dict[str, Any]]:
    (document,) = await orders.list_orders(uow, as_json=True)
    found: list[dict[str, Any]] = json.loads(document)
    return found


async def test_an_order_is_listed_settled_and_given_back(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    await created(db, (await only_payment(db)).id)
    number = (await only_order(db)).public_id
    assert (await payments.check_open(db, 1))[0].startswith("1 open payment:")
    async with db.unit(1) as uow:
        (opened,) = await in_json(uow)
        (line,) = await orders.list_orders(uow, as_json=False)
    assert (opened["order"], opened["state"], opened["paid"], opened["price"]) == (number, "open", 0, PRICE)
    assert line.split("\t")[:2] == [number, "open"]
    async with db.unit(1) as uow:
        assert await orders.settle_order(uow, number.lower()) == [
            f"order {number} is paid; `tandem run` tells the buyer"
        ]
    with pytest.raises(DomainError, match="ALREADY_PAID"):
        async with db.unit(1) as uow:
            await orders.settle_order(uow, number)
    with pytest.raises(DomainError, match="there is no order NONE99"):
        async with db.unit(1) as uow:
            await orders.settle_order(uow, "NONE99")
    with pytest.raises(DomainError, match=r"REFUND_TOO_MUCH: at most 1900\.00 RUB of it can go back"):
        async with db.unit(1) as uow:
            await orders.begin_refund(uow, number, "99999", closes=None)
    async with db.unit(1) as uow:
        (asked,) = await orders.begin_refund(uow, number, "500.00", closes=None)
        (paid,) = await in_json(uow)
    assert asked.startswith(f"order {number}: mock is asked to give 500.00 RUB back")
    assert (paid["state"], paid["paid"], paid["refunded"], paid["currency"]) == ("paid", PRICE, 0, "RUB")


async def test_a_refund_by_hand_is_answered_at_the_keyboard(db: Database, shop: Shop) -> None:
    await buy(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(payment_rows.update().values(provider="prodamus"))
    number = (await only_order(db)).public_id
    for is_done, told in ((False, "nothing goes back"), (True, "the money went back")):
        async with db.unit(1) as uow:
            (asked,) = await orders.begin_refund(uow, number, "", closes=None)
            assert asked.endswith(f"in the cabinet of prodamus, then `tandem refund {number} --done`")
        async with db.unit(1) as uow:
            (said,) = await orders.end_refund(uow, number, is_done=is_done)
            assert told in said
        with pytest.raises(DomainError, match="no refund of order"):
            async with db.unit(1) as uow:
                await orders.end_refund(uow, number, is_done=is_done)
    async with db.unit(1) as uow:
        (document,) = await in_json(uow)
    assert document["refunded"] == PRICE


async def test_the_books_are_printed_and_checked(db: Database, shop: Shop, tmp_path: Path) -> None:
    books = await ledger.read_books(db, 1, None)
    assert ledger.write_lines(books) == ["no money has come yet"]
    await buy(db, shop)
    books = await ledger.read_books(db, 1, None)
    lines = ledger.write_lines(books)
    assert lines[:2] == ["provider\t1900.00 RUB", "revenue\t-1900.00 RUB"]
    assert lines[-1] == "the books are right"
    asked = ledger.write_lines(await ledger.read_books(db, 1, {"mock": ScriptedProvider()}))
    assert "mock\t1900.00 RUB here, cannot be asked: it gives no list of its payments" in asked[-2]
    assert asked[-1] == "the books are right in themselves; not compared: mock"
    document = ledger.write_document(books)
    assert [(one["equal"], one["not_asked"]) for one in document["providers"]] == [(None, "not_asked")]
    assert (document["right"], document["money_without_access"]) == (True, ())
    async with db.unit(1) as uow:
        await uow.conn.execute(payment_rows.update().values(is_test=True))
    tried = await ledger.read_books(db, 1, None)
    assert "mock\t1900.00 RUB here (1900.00 RUB of it tests, no money)" in "\n".join(
        ledger.write_lines(tried)
    )
    assert [one["tests"] for one in ledger.write_document(tried)["providers"]] == [PRICE]
    async with db.unit(1) as uow:
        columns, rows = await ledger.list_lines(uow)
        write_table(tmp_path / "books.csv", columns, rows)
        write_table(tmp_path / "books.xlsx", *await orders.read_table(uow))
    with pytest.raises(ValueError, match=r"books\.pdf: name a file that ends in \.csv or \.xlsx"):
        write_table(tmp_path / "books.pdf", columns, rows)
    text = (tmp_path / "books.csv").read_text(encoding="utf-8")
    read = list(csv.DictReader(io.StringIO(text)))
    assert [(one["book"], one["amount"]) for one in read] == [
        ("provider", "1900.00"),
        ("revenue", "-1900.00"),
    ]
    assert {one["test"] for one in read} == {"yes"}
    sheet = load_workbook(tmp_path / "books.xlsx").worksheets[0]
    assert sheet["A1"].value == "order"
    assert sheet.max_row == 2


async def test_codes_are_made_listed_and_stopped(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        admin = await add_contact(uow, ADMIN, zone="Asia/Almaty")
        await add_chat(uow, shop.chat.bot_id, admin)
        draft = Draft("лето", "20%", limit="5", until="2030-08-31", tariffs=("basic",))
        line, link = await promo.add_code(uow, draft)
        (document,) = await promo.list_codes(uow, as_json=True)
        (shown,) = await promo.list_codes(uow, as_json=False)
        assert await promo.stop_code(uow, "Лето") == ["Лето counts no more"]
        assert await promo.stop_code(uow, "лето") == ["лето had been stopped before"]
    assert line == shown == "ЛЕТО\t20%\ttaken 0 of 5, used 0\tuntil 2030-08-31 19:00 UTC\tbasic\tcounts"
    assert "?start=promo_-" in link
    (code,) = json.loads(document)
    assert (code["code"], code["kind"], code["value"], code["limit"]) == ("ЛЕТО", "percent", 20, 5)


async def test_an_account_is_connected_by_lines_as_in_env_and_shown_masked(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is asked first; what it refuses is not kept, and no secret is shown again."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", db.url.render_as_string(hide_password=False))
    async with db.unit(2) as uow:
        await add_account(uow)
    process = Process(Settings(_env_file=None))
    lines = ["# the form", "PRODAMUS_URL=http://127.0.0.1:1/\n", 'PRODAMUS_SECRET_KEY="a-canary-7f3a"\n']
    given = payments.read_lines(lines)
    said = await payments.connect_account(process, account_id=2, provider="prodamus", parameters=given)
    assert "could not be asked now" in said[0]
    assert said[-1] == "<PUBLIC_URL>/payments/prodamus/2"
    (shown,) = await payments.list_accounts(process, account_id=2, as_json=True)
    assert json.loads(shown) == [
        {"provider": "prodamus", "settings": {"url": "http://127.0.0.1:1/", "secret_key": "…7f3a"}}
    ]
    with pytest.raises(ValueError, match="prodamus knows no PRODAMUS_KEY"):
        await payments.connect_account(
            process, account_id=2, provider="prodamus", parameters={"PRODAMUS_KEY": "1"}
        )
    first = await payments.connect_account(process, account_id=1, provider="prodamus", parameters=given)
    assert first[-1] == "<PUBLIC_URL>/payments/prodamus/1"
    (line,) = await payments.drop_account(process, account_id=2, provider="prodamus")
    (nothing,) = await payments.list_accounts(process, account_id=2, as_json=False)
    assert line == "account 2 takes no payments by prodamus"
    assert nothing.startswith("account 2 takes no payments yet")
    await process.close()
    forget()
