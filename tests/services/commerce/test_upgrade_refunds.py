"""An upgrade that leaned on money which goes back: by its tariff's rule, and the admins hear how much is short."""

from typing import Any

import pytest
from sqlalchemy import update

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, payments, tariffs
from core.db.session import Database
from payment.base import PaymentState
from services.commerce.access import leaning
from services.commerce.payments.calls import CHECK
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_tariff
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, checked, choose, created, finish, said, told_of

ADMIN = 1001


@pytest.fixture(autouse=True)
async def full(db: Database, shop: Shop) -> int:
    """A tariff with everything `basic` has, and more; and an admin who is told."""
    async with db.unit(1) as uow:
        await add_chat(uow, shop.chat.bot_id, await add_contact(uow, ADMIN))
        rights = ["questions", "feedback", "mentor"]
        return await add_tariff(uow, shop.course.flow_id, "full", rights=rights, price=3 * PRICE)


async def goes_back(db: Database, payment_id: int, amount: int = PRICE) -> None:
    """The bank has taken it back at the provider."""
    await finish(
        db, CHECK, payment_id, await told_of(db, payment_id, PaymentState.SUCCEEDED, refunded=amount)
    )


async def open_tariffs(db: Database) -> list[int]:
    return [row.tariff_id for row in await read_rows(db, accesses) if row.status == "active"]


def _short(payload: dict[str, Any]) -> int:
    return int(payload["text"]["v"]["short"]["money"])


async def test_the_upgrade_stays_open_and_the_admins_hear_once_what_is_short(
    db: Database, shop: Shop, full: int
) -> None:
    basic = await buy(db, shop, "basic")
    await buy(db, shop, "full")
    for _ in range(3):
        await goes_back(db, basic)
    (told,) = await said(db, "leaned-kept")
    assert (told["chat_id"], _short(told)) == (ADMIN, PRICE)
    assert len(told["buttons"]) == 1
    assert await open_tariffs(db) == [full]
    for language, words in (("ru", "с доплатой, на 1"), ("en", "for the difference, ₽1,900 less")):
        assert words in show_words(told["text"], language).replace("\xa0", " ")


async def test_where_any_refund_closes_it_is_closed(db: Database, shop: Shop, full: int) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).where(tariffs.c.id == full).values(closes_on_refund="any"))
    basic = await buy(db, shop, "basic")
    await buy(db, shop, "full")
    await goes_back(db, basic, PRICE // 2)
    assert [_short(one) for one in await said(db, "leaned-closed")] == [PRICE // 2]
    assert full not in await open_tariffs(db)


async def test_an_upgrade_paid_on_an_older_page_is_told_of(db: Database, shop: Shop, full: int) -> None:
    basic = await buy(db, shop, "basic")
    assert await choose(db, shop, "full", agreed=True)
    page = (await read_rows(db, payments))[-1].id
    await created(db, page)
    await goes_back(db, basic)
    assert await said(db, "leaned-kept") == []
    await checked(db, page, PaymentState.SUCCEEDED)
    (told,) = await said(db, "leaned-late")
    assert _short(told) == PRICE
    assert await open_tariffs(db) == [full]


async def test_nothing_is_said_where_nothing_leans(db: Database, shop: Shop, full: int) -> None:
    basic = await buy(db, shop, "basic")
    upgrade = await buy(db, shop, "full")
    async with db.unit(1) as uow:
        assert len(await leaning.warn(uow, basic, PRICE)) == 1
        assert await leaning.warn(uow, upgrade, PRICE) == []
    await goes_back(db, upgrade, 2 * PRICE)
    await goes_back(db, basic)
    for text in ("leaned-kept", "leaned-closed", "leaned-late"):
        assert await said(db, text) == []
