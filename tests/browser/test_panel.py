"""The panel's door, its shell and its screens, as members see them in both languages, wide and narrow, light and dark."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.lifecycle import BotKind
from core.roles import MemberRole
from sandbox.chats.mini_apps import signed
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.schemas import ConnectedBot
from tests.browser.panel_page import LOOKS, Panel, PanelLook, opened, serving
from tests.factories.accounts import add_account
from tests.factories.persons import add_contact
from web.api.panel import BUILT

OWNER, CURATOR = 1001, 2002
TOKEN = "77:AAF-of-the-shop"
WORDS = {
    "en": {"home": "Home", "people": "People", "search": "Search", "count": "3 people", "code": "Code"},
    "ru": {"home": "Главная", "people": "Люди", "search": "Поиск", "count": "3 человека", "code": "Код"},
}
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> PanelLook:
    return request.param  # type: ignore[no-any-return]


@pytest_asyncio.fixture(loop_scope="session")
async def panel(
    browser: Browser, school: Database, look: PanelLook, pictures: Path | None
) -> AsyncIterator[Panel]:
    async with serving(school) as address, opened(browser, address, look, pictures) as panel:
        yield panel


async def test_a_link_opens_the_panel_and_people_are_found(
    panel: Panel, school: Database, look: PanelLook
) -> None:
    words = WORDS[look.language]
    async with school.unit(1) as uow:
        for number, name in enumerate(("Anna", "Boris", "Vera")):
            await add_contact(uow, 500_000 + number, first_name=name)
    await panel.sign_in(school, OWNER)
    await panel.must_be_fit("home")
    await expect(panel.page.get_by_role("definition").nth(1)).to_have_text("0")
    await panel.enter(words["people"])
    await expect(panel.page.get_by_role("status")).to_have_text(words["count"])
    await panel.must_be_fit("people")
    await panel.page.get_by_role("link", name="Boris").click()
    await expect(panel.page.get_by_role("heading", level=1)).to_contain_text("Boris")
    await panel.must_be_fit("person")


async def test_whoever_has_no_session_is_led_to_the_door(panel: Panel, look: PanelLook) -> None:
    await panel.page.goto(f"{panel.address}/panel/acc_x/people?lang={look.language}")
    await panel.page.wait_for_url("**/login")
    await panel.page.get_by_role("textbox", name=WORDS[look.language]["code"]).fill("wrong")
    await panel.page.keyboard.press("Enter")
    await expect(panel.page.get_by_role("alert")).to_be_visible()
    await panel.must_be_fit("login")


async def test_a_curator_sees_only_what_is_theirs(panel: Panel, school: Database) -> None:
    await panel.sign_in(school, CURATOR, MemberRole.CURATOR)
    names = await panel.page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert not set(names) & {"People", "Люди"}


async def test_who_signs_out_is_out(panel: Panel, school: Database, look: PanelLook) -> None:
    you, out = {"en": ("You", "Sign out"), "ru": ("Вы", "Выйти")}[look.language]
    await panel.sign_in(school, OWNER)
    home = panel.page.url
    await panel.page.get_by_role("button", name=you, exact=True).click()
    await panel.page.get_by_role("menuitem", name=out).click()
    await panel.page.wait_for_url("**/login")
    await panel.page.goto(home)
    await panel.page.wait_for_url("**/login")


async def test_a_link_of_another_school_opens_that_one(
    panel: Panel, school: Database, look: PanelLook
) -> None:
    name = {"en": "School", "ru": "Школа"}[look.language]
    async with school.unit(2) as uow:
        await add_account(uow, name="Second school")
    await panel.sign_in(school, OWNER, MemberRole.OWNER, account_id=2)
    choice = panel.page.get_by_role("combobox", name=name, exact=True)
    await expect(choice).to_have_value("Second school")
    second = panel.page.url
    await choice.click()
    await panel.page.get_by_role("option", name="Tandem", exact=True).click()
    await expect(choice).to_have_value("Tandem")
    assert panel.page.url != second


async def test_a_mini_app_needs_no_code(panel: Panel, school: Database, look: PanelLook) -> None:
    async with school.unit(1) as uow:
        await connect_bot(uow, uow.env.keys, ConnectedBot(77, 1, BotKind.SALES, "shop_bot", "Shop", TOKEN))
    opened_at = int(school.clock.now().timestamp())
    data = signed(TOKEN, {"auth_date": opened_at, "user": json.dumps({"id": OWNER})})
    await panel.page.goto(f"{panel.address}/panel/login?lang={look.language}#tgWebAppData={quote(data)}")
    await panel.page.wait_for_url("**/home")
    assert "tgWebAppData" not in panel.page.url
