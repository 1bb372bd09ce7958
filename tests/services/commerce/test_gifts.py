"""A gift: paid by one, opened by another with a link that works once; the price is the buyer's alone."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.models.commerce_partners import commissions
from core.db.models.commerce_plans import gifts as gift_rows
from core.db.session import Database
from core.errors import DomainError
from core.rules.periods import Period
from payment.base import PaymentState
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, read_chosen_offer, terms_of
from services.commerce.ledger.checking import check_books
from services.commerce.orders import gifts
from services.commerce.orders.orders import OrderOutcome
from services.commerce.partners.commissions import settle_doubt
from services.commerce.payments.calls import CHECK
from services.delivery.speech import Address
from services.people.schemas import Contact
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_click, add_partner, add_tariff
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    buy,
    calls,
    choose,
    created,
    finish,
    pass_time,
    said,
    told_of,
)
from tests.services.commerce.charges import sell, settle

FRIEND, ADMIN = 888_001, 1001


@pytest.fixture
async def friend(db: Database) -> Contact:
    async with db.unit(1) as uow:
        person = await add_contact(uow, FRIEND)
        await add_chat(uow, SALES_BOT, person)
        return person


async def test_the_buyer_pays_and_the_friend_opens_it_once(db: Database, shop: Shop, friend: Contact) -> None:
    token = await _give(db, shop)
    assert await count_rows(db, accesses) == 0
    assert [one["chat_id"] for one in await said(db, "order-paid")] == [shop.buyer.telegram_id]
    (invoice,) = await said(db, "order-pay-gift")  # who gives is promised a link, no open course
    assert "link to the gift" in show_words(invoice["text"], "en")
    assert await _claim(db, friend, token)
    (access,) = await read_rows(db, accesses)
    assert (access.contact_id, access.payment_id, access.status) == (friend.id, 1, "active")
    assert [one["chat_id"] for one in await said(db, "gift-opened")] == [FRIEND]
    assert [one["chat_id"] for one in await said(db, "gift-taken")] == [shop.buyer.telegram_id]
    assert await _claim(db, friend, token)  # a second time: what there is
    assert not await _claim(db, replace(friend, id=shop.buyer.id, telegram_id=shop.buyer.telegram_id), token)
    assert await count_rows(db, accesses) == 1


async def test_the_price_reaches_nobody_but_the_buyer(db: Database, shop: Shop, friend: Contact) -> None:
    await _claim(db, friend, await _give(db, shop))
    mine = [json.dumps(one) for one in await calls(db) if one.get("chat_id") == FRIEND]
    assert mine
    assert not any("money" in one or str(PRICE) in one for one in mine)
    (card,) = await said(db, "gift-card")
    assert "price" not in card["text"]["v"]


async def test_the_buyer_is_asked_before_opening_it(db: Database, shop: Shop) -> None:
    token = await _give(db, shop)
    assert await _claim(db, shop.buyer, token)
    (asked,) = await said(db, "gift-own")
    assert (await count_rows(db, accesses), asked["buttons"][0][0]["press"]) == (0, "gk.1")
    async with db.unit(1) as uow:
        await gifts.keep_own(uow, shop.buyer, shop.chat, 1, "keep")
    assert [row.contact_id for row in await read_rows(db, accesses)] == [shop.buyer.id]
    with pytest.raises(DomainError, match="GIFT_GONE"):
        await _keep(db, shop)


async def test_who_has_all_of_it_leaves_the_link_to_somebody_else(
    db: Database, shop: Shop, friend: Contact
) -> None:
    await buy(db, shop, "club")
    token = await _give(db, replace(shop, buyer=friend), "basic")
    assert await _claim(db, shop.buyer, token)
    assert len(await said(db, "gift-included")) == 1
    assert (await read_rows(db, gift_rows))[0].state == "ready"


async def test_a_guessed_or_foreign_link_opens_nothing(db: Database, shop: Shop, friend: Contact) -> None:
    token = await _give(db, shop)
    for wrong in ("", "x" * 22, token[:-1], token.swapcase()):
        assert not await _claim(db, friend, wrong)
    assert await count_rows(db, accesses) == 0


async def test_money_that_went_back_closes_the_link_or_what_it_opened(
    db: Database, shop: Shop, friend: Contact
) -> None:
    token = await _give(db, shop)
    for amount, state in ((PRICE // 2, "ready"), (PRICE, "closed")):
        await settle(db, 1, refunded=amount)
        assert (await read_rows(db, gift_rows))[0].state == state
    assert [len(await said(db, text)) for text in ("refund-buyer-kept", "refund-buyer-gift")] == [1, 1]
    assert not await _claim(db, friend, token)


async def test_a_refund_that_closes_at_any_part_closes_the_link_too(
    db: Database, shop: Shop, friend: Contact
) -> None:
    token = await _give(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(closes_on_refund="any"))
    await settle(db, 1, refunded=1)
    assert not await _claim(db, friend, token)
    assert len(await said(db, "refund-buyer-gift")) == 1


async def test_the_link_of_an_unopened_gift_is_shown_again_until_it_is_opened(
    db: Database, shop: Shop, friend: Contact
) -> None:
    token = await _give(db, shop)
    for number in range(2):
        async with db.unit(1) as uow:
            await gifts.show_gifts(uow, shop.buyer, shop.chat, f"list:{number}")
            await gifts.show_gifts(uow, friend, Address(SALES_BOT, FRIEND), f"friend:{number}")
    assert [one["chat_id"] for one in await said(db, "gift-waiting")] == [shop.buyer.telegram_id] * 2
    assert len({one["text"]["v"]["link"] for one in await said(db, "gift-card")}) == 1
    await _claim(db, friend, token)
    async with db.unit(1) as uow:
        await gifts.show_gifts(uow, shop.buyer, shop.chat, "list:3")
    assert len(await said(db, "gift-waiting")) == 2


async def test_an_unopened_gift_is_mentioned_once_with_its_link(
    db: Database, shop: Shop, clock: StillClock, friend: Contact
) -> None:
    token = await _give(db, shop)
    await pass_time(db, clock, days=8)
    await pass_time(db, clock, days=30)
    assert len(await said(db, "gift-unclaimed")) == 1
    cards = await said(db, "gift-card")
    assert len({one["text"]["v"]["link"] for one in cards}) == 1
    assert cards[1]["text"]["v"]["link"].endswith(f"?start=gift_{token}")


async def test_a_gift_beside_ones_own_open_order_and_only_once_unpaid(db: Database, shop: Shop) -> None:
    assert await choose(db, shop, "basic")
    assert await _choose(db, shop) is OrderOutcome.ORDERED
    assert await _choose(db, shop) is OrderOutcome.WAITS
    assert [(row.is_gift, row.status) for row in await read_rows(db, orders)] == [
        (False, "open"),
        (True, "open"),
    ]


async def test_what_is_paid_each_period_cannot_be_given_and_another_price_is_asked(
    db: Database, shop: Shop
) -> None:
    await sell(db, shop, "monthly", period=Period(months=1))
    async with db.unit(1) as uow:
        await gifts.show_gifts(uow, shop.buyer, shop.chat, "list")
    (shown,) = [one for one in await calls(db, "sendMessage") if "buttons" in one]
    assert len(shown["buttons"]) == 2  # basic and club
    with pytest.raises(DomainError, match="NOT_ON_SALE"):
        await _choose(db, shop, "monthly")
    assert await _choose(db, shop, terms="old") is OrderOutcome.EXPLAINED
    assert await count_rows(db, orders) == 0


async def test_what_an_unpaid_gift_said_is_not_what_another_button_says(db: Database, shop: Shop) -> None:
    assert await _choose(db, shop) is OrderOutcome.ORDERED
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(currency="USD"))
    assert await _choose(db, shop) is OrderOutcome.ORDERED
    assert [row.currency for row in await read_rows(db, orders)] == ["RUB", "USD"]


async def test_what_is_free_is_given_without_asking_a_provider(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(price=0))
    assert await _choose(db, shop) is OrderOutcome.ORDERED
    assert [row.provider for row in await read_rows(db, payments)] == ["free"]
    assert len(await said(db, "gift-card")) == 1


async def test_who_opened_a_gift_hears_that_it_was_paid_back(
    db: Database, shop: Shop, friend: Contact
) -> None:
    await _claim(db, friend, await _give(db, shop))
    for _ in range(2):
        await settle(db, 1, refunded=PRICE)
    (told,) = await said(db, "gift-closed")
    assert (told["chat_id"], "refund" in told["text"]["v"]) == (FRIEND, False)
    for language, words in (("ru", "закрыт: оплату"), ("en", "is closed: who gave it")):
        assert words in show_words(told["text"], language)


async def test_an_upgrade_of_a_gift_leans_on_what_its_giver_gets_back(
    db: Database, shop: Shop, friend: Contact
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
        rights = ["questions", "feedback", "mentor"]
        await add_tariff(uow, shop.course.flow_id, "full", rights=rights, price=3 * PRICE)
    await _claim(db, friend, await _give(db, shop))
    await buy(db, replace(shop, buyer=friend), "full")
    assert (await read_rows(db, orders))[-1].credit == PRICE
    for _ in range(2):
        await settle(db, 1, refunded=PRICE)
    assert len(await said(db, "leaned-kept")) == 1


async def test_the_share_of_a_partner_who_opens_the_gift_is_held(
    db: Database, shop: Shop, friend: Contact
) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(commission={"first": "20%"}))
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
        partner = await add_partner(uow, friend.id, "FRIEND")
        await add_click(uow, partner, shop.buyer.id)
    tokens = [await _give(db, shop) for _ in range(2)]
    await _claim(db, friend, tokens[0])
    assert [row.doubt for row in await read_rows(db, commissions)] == ["receiver", None]
    (told,) = await said(db, "commission-doubt-receiver")
    assert told["chat_id"] == ADMIN
    for language, words in (("ru", "открыл сам партнёр"), ("en", "the partner opened")):
        assert words in show_words(told["text"], language)
    async with db.unit(1) as uow:
        assert await settle_doubt(uow, 1, is_fine=False)
    assert [row.status for row in await read_rows(db, commissions)] == ["cancelled", "earned"]


async def test_a_gift_whose_payment_failed_is_begun_again_as_a_gift(db: Database, shop: Shop) -> None:
    await _choose(db, shop)
    await created(db, 1)
    await finish(db, CHECK, 1, await told_of(db, 1, PaymentState.CANCELLED))
    told = [one for one in await calls(db) if "order-failed" in str(one.get("text"))]
    ((again,),) = told[-1]["buttons"]
    kind, _, pressed = again["press"].partition(".")
    assert kind == gifts.GIVE, "another button would sell it to the giver"
    async with db.unit(1) as uow:
        chosen = await read_chosen_offer(uow, Address(SALES_BOT, shop.buyer.telegram_id), pressed)
        assert await gifts.choose_gift(uow, shop.buyer, chosen, "again") is OrderOutcome.ORDERED
    assert [row.is_gift for row in await read_rows(db, orders)] == [True, True]


async def test_the_same_news_wraps_one_gift_and_the_books_are_equal(db: Database, shop: Shop) -> None:
    await _give(db, shop)
    await settle(db, 1)
    assert (await count_rows(db, gift_rows), len(await said(db, "gift-ready"))) == (1, 1)
    assert (await check_books(db, 1, {})).money_without_access == ()


async def _choose(db: Database, shop: Shop, code: str = "basic", terms: str | None = None) -> OrderOutcome:
    number = await count_rows(db, orders)
    async with db.unit(1) as uow:
        tariff = await get_tariff(uow, code)
        chosen = ChosenOffer(
            OfferPlace(Address(SALES_BOT, shop.buyer.telegram_id)), tariff, terms or terms_of(tariff)
        )
        return await gifts.choose_gift(uow, shop.buyer, chosen, f"gift:{number}:{terms}")


async def _give(db: Database, shop: Shop, code: str = "basic") -> str:
    """Buy a gift; what its link carries."""
    assert await _choose(db, shop, code) is OrderOutcome.ORDERED
    payment_id = (await read_rows(db, payments))[-1].id
    await created(db, payment_id)
    await settle(db, payment_id)
    link = str((await said(db, "gift-card"))[-1]["text"]["v"]["link"])
    return link.partition("gift_")[2]


async def _claim(db: Database, person: Contact, token: str) -> bool:
    key = f"claim:{person.id}:{len(await calls(db))}"
    async with db.unit(1) as uow:
        return await gifts.claim(uow, person, Address(SALES_BOT, person.telegram_id), token, key)


async def _keep(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await gifts.keep_own(uow, shop.buyer, shop.chat, 1, "again")
