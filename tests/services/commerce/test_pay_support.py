"""`/paysupport`: who asks about a payment reaches the admins, with the orders it may be about."""

import pytest

from bots.runtime.sending.saying import Listener, say_to, show_words
from core.db.session import Database
from core.rules.order_standing import OrderStanding
from services.commerce.orders.support import ask_about_payment
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, calls, only_order, press, said
from tests.services.commerce.charges import settle

ADMIN = 1001


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_of_an_order_has_its_words(language: str) -> None:
    for standing in OrderStanding:
        key = f"order-state-{standing}"
        assert show_words({"t": key, "v": {"back": "1"}}, language) != key


async def test_admins_hear_who_asks_about_which_order(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await press(db, shop)
    async with db.unit(1) as uow:
        await ask_about_payment(uow, shop.buyer, shop.chat, "I paid <twice>", "up:1")
    (answer,) = await said(db, "paysupport-words")
    number = (await only_order(db)).public_id
    assert number in show_words(answer["text"], "en")
    assert "ждёт оплаты" in show_words(answer["text"], "ru")
    (told,) = [one for one in await calls(db) if one["chat_id"] == ADMIN and "lines" in one["text"]]
    shown = show_words(told["text"], "en")
    assert number in shown
    assert "I paid &lt;twice&gt;" in say_to(told["text"], Listener("en"))


async def test_an_order_whose_money_went_back_is_not_called_just_paid(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    for refunded, told, russian in (
        (PRICE // 2, "paid, ₽950 of it went back", "из них возвращено 950 ₽"),
        (PRICE, "paid, and the money went back: ₽1,900", "деньги возвращены: 1 900 ₽"),
    ):
        await settle(db, payment_id, refunded=refunded)
        async with db.unit(1) as uow:
            await ask_about_payment(uow, shop.buyer, shop.chat, "", f"up:{refunded}")
        answer = (await said(db, "paysupport-nobody"))[-1]
        assert told in show_words(answer["text"], "en")
        assert russian in show_words(answer["text"], "ru").replace("\N{NO-BREAK SPACE}", " ")


async def test_where_nobody_can_be_reached_they_are_told_so(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await ask_about_payment(uow, shop.buyer, shop.chat, "", "up:1")
    (answer,) = await said(db, "paysupport-nobody")
    assert "no orders yet" in show_words(answer["text"], "en")
