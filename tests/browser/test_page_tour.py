"""The guided tour on the page: where it leads, how it moves on, that it can be put away."""

import re

import pytest
from playwright.async_api import Locator, expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import DESKTOP, PHONE, Look, Screen
from tests.browser.test_page_for_everyone import _broken_rules
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOOKS = [Look("en", DESKTOP), Look("ru", PHONE, "dark")]
START = {"person": "anna", "chat": "shop_bot", "done": {"says": ["/start"]}}
HEAR = {"person": "anna", "chat": "shop_bot", "done": {"hears": ["Hello"]}}
COUNT = {"person": "marina", "chat": "lessons_bot", "done": {"says": ["/stats"]}}


PRODUCT = "Tandem"
NAMES = {"en": {"Shop": "Shop", "Lessons": "Lessons"}, "ru": {"Shop": "Магазин", "Lessons": "Уроки"}}


async def _begin(tg: SandboxClient, language: str = "en") -> None:
    """Three people who speak the tour's language, and somebody who does not."""
    for name in ("Ben", "Marina", "Anna"):
        await tg.person(name, username=name.lower(), language_code=language)
    await tg.person("Zoe", username="zoe", language_code="ru" if language == "en" else "en")
    steps = [
        {**START, "text": "Press “Start”."},
        {**HEAR, "text": "Wait."},
        {**COUNT, "text": "Send /stats."},
    ]
    tours = {"en": steps, "ru": [{**one, "text": f"{one['text']} (ru)"} for one in steps]}
    await tg.begin_tour(tours, PRODUCT, {"ru": NAMES["ru"]})


def _panel(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name=re.compile("^(Tour|Экскурсия)$"))


async def _stands_at(screen: Screen, number: int, text: str) -> None:
    says = _panel(screen).get_by_role("status")
    await expect(says).to_contain_text(re.compile(rf"(Step|Шаг) {number} (of|из) 3 "))
    await expect(says).to_contain_text(text)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_it_leads_from_step_to_step(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen, look: Look
) -> None:
    await _begin(tg, look.language)
    shop, lessons = NAMES[look.language].values()
    screen = await open_screen(sandbox, look)
    # Nobody has been looked at before: the page begins where the tour does.
    screen.as_person("Anna")
    await expect(screen.pane.get_by_role("heading", name=shop).last).to_be_visible()
    await _stands_at(screen, 1, "Press “Start”.")
    await screen.shot("tour")
    assert await _broken_rules(screen.page) == []
    await screen.pane.get_by_role("button", name=re.compile("^(Start|Старт)$")).click()
    await _stands_at(screen, 2, "Wait.")
    anna = await tg.find_person("anna")
    await bot.ok("sendMessage", chat_id=anna.id, text="Hello, Anna")
    await _stands_at(screen, 3, "Send /stats.")
    await _panel(screen).get_by_role("button", name=re.compile("^(Show me|Показать)$")).click()
    screen.as_person("Marina")
    await expect(screen.pane.get_by_role("heading", name=lessons).last).to_be_visible()
    await (await tg.find_person("marina")).chat("lessons_bot").send("/stats")
    await expect(_panel(screen)).to_contain_text(re.compile("That was the tour|Это была вся экскурсия"))
    await expect(_panel(screen).get_by_role("button")).to_have_count(1)
    await screen.shot("tour-end")


@pytest.mark.parametrize("look", [Look("ru", PHONE), Look("en", PHONE)], ids=str)
async def test_it_names_the_product_and_all_speak_its_language_on_a_phone(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen, look: Look
) -> None:
    await _begin(tg, look.language)
    anna = await tg.find_person("anna")
    for name in ("shop_bot", "lessons_bot"):
        await anna.start(name)
    screen = await open_screen(sandbox, look, person="anna")
    await expect(screen.page).to_have_title(re.compile(f"^{PRODUCT} · "))
    await expect(screen.page.locator("#brand")).to_contain_text(PRODUCT)
    await expect(screen.page.locator(".chip .who")).to_have_count(3)
    for name in ("Anna", "Marina"):
        await _is_whole(screen.page.locator(".chip .who", has_text=name))
    await expect(screen.page.get_by_text("Zoe")).to_have_count(0)
    if await (back := screen.pane.get_by_role("button", name=re.compile("^(Back|Назад)$"))).is_visible():
        await back.click()
    for title in NAMES[look.language].values():
        await _is_whole(screen.entry(title).locator(".title"))
    await screen.shot("tour-names")
    if look.language == "ru":
        await expect(screen.page.get_by_text(re.compile("^(Shop|Lessons)$"))).to_have_count(0)


async def _is_whole(words: Locator) -> None:
    """They stand within the screen, and no letter of them is cut off."""
    await expect(words).to_be_in_viewport(ratio=1)
    assert await words.evaluate(
        "one => one.scrollWidth <= one.clientWidth || getComputedStyle(one).overflow === 'visible'"
    )


async def test_a_step_is_skipped_and_the_tour_put_away_by_keys(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await _begin(tg)
    screen = await open_screen(sandbox, person="ben")
    await _stands_at(screen, 1, "Press “Start”.")
    await _panel(screen).get_by_role("button", name="Skip").focus()
    await screen.page.keyboard.press("Enter")
    await _stands_at(screen, 2, "Wait.")
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.press("Enter")
    await expect(_panel(screen)).to_be_hidden()
    show = screen.page.get_by_role("button", name="Tour: 1 of 3")
    await expect(show).to_be_focused()
    await screen.shot("tour-hidden")
    await screen.page.reload()
    await expect(show).to_be_visible()
    await expect(_panel(screen)).to_be_hidden()
    await show.press("Enter")
    await _stands_at(screen, 2, "Wait.")
    await expect(show).to_be_hidden()


async def test_without_a_tour_there_is_no_panel(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Ben", username="ben")
    screen = await open_screen(sandbox)
    screen.as_person("Ben")
    await expect(screen.pane).to_be_visible()
    await expect(screen.page.locator(".tour, .tour-pill").locator("visible=true")).to_have_count(0)
