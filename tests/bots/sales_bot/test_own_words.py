"""Somebody asks the shop a question in their own words."""

from typing import Any

import pytest

from core.db.models.commerce import orders
from core.db.models.learning import runs
from core.db.session import Database
from core.text.catalog import say
from services.content.deployments import get_deployment, issue_personal_token
from services.people import contacts
from tests.bots.admin.desk import ADMIN, Desk
from tests.bots.sales_bot.test_offers import PROSPECT, came, choose
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.sales import add_access, add_promo
from tests.factories.shops import Shop
from tests.services.learning.room import PIECES

PRICES = "Tariffs and prices"


async def test_words_about_the_price_lead_to_the_prices(desk: Desk, db: Database) -> None:
    await came(desk)
    (prices,) = await desk.write("How much is it?", PROSPECT)
    assert "About basic" in prices.text
    assert "₽1,900" in prices.text
    await choose(desk, prices, "basic")
    (run,) = await read_rows(db, runs)
    assert [(row.run_id, row.run_visit) for row in await read_rows(db, orders)] == [(run.id, 1)]


async def test_a_promo_code_may_come_as_a_message_of_its_own(desk: Desk, db: Database) -> None:
    await came(desk)
    async with db.unit(1) as uow:
        await add_promo(uow)
    (asked,) = await desk.write("/promo", PROSPECT)
    assert "in your next message" in asked.text
    (unknown,) = await desk.write("sumer", PROSPECT)
    assert "There is no promo code sumer" in unknown.text
    (prices,) = await desk.write("summer", PROSPECT)
    assert "SUMMER" in prices.text
    again = await desk.write("summer", PROSPECT)
    assert not any("Promo code" in one.text for one in again), "it has come, and words are words again"


async def test_a_sentence_after_the_bare_command_is_no_code(desk: Desk) -> None:
    await came(desk)
    await desk.write("/promo", PROSPECT)
    (prices,) = await desk.write("How much is it?", PROSPECT)
    assert "About basic" in prices.text


async def test_what_happened_with_a_payment_may_be_written_after_the_command(desk: Desk) -> None:
    await desk.write("/start")
    await came(desk)
    asked = await desk.write("/paysupport", PROSPECT)
    assert "Write it in your next message" in asked[-1].text
    for_admin, for_person = sorted(
        await desk.write("I paid <twice>", PROSPECT), key=lambda one: one.chat != ADMIN
    )
    assert "about the payment" in for_admin.text
    assert "I paid &lt;twice&gt;" in for_admin.text
    assert (for_person.chat, for_person.text.startswith("I have passed that on")) == (PROSPECT, True)
    with_words = await desk.write("/paysupport It is open now", PROSPECT)
    assert not any("next message" in one.text for one in with_words)


PHONE = {"contact": {"phone_number": "+371", "first_name": "P"}}


@pytest.mark.parametrize(
    "words", [{"text": "Can I pay in instalments?"}, {"text": "I want my money back"}, PHONE, PIECES["voice"]]
)
async def test_all_else_reaches_a_person_who_answers_by_a_reply(desk: Desk, words: dict[str, Any]) -> None:
    await desk.write("/start")
    await came(desk)
    said = dict(words)
    calls = await desk.write(said.pop("text", ""), PROSPECT, **said)
    assert [one.text for one in calls if one.chat == PROSPECT] == [say("sales-passed-on", "en")]
    card, brought = [one for one in calls if one.chat == ADMIN]
    assert f"<b>P{PROSPECT}</b> writes to the sales bot" in card.text
    assert brought.text == words.get("text", "")
    more = await desk.write("It is urgent", PROSPECT)
    assert [(one.chat, one.text) for one in more] == [(ADMIN, "It is urgent")], "it belongs to what waits"
    bot = {"id": SALES_BOT, "is_bot": True, "first_name": "Bot"}
    shown = desk.message(ADMIN, text="-") | {"message_id": brought.message_id, "from": bot}
    answered = await desk.write("Of course you can", reply_to_message=shown)
    heard = [one.text for one in answered if one.chat == PROSPECT]
    assert heard == [f"{say('shop-answer', 'en')}\n\nOf course you can"]


async def test_a_long_question_about_the_price_gets_both(desk: Desk) -> None:
    await desk.write("/start")
    await came(desk)
    calls = await desk.write("How much is it, and can I pay in parts?", PROSPECT)
    heard = [one.text for one in calls if one.chat == PROSPECT]
    assert "About basic" in heard[0]
    assert heard[1] == say("sales-passed-on", "en")


async def test_where_no_admin_is_reached_she_is_told_what_the_bot_can_do(desk: Desk) -> None:
    await came(desk)
    (answer,) = await desk.write("I want my money back", PROSPECT)
    assert answer.text == say("sales-fallback", "en")
    assert list(answer.buttons) == [PRICES]


async def test_outside_the_scenario_the_prices_belong_to_no_run(desk: Desk, db: Database) -> None:
    await desk.write("Hello, what is this?")  # an admin, who never pressed Start
    (prices,) = await desk.press(PRICES)
    await desk.press(next(iter(prices.buttons)))
    assert [row.run_id for row in await read_rows(db, orders)] == [None]


async def test_who_has_not_agreed_yet_is_asked_before_anything_is_shown(desk: Desk) -> None:
    (answer,) = await desk.write("How much is it?", PROSPECT)
    assert list(answer.buttons) == ["I agree", "☐ Send me news and offers too"]
    (offer,) = await desk.press("I agree", PROSPECT)
    assert len(offer.buttons) == 2


async def test_who_may_ask_the_curator_is_told_where(desk: Desk, db: Database, shop: Shop) -> None:
    await came(desk)
    async with db.unit(1) as uow:
        known = await contacts.find_by_telegram_id(uow, PROSPECT)
        assert known
        access_id = await add_access(uow, known.id, shop.basic)
        deployment = await get_deployment(uow, flow_id=shop.course.flow_id)
        await issue_personal_token(uow, deployment.id, known.id, access_id)
    (answer,) = await desk.write("When does lesson two come?", PROSPECT)
    assert list(answer.buttons) == ["Open the course", PRICES]
