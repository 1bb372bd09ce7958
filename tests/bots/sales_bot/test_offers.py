"""An offer's buttons, pressed in time and too late."""

from dataclasses import replace

from sqlalchemy import delete

from core.db.models.commerce import orders
from core.db.models.content import deployments
from core.db.session import Database
from core.limits import ORDERS
from core.text.catalog import say
from services.commerce.catalog.tariffs import take_off_sale
from services.people import contacts
from tests.bots.admin.desk import Call, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.sales import add_access, add_tariff
from tests.factories.shops import Shop

PROSPECT = 8008


async def came(desk: Desk) -> Call:
    """The prospect has agreed and looks at the offer."""
    await desk.write("/start", PROSPECT)
    (offer,) = await desk.press("I agree", PROSPECT)
    return offer


async def choose(desk: Desk, offer: Call, tariff: str) -> list[Call]:
    """They press a tariff's button below this offer."""
    (label,) = [one for one in offer.buttons if tariff in one]
    return await desk.press(label, PROSPECT, offer)


async def test_the_button_of_a_tariff_that_is_sold_no_more_says_so(
    desk: Desk, db: Database, shop: Shop
) -> None:
    old = await came(desk)
    async with db.unit(1) as uow:
        await take_off_sale(uow, [shop.course.flow_id], ["club"])
    assert await choose(desk, old, "basic") == []
    assert desk.alerts == ["This tariff is no longer sold. Send /start and I will show what there is now."]
    (offer,) = await desk.write("/start", PROSPECT)
    assert [label.split(" · ")[0] for label in offer.buttons] == ["Tariff club"]


async def test_who_has_less_reads_it_before_she_pays_for_more(desk: Desk, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "full", rights=["questions", "feedback"], position=2)
    offer = await came(desk)
    async with db.unit(1) as uow:
        known = await contacts.find_by_telegram_id(uow, PROSPECT)
        assert known
        await add_access(uow, known.id, shop.basic)
    (told,) = await choose(desk, offer, "full")
    assert told.text.startswith("You have “Tariff basic” already. “Tariff full” includes all of that")
    assert await read_rows(db, orders) == []
    await choose(desk, told, "full")
    assert [row.run_id for row in await read_rows(db, orders)] == [1]


async def test_who_has_more_is_told_so_and_nothing_is_ordered(desk: Desk, db: Database, shop: Shop) -> None:
    offer = await came(desk)
    async with db.unit(1) as uow:
        known = await contacts.find_by_telegram_id(uow, PROSPECT)
        assert known
        await add_access(uow, known.id, shop.club)
    (told,) = await choose(desk, offer, "basic")
    assert "You have “Tariff club” already, and everything in “Tariff basic” is included" in told.text
    assert not told.buttons
    assert await read_rows(db, orders) == []


async def test_a_shop_without_a_scenario_shows_what_it_sells(desk: Desk, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(delete(deployments).where(deployments.c.flow_id == shop.scenario.flow_id))
    await desk.write("/start", PROSPECT)
    (offer,) = await desk.press("I agree", PROSPECT)
    assert offer.text.startswith("Hello! This is what you can learn here.")
    assert "The course “" in offer.text, "the only one is named too"
    await choose(desk, offer, "basic")
    assert [row.run_id for row in await read_rows(db, orders)] == [None]


async def test_where_no_money_is_taken_the_first_screen_says_so(desk: Desk, db: Database) -> None:
    (hello,) = await desk.write("/start", PROSPECT)
    assert "no money is taken" not in hello.text
    db.env = replace(db.env, takes_no_money=True)
    (hello,) = await desk.write("/start", PROSPECT)
    assert hello.text.startswith("🧪 This bot is being tried out: no money is taken")
    assert "Do you agree?" in hello.text
    pressed = desk.message(PROSPECT + 1, text="/start")
    pressed["from"]["language_code"] = "ru"
    (hello,) = await desk.send(SALES_BOT, {"message": pressed})
    assert hello.text.startswith("🧪 Бота проверяют: деньги не списываются")


async def test_a_payment_link_opened_twice_is_answered_twice(desk: Desk, db: Database, shop: Shop) -> None:
    await came(desk)
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.scenario.flow_id, shop.scenario.flow.slug, position=9)
    link = f"/start b_{shop.scenario.flow.slug}"
    assert await desk.write(link, PROSPECT) == []
    (again,) = await desk.write(link, PROSPECT)
    assert again.text == "This order is open already, the payment is under way."


async def test_who_presses_two_tariffs_in_turns_makes_no_payments_without_end(
    desk: Desk, db: Database, shop: Shop
) -> None:
    offer = await came(desk)
    said: list[str] = []
    for number in range(ORDERS.most + 10):
        said += [one.text for one in await choose(desk, offer, ("basic", "club")[number % 2])]
    assert len(await read_rows(db, orders)) == ORDERS.most
    assert said.count(say(ORDERS.word, "en")) == 1
