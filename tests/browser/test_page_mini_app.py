"""A Mini App in its frame: signed data in the address, buttons of the client, data back to the bot."""

import hashlib
import hmac
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from playwright.async_api import Frame, expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.sandbox.bot_client import TOKEN, BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")
APP = "https://app.example/quiz"
# What a Mini App's script does: it talks to the frame around it.
PAGE = """<!doctype html><title>Quiz</title><body style="font-family:sans-serif;padding:16px"><h1>Which word is clear?</h1><pre id="heard"></pre>
<script>
  const say = (eventType, eventData) => parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
  addEventListener("message", ({ data }) => {
    const { eventType, eventData } = JSON.parse(data);
    document.getElementById("heard").textContent += eventType + " " + JSON.stringify(eventData) + "\\n";
    if (eventType === "main_button_pressed") say("web_app_data_send", { data: "answer=short" });
  });
  say("iframe_ready");
  say("web_app_ready");
  say("web_app_expand");
  say("web_app_setup_main_button", { is_visible: true, is_active: true, text: "Send the answer" });
  say("web_app_setup_back_button", { is_visible: true });
  say("web_app_request_theme");
</script>"""


async def _opened(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen, markup: dict[str, object]
) -> tuple[Screen, SandboxClient]:
    anna = await tg.person("Anna", username="anna", language_code="en")
    await anna.start("shop_bot")
    await bot.ok("sendMessage", chat_id=anna.id, text="A small quiz", reply_markup=markup)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.page.context.route(
        "https://app.example/**", lambda route: route.fulfill(body=PAGE, content_type="text/html")
    )
    return screen, tg


def _app(screen: Screen) -> Frame:
    return next(one for one in screen.page.frames if one.url.startswith(APP))


async def test_an_inline_button_opens_the_app_with_signed_data(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    markup = {"inline_keyboard": [[{"text": "Open the quiz", "web_app": {"url": APP}}]]}
    screen, _ = await _opened(tg, bot, sandbox, open_screen, markup)
    await screen.press("Open the quiz")
    sheet = screen.page.get_by_role("dialog", name="Shop")
    frame = sheet.locator("iframe").content_frame
    await expect(frame.locator("#heard")).to_contain_text("theme_changed")
    await expect(frame.locator("#heard")).to_contain_text('"is_expanded":true')
    given = parse_qs(urlsplit(_app(screen).url).fragment)
    fields = dict(parse_qsl(given["tgWebAppData"][0]))
    signed = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
    key = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    assert hmac.new(key, signed.encode(), hashlib.sha256).hexdigest() == fields["hash"]
    assert '"username":"anna"' in fields["user"]
    assert re.search(r'"bg_color":"#[0-9a-f]{6}"', given["tgWebAppThemeParams"][0])
    await sheet.get_by_role("button", name="Back").click()
    await expect(frame.locator("#heard")).to_contain_text("back_button_pressed")
    await screen.shot("mini-app")
    await sheet.get_by_role("button", name="Close the app").click()
    await expect(sheet).to_have_count(0)


async def test_an_app_of_the_keyboard_sends_its_data_and_closes(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    markup = {"keyboard": [[{"text": "Quiz", "web_app": {"url": APP}}]]}
    screen, _ = await _opened(tg, bot, sandbox, open_screen, markup)
    await bot.drain()
    await (
        screen.pane.get_by_role("group", name="The bot's keyboard").get_by_role("button", name="Quiz").click()
    )
    await screen.page.get_by_role("button", name="Send the answer").click()
    await expect(screen.log.get_by_text("Data from “Quiz” went to the bot")).to_be_visible()
    await expect(screen.page.get_by_role("dialog")).to_have_count(0)
    assert (await bot.drain("message"))[-1]["web_app_data"] == {"data": "answer=short", "button_text": "Quiz"}


async def test_the_menu_button_opens_the_app(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await bot.ok(
        "setChatMenuButton", menu_button={"type": "web_app", "text": "Course", "web_app": {"url": APP}}
    )
    screen, _ = await _opened(tg, bot, sandbox, open_screen, {"remove_keyboard": True})
    await screen.pane.get_by_role("button", name="Course").click()
    await expect(
        screen.page.get_by_role("dialog", name="Shop").locator("iframe").content_frame.locator("#heard")
    ).to_contain_text("viewport_changed")
