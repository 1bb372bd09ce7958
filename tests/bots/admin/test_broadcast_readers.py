"""A draft's readers, moment and texts to compare, all of it set in the chat."""

from datetime import timedelta
from typing import Any

import pytest

from core.db.models.messaging import broadcasts
from core.db.session import Database
from core.text.catalog import say
from services.people.contacts import get_by_telegram_id
from tests.bots.admin.desk import Call, Desk
from tests.bots.admin.test_broadcast import draft, people, start
from tests.factories.persons import add_tag, add_variable
from tests.factories.rows import read_rows

__all__ = ["people"]
HELD = 600  # who has a tag and a kept value


@pytest.fixture
async def known(db: Database, people: list[int]) -> None:
    async with db.unit(1) as uow:
        held = await get_by_telegram_id(uow, HELD)
        await add_variable(uow, held.id, name="city", value="Riga")
        await add_tag(uow, held.id, name="warm")


async def ask(desk: Desk, condition: str, holder: Call) -> Call:
    """The question of a condition, from the list of all."""
    (shown,) = await desk.press("Whom it is for", holder=holder)
    (every,) = await desk.press("➕ Another condition", holder=shown)
    (question,) = await desk.press(condition, holder=every)
    return question


async def plan_of(db: Database) -> dict[str, Any]:
    (row,) = await read_rows(db, broadcasts)
    return dict(row.definition)


async def test_any_condition_is_added_turned_round_and_taken_away(
    desk: Desk, db: Database, people: list[int], known: None
) -> None:
    card = await draft(desk)
    question = await ask(desk, "Kept value…", card)
    assert question.text == say("condition-ask-variable", "en")
    (refused,) = await desk.write("name ciity, value Riga")
    assert "is “city” meant?" in refused.text
    (card,) = await desk.write("name city, value Riga")
    assert "Will get it: 1\n" in f"{card.text}\n"
    (shown,) = await desk.press("Whom it is for", holder=card)
    label = "Kept value: name city, value Riga"
    assert say("broadcast-whom-added", "en") in shown.text
    (turned,) = await desk.press(f"☑ {label}", holder=shown)
    assert f"Will get it: {len(people) - 1}" in turned.text
    (gone,) = await desk.press(f"⛔ {label}", holder=turned)
    assert f"Will get it: {len(people)}" in gone.text
    assert not [one for one in gone.buttons if label in one]
    assert "audience" not in await plan_of(db)


async def test_a_name_there_is_is_offered_and_one_without_more_is_ticked(
    desk: Desk, db: Database, people: list[int], known: None
) -> None:
    card = await draft(desk)
    question = await ask(desk, "Tagged…", card)
    (shown,) = await desk.press("warm", holder=question)
    assert "☑ Tagged: warm" in shown.buttons
    (every,) = await desk.press("➕ Another condition", holder=shown)
    (shown,) = await desk.press("Have access now", holder=every)
    assert "Will get it: 0" in shown.text
    await desk.write("cold")  # nothing is asked for any more
    assert (await plan_of(db))["audience"] == {"all": [{"tag": "warm"}, "paid"]}


async def test_when_it_leaves_is_written(desk: Desk, db: Database, people: list[int]) -> None:
    card = await draft(desk)
    (asked,) = await desk.press("🕘 When", holder=card)
    assert asked.text == say("broadcast-ask-when", "en")
    for wrong, why in (
        ("soon", "“soon” is no time"),
        ("01.12.2001 10:00", "has passed already"),
        ("25:00", "“25:00”"),
    ):
        (refused,) = await desk.write(wrong)
        assert why in refused.text, wrong
    (card,) = await desk.write("9:00\n8:00 – 20:00")
    assert "Leaves at 09:00" in card.text
    assert "between 08:00 and 20:00" in card.text
    await desk.press("🕘 When", holder=card)
    at = (db.clock.now() + timedelta(days=400)).strftime("%d.%m.%Y")
    (card,) = await desk.write(f"{at} 10:00 weekly")
    assert say("broadcast-weekly", "en") in card.text
    assert (await plan_of(db)).keys() >= {"at", "weekly", "zone"}
    assert not (await plan_of(db)).keys() & {"local", "window"}
    (planned,) = await start(desk, card)
    assert "The broadcast is planned" in planned.text


async def test_texts_are_compared(desk: Desk, db: Database, people: list[int]) -> None:
    card = await draft(desk)
    (shown,) = await desk.press("🆎 Compare texts", holder=card)
    await desk.press("➕ One more text", holder=shown)
    (card,) = await desk.write("Good day all")
    (shown,) = await desk.press("🆎 Compare texts", holder=card)
    assert "Compared texts: 2" in shown.text
    assert {"☑ presses", "☐ bought", "☑ 4 hours"} <= set(shown.buttons)
    (shown,) = await desk.press("☐ bought", holder=shown)
    (shown,) = await desk.press("☐ a day", holder=shown)
    kept = await plan_of(db)
    assert kept["variants"] == [{"share": 20}, {"share": 20, "text": "Good day all"}]
    assert kept["winner"] == {"by": "payment", "after": "1d"}
    heard = {one.text for one in await desk.press("Test to myself", holder=card)}
    assert {"<b>Hello</b> all", "Good day all"} <= heard
    (shown,) = await desk.press("Compare nothing", holder=shown)
    assert "variants" not in await plan_of(db)
