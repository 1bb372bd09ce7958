"""The bar above the screens: people side by side, the clock, trouble, light and dark, the language."""

import pytest
from playwright.async_api import expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import DESKTOP, PHONE, Look
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_people_talk_side_by_side(tg: SandboxClient, sandbox: str, open_screen: OpenScreen) -> None:
    anna, ben = await tg.person("Anna", username="anna"), await tg.person("Ben", username="ben")
    group = await tg.group("Friends", owner=anna, members=[ben])
    screen = await open_screen(sandbox, person="anna", chat=str(group.id))
    bar = screen.page.get_by_role("navigation", name="People")
    await bar.get_by_role("button", name="Ben").click()
    screen.as_person("Ben")
    await screen.enter("Friends")
    screen.as_person("Anna")
    await screen.write("Hello, Ben")
    screen.as_person("Ben")
    await screen.see("Hello, Ben")
    await screen.write("Hello, Anna")
    screen.as_person("Anna")
    await screen.see("Hello, Anna")
    await screen.shot("side-by-side")
    await bar.get_by_role("button", name="Ben").click()
    await expect(screen.page.get_by_role("region", name="Screen of Ben")).to_have_count(0)


async def test_somebody_new_starts_a_bot_on_a_phone(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Anna", username="anna")
    await bot.ok("setMyDescription", description="We sell good books.")
    await bot.ok("setMyDescription", description="Мы продаём хорошие книги.", language_code="ru")
    screen = await open_screen(sandbox, Look("ru", PHONE), person="anna")
    await screen.page.get_by_role("button", name="Добавить человека").click()
    await screen.page.get_by_role("textbox", name="Имя").fill("Вера")
    await screen.shot("new-person")
    await screen.page.keyboard.press("Enter")
    screen.as_person("Вера")
    await screen.enter("Shop")
    await expect(screen.log).to_contain_text("Мы продаём хорошие книги.")
    await screen.pane.get_by_role("button", name="Старт").click()
    await screen.see("/start")
    assert (await bot.drain("message"))[-1]["from"]["first_name"] == "Вера"


async def test_the_clock_moves_on_and_back(tg: SandboxClient, sandbox: str, open_screen: OpenScreen) -> None:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("/start")
    before = await tg.clock.now()
    await screen.page.get_by_role("button", name="+1 day").click()
    await expect(screen.page.get_by_role("button", name="now", exact=True)).to_be_visible()
    assert 86_399 < (await tg.clock.now() - before).total_seconds() < 86_500
    await chat.send("A day later")
    await expect(screen.log.get_by_text("Today")).to_have_count(1)
    await screen.page.get_by_role("button", name="now", exact=True).click()
    await expect(screen.page.get_by_role("button", name="now", exact=True)).to_be_hidden()
    assert abs((await tg.clock.now() - before).total_seconds()) < 100


async def test_trouble_strikes_the_bots_until_it_is_switched_off(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Anna", username="anna")
    screen = await open_screen(sandbox, person="anna")
    await screen.page.get_by_role("button", name="Trouble").click()
    await screen.page.get_by_role("radio", name="100 %").check()
    await screen.page.get_by_role("radio", name="Bad gateway").check()
    await expect(screen.page.locator(".trouble.on")).to_be_visible()
    assert (await bot.ask("getMe"))[0] == 502
    await screen.page.keyboard.press("Escape")
    await screen.page.get_by_role("button", name="Trouble is on").click()
    await expect(screen.page.get_by_role("dialog")).to_contain_text("It has struck once so far.")
    await screen.page.get_by_role("radio", name="Nothing").check()
    await expect(screen.page.locator(".trouble.on")).to_have_count(0)
    assert (await bot.ask("getMe"))[0] == 200


async def test_the_theme_and_the_language_are_chosen_and_kept(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Anna", username="anna")
    screen = await open_screen(sandbox, Look("en", DESKTOP), person="anna")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await screen.page.evaluate(ground)
    await screen.page.get_by_role("button", name="Settings").click()
    await screen.choose("Dark")
    assert await screen.page.evaluate(ground) != light
    await screen.page.get_by_role("button", name="Settings").click()
    await screen.choose("На русском")
    await expect(screen.page).to_have_title("Песочница")
    assert await screen.page.evaluate(ground) != light


async def test_the_page_finds_its_way_back_when_the_sandbox_was_away(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("/start")
    await screen.page.context.set_offline(offline=True)
    await expect(screen.page.get_by_role("alert")).to_have_text("The sandbox does not answer. Trying again…")
    await chat.send("Said meanwhile")
    await screen.page.context.set_offline(offline=False)
    await screen.see("Said meanwhile")
    await expect(screen.page.get_by_role("alert")).to_be_hidden()
    # That the network was away is what this test is about; nothing else may have been said.
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in screen.complaints)
    screen.complaints.clear()
