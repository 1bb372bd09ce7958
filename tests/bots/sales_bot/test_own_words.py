"""Somebody asks the shop a question in her own words."""

from core.db.models.commerce import orders
from core.db.models.learning import runs
from core.db.session import Database
from services.people import contacts
from tests.bots.admin.desk import Desk
from tests.bots.sales_bot.test_offers import PROSPECT, came, choose
from tests.factories.rows import read_rows
from tests.factories.sales import add_access
from tests.factories.shops import Shop

PRICES = "Tariffs and prices"


async def test_a_question_of_a_prospect_leads_to_the_prices(desk: Desk, db: Database) -> None:
    await came(desk)
    (answer,) = await desk.write("How much is it, and can I pay in parts?", PROSPECT)
    assert "what each tariff includes and what it costs" in answer.text
    assert list(answer.buttons) == [PRICES]
    (prices,) = await desk.press(PRICES, PROSPECT)
    assert "About basic" in prices.text
    assert "1\xa0900\xa0₽" in prices.text
    await choose(desk, prices, "basic")
    (run,) = await read_rows(db, runs)
    assert [(row.run_id, row.run_visit) for row in await read_rows(db, orders)] == [(run.id, 1)]


async def test_outside_the_scenario_the_prices_belong_to_no_run(desk: Desk, db: Database) -> None:
    await desk.write("Hello, what is this?")  # an admin, who never pressed Start
    (prices,) = await desk.press(PRICES)
    await desk.press(next(iter(prices.buttons)))
    assert [row.run_id for row in await read_rows(db, orders)] == [None]


async def test_who_has_not_agreed_yet_is_asked_before_anything_is_shown(desk: Desk) -> None:
    (answer,) = await desk.write("How much is it?", PROSPECT)
    assert list(answer.buttons) == ["I agree"]
    (offer,) = await desk.press("I agree", PROSPECT)
    assert len(offer.buttons) == 2


async def test_who_may_ask_the_curator_is_told_where(desk: Desk, db: Database, shop: Shop) -> None:
    await came(desk)
    async with db.unit(1) as uow:
        known = await contacts.find_by_telegram_id(uow, PROSPECT)
        assert known
        await add_access(uow, known.id, shop.basic)
    (answer,) = await desk.write("When does lesson two come?", PROSPECT)
    assert "send /ask there" in answer.text
    assert list(answer.buttons) == ["Open the course", PRICES]
