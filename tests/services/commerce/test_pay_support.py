"""`/paysupport`: who asks about a payment reaches the admins, with the orders it may be about."""

import pytest

from bots.runtime.render import show_words
from core.db.session import Database
from core.lifecycle import OrderStatus
from services.commerce.orders.support import ask_about_payment
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.shops import Shop
from tests.services.commerce.buying import calls, only_order, press, said

ADMIN = 1001


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_of_an_order_has_its_words(language: str) -> None:
    for status in OrderStatus:
        key = f"order-state-{status}"
        assert show_words({"t": key, "v": {}}, language) != key


async def test_admins_hear_who_asks_about_which_order(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await press(db, shop)
    async with db.unit(1) as uow:
        await ask_about_payment(uow, shop.buyer, shop.chat, "I paid <twice>", "up:1")
    (answer,) = await said(db, "paysupport")
    number = (await only_order(db)).public_id
    assert number in show_words(answer["text"], "en")
    assert "ждёт оплаты" in show_words(answer["text"], "ru")
    (told,) = [one for one in await calls(db) if one["chat_id"] == ADMIN and "lines" in one["text"]]
    shown = show_words(told["text"], "en")
    assert number in shown
    assert "I paid &lt;twice&gt;" in shown


async def test_where_nobody_can_be_reached_they_are_told_so(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await ask_about_payment(uow, shop.buyer, shop.chat, "", "up:1")
    (answer,) = await said(db, "paysupport-nobody")
    assert "no orders yet" in show_words(answer["text"], "en")
