"""`/orders` at the desk: the list, one order, settled by hand after a question, and back from there."""

import pytest

from core.db.models.delivery import jobs
from core.db.session import Database
from payment.base import PaymentState
from services.commerce.payments.calls import CHECK, HOLD
from services.delivery.jobs import subject_of
from tests.bots.admin.desk import Desk
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, choose, created, finish, only_order, only_payment, told_of
from tests.services.commerce.charges import settle

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


async def test_an_order_whose_money_went_back_says_so_and_offers_no_refund(
    desk: Desk, shop: Shop, db: Database
) -> None:
    payment_id = await buy(db, shop)
    number = (await only_order(db)).public_id
    await settle(db, payment_id, refunded=PRICE // 2)
    await desk.deliver()
    (listed,) = await desk.write("/orders")
    assert f"↩️ {number} · basic · ₽1,900, ₽950 of it went back" in listed.text
    (card,) = await desk.press(number, holder=listed)
    assert f"Order {number} is paid, and ₽950 of it went back." in card.text
    assert list(card.buttons) == ["Give money back"]
    await settle(db, payment_id, refunded=PRICE)
    await desk.deliver()
    (card,) = await desk.write(f"/orders {number}")
    assert f"Order {number} was paid, and the money went back: ₽1,900." in card.text
    assert not card.buttons


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


async def test_money_that_is_set_aside_is_listed_and_decided_once(
    desk: Desk, shop: Shop, db: Database
) -> None:
    await desk.write("/start")
    assert "No money is set aside" in (await desk.write("/held"))[-1].text
    await choose(db, shop)
    payment_id = (await only_payment(db)).id
    await created(db, payment_id)
    held = await told_of(db, payment_id, PaymentState.HELD)
    await finish(db, CHECK, payment_id, held)
    await desk.deliver()
    (listed,) = await desk.write("/held")
    assert "waits for you: ₽1,900" in listed.text
    assert list(listed.buttons) == ["Take ₽1,900", "Let it go"]
    number = (await only_order(db)).public_id
    assert f"💳 {number} · basic · ₽1,900, set aside" in (await desk.write("/orders"))[-1].text
    (card,) = await desk.write(f"/orders {number}")
    assert card.buttons == listed.buttons
    taken = await desk.press("Take ₽1,900", holder=listed)
    assert "Being taken: ₽1,900" in taken[-1].text
    too_late = await desk.press("Let it go", holder=card)
    assert "is decided already" in too_late[-1].text
    (job,) = [one for one in await read_rows(db, jobs) if subject_of(one.kind) == HOLD]
    assert job.payload["take"] is True
