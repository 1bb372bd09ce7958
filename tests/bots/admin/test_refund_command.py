"""`/refund` at the desk: asked first, begun by one press, refused in plain words."""

import pytest

from core.db.models.commerce import payments
from core.db.models.commerce_money import refunds
from core.db.session import Database
from tests.bots.admin.desk import Desk
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, only_order

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own


async def test_it_is_asked_first_and_begun_once(desk: Desk, shop: Shop, db: Database) -> None:
    await desk.write("/start")
    assert "/refund K7QF2M" in (await desk.write("/refund"))[-1].text
    assert "no order NONE99" in (await desk.write("/refund NONE99"))[-1].text
    await buy(db, shop)
    await desk.deliver()
    number = (await only_order(db)).public_id
    assert (
        "more than remains of this order: ₽1,900." in (await desk.write(f"/refund {number} 5000.00"))[-1].text
    )
    assert "/refund K7QF2M" in (await desk.write(f"/refund {number} all"))[-1].text
    (asked,) = await desk.write(f"/refund {number.lower()} 500.00")
    assert "Give ₽500 back?" in asked.text
    assert list(asked.buttons) == ["Give ₽500 back", "Give ₽500 back, keep the access open", "No"]
    (begun,) = await desk.press("Give ₽500 back, keep the access open", holder=asked)
    assert (begun.method, begun.buttons) == ("editMessageText", {})
    assert "is asked to give ₽500 back" in begun.text
    (again,) = await desk.press("Give ₽500 back", holder=asked)
    assert "on its way back already" in again.text
    (row,) = await read_rows(db, refunds)
    assert (row.amount, row.closes, row.status) == (50_000, False, "asked")


async def test_what_is_to_be_sent_by_hand_waits_with_its_buttons(
    desk: Desk, shop: Shop, db: Database
) -> None:
    await desk.write("/start")
    await buy(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(payments.update().values(provider="prodamus"))
    await desk.deliver()
    number = (await only_order(db)).public_id
    (asked,) = await desk.write(f"/refund {number}")
    assert "you send it yourself in its cabinet" in asked.text
    told = await desk.press("Give ₽1,900 back", holder=asked)
    (question,) = [call for call in told if call.method == "sendMessage"]
    assert "Give ₽1,900 back in the cabinet of Prodamus" in question.text
    assert list(question.buttons) == ["I have given it back by hand", "Do not give it back"]
    (again,) = await desk.write(f"/refund {number}")
    assert again.buttons == question.buttons
    ended = await desk.press("I have given it back by hand", holder=again)
    noted = [call for call in ended if "Noted: ₽1,900" in call.text]
    assert all(call.method == "editMessageText" and not call.buttons for call in noted)
    assert noted
    (row,) = await read_rows(db, refunds)
    assert row.status == "succeeded"
    (known,) = await desk.press("Do not give it back", holder=question)
    assert "known already" in known.text
