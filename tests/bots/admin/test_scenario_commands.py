"""An admin sees the scenarios, chooses the default one, and deletes one, after a word about who is inside."""

import pytest

from core.db.models.learning import runs
from core.flow.events import Entered
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.learning.runs.runs import deliver
from tests.bots.admin.desk import Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.flows import make_scenario
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.factories.studies import add_run


async def say(desk: Desk, text: str, who: int = 1001) -> str:
    return "\n".join(one.text for one in await desk.write(text, who))


@pytest.fixture(autouse=True)
async def _second(desk: Desk, shop: Shop) -> None:
    """`spring` beside the shop's `welcome`, and the buyer inside it."""
    async with desk.db.unit(1) as uow:
        version = await publish_flow(uow, make_scenario("spring", name={"en": "Spring", "ru": "Весна"}))
        await deploy_flow(uow, version.flow_id, SALES_BOT)
        run_id = await add_run(uow, shop.buyer, SALES_BOT, version.id, kind="scenario")
        await deliver(uow, run_id, Entered())
    await desk.deliver()


async def test_they_are_listed_with_the_default_first(desk: Desk) -> None:
    shown = await say(desk, "/scenarios")
    assert "★ <b>Scenario welcome</b> (welcome), people inside: 0" in shown
    assert "<b>Spring</b> (spring), people inside: 1" in shown
    assert "?start=spring" in shown


async def test_another_one_becomes_the_default(desk: Desk) -> None:
    assert "Now /start begins “Spring”" in await say(desk, "/set_default_scenario spring")
    assert "★ <b>Spring</b>" in await say(desk, "/scenarios")


async def test_deleting_one_with_people_inside_is_asked_first(desk: Desk) -> None:
    assert "1 person is inside “Spring”" in await say(desk, "/delete_scenario spring")
    [kept] = await desk.press("No")
    assert (kept.text, kept.buttons) == ("“spring” stays.", {})
    await say(desk, "/delete_scenario spring")
    [gone] = await desk.press("Delete")
    assert "“Spring” is deleted" in gone.text
    assert [row.status for row in await read_rows(desk.db, runs)] == ["stopped"]
    assert "Spring" not in await say(desk, "/scenarios")
    assert "There is no such scenario" in await say(desk, "/delete_scenario spring")


async def test_the_default_one_stays(desk: Desk) -> None:
    assert "is the default and stays" in await say(desk, "/delete_scenario welcome")
    assert "welcome" in await say(desk, "/scenarios")


async def test_what_a_scenario_says_is_shown_with_its_values_highlighted(desk: Desk) -> None:
    greeting = {"key": "hello", "type": "message", "text": "Hi {{user.user_name}}, {{scenario.product_price}} ₽",
                "buttons": [[{"text": "Buy", "url": "{{user.payment_link}}"}]]}  # fmt: skip
    steps = [greeting, {"key": "later", "type": "delay", "wait": "1d:2h"}, {"key": "end", "type": "end"}]
    product = {"name": "Archive", "price": 100}
    async with desk.db.unit(1) as uow:
        summary = {"text": "In short: {{scenario.product_name}}"}
        await publish_flow(uow, make_scenario("spring", steps=steps, product=product, summary=summary))
    before = len(await read_rows(desk.db, runs))
    shown = await say(desk, "/demo_scenario spring")
    for piece in ("Hi __user.user_name__, __scenario.product_price__ ₽", "[Buy] → __user.payment_link__",
                  "Delay · waits 1 day 2 hours", "In short: __scenario.product_name__"):  # fmt: skip
        assert piece in shown
    assert "{{" not in shown
    assert len(await read_rows(desk.db, runs)) == before
    assert "There is no such scenario" in await say(desk, "/demo_scenario autumn")
    assert "<i>Offer</i>" in await say(desk, "/demo_scenario")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/set_default_scenario", "Which scenario shall /start begin"),
        ("/set_default_scenario autumn", "There is no such scenario. There are: welcome, spring"),
        ("/delete_scenario", "Which scenario shall be deleted"),
        ("/delete_scenario autumn", "There is no such scenario"),
        ("/delete_scenario " + "x" * 3000, "There is no such scenario"),
    ],
)
async def test_a_wrong_word_is_explained(desk: Desk, text: str, said: str) -> None:
    assert said in await say(desk, text)


async def test_for_others_these_commands_do_not_exist(desk: Desk) -> None:
    for text in ("/scenarios", "/set_default_scenario spring", "/delete_scenario spring"):
        assert "Scenario" not in await say(desk, text, ANNA)
    assert "★ <b>Scenario welcome</b>" in await say(desk, "/scenarios")


async def test_a_command_without_an_id_or_with_an_unknown_one_shows_a_list_to_press(desk: Desk) -> None:
    await say(desk, "/set_default_scenario")
    assert "Now /start begins “Spring”" in (await desk.press("Spring"))[-1].text
    await say(desk, "/demo_scenario autumn")
    assert "spring" in (await desk.press("Spring"))[0].text
    await say(desk, "/delete_scenario")
    assert "is deleted" in (await desk.press("Scenario welcome"))[-1].text
    await say(desk, "/scenarios")
    assert "Scenario <code>spring</code>" in (await desk.press("✏️ Spring"))[-1].text
