"""`/orders` at the desk: the list, one order, settled by hand after a question, and back from there."""

import pytest

from core.db.session import Database
from tests.bots.admin.desk import Desk
from tests.factories.shops import Shop
from tests.services.commerce.buying import choose, created, only_order, only_payment

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own


async def test_an_open_order_is_settled_after_a_question(desk: Desk, shop: Shop, db: Database) -> None:
    await desk.write("/start")
    assert "Nothing has been ordered" in (await desk.write("/orders"))[-1].text
    await choose(db, shop)
    await created(db, (await only_payment(db)).id)
    await desk.deliver()
    number = (await only_order(db)).public_id
    (listed,) = await desk.write("/orders")
    assert f"⏳ {number} · basic · ₽1,900" in listed.text
    (card,) = await desk.press(number, holder=listed)
    assert list(card.buttons) == ["It was paid, settle it"]
    (asked,) = await desk.press("It was paid, settle it", holder=card)
    (back,) = await desk.press("No", holder=asked)
    assert back.text == card.text
    told = await desk.press("Yes, the money is there", holder=asked)
    assert any("counts as paid" in one.text for one in told)
    again = await desk.press("Yes, the money is there", holder=asked)
    assert "is paid already" in again[-1].text
    (paid,) = await desk.write(f"/orders {number.lower()}")
    assert list(paid.buttons) == ["Give money back"]
    (offer,) = await desk.press("Give money back", holder=paid)
    assert "Give ₽1,900 back?" in offer.text


async def test_who_does_not_want_an_order_closes_it(desk: Desk, shop: Shop, db: Database) -> None:
    await choose(db, shop)
    await created(db, (await only_payment(db)).id)
    desk.db.clock.advance(hours=2)  # type: ignore[attr-defined]
    await desk.tick()
    (closed,) = await desk.press("Спасибо, не нужно", shop.buyer.telegram_id)
    assert (await only_order(db)).status == "cancelled"
    assert closed.method == "editMessageText"
    await desk.press("Спасибо, не нужно", shop.buyer.telegram_id)
    assert "not open any more" in desk.calls[-1].text
