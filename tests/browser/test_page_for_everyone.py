"""The page without a mouse, for a screen reader, in the dark: axe's rules, the order of focus, what the keys do."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from sandbox.client.client import Person, SandboxClient
from scripts.install_browser import HOME
from tests.browser.conftest import OpenScreen
from tests.browser.screen import DESKTOP, PHONE, Look, Screen
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOOKS = [
    pytest.param(Look("en", DESKTOP)),
    pytest.param(Look("ru", PHONE, "dark")),
    pytest.param(Look("ru", PHONE), marks=pytest.mark.faults),
    pytest.param(Look("en", DESKTOP, "dark"), marks=pytest.mark.faults),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = HOME / "axe.min.js"


async def _furnished(tg: SandboxClient, bot: BotClient) -> Person:
    """A chat with one of everything."""
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    here = {"chat_id": anna.id}
    await bot.ok("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    options = [{"text": "One"}, {"text": "Two"}]
    await bot.ok("sendPoll", **here, question="Which?", options=options)
    await bot.ok("sendPoll", **here, question="Which ones?", options=options, allows_multiple_answers=True)
    await bot.ok("sendPoll", **here, question="2 × 2?", options=options, type="quiz", correct_option_ids=[1])
    await chat.vote(await chat.last(), 0)
    await bot.ok("sendContact", **here, phone_number="+79990001122", first_name="Ben")
    await bot.ok("sendLocation", **here, latitude=55.75, longitude=37.61)
    await bot.ok("sendDice", **here)
    prices = [{"label": "All", "amount": 250}]
    await bot.ok(
        "sendInvoice",
        **here,
        title="A course",
        description="Five days",
        payload="c",
        currency="XTR",
        prices=prices,
    )
    await chat.send_album(3, "Pictures")
    await chat.send_voice()
    await chat.send_document("notes.pdf", b"%PDF-")
    rows = [[{"text": "Buy", "callback_data": "b"}, {"text": "Site", "url": "https://example.com"}],
            [{"text": "Yes", "callback_data": "y", "style": "success"}, {"text": "No", "callback_data": "n", "style": "danger"}]]  # fmt: skip
    text = '<b>Bold</b> <tg-spoiler>hidden</tg-spoiler> <code>code</code> <a href="https://example.com">link</a> #tag\n<blockquote>quoted</blockquote>'
    sent = await bot.ok(
        "sendMessage", **here, text=text, parse_mode="HTML", reply_markup={"inline_keyboard": rows}
    )
    await bot.ok(
        "setMessageReaction",
        **here,
        message_id=sent["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    keys = [[{"text": "Next"}, {"text": "My number", "request_contact": True}]]
    await bot.ok("sendMessage", **here, text="Well?", reply_markup={"keyboard": keys})
    return anna


async def _broken_rules(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make browser` fetches it")
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("(tags) => axe.run({ runOnly: tags })", RULES)
    return [
        f"{broken['id']}: {node['target']} {node['failureSummary']}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_axe_finds_nothing(
    look: Look, tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await _furnished(tg, bot)
    screen = await open_screen(sandbox, look, person="anna")
    broken: dict[str, list[str]] = {}

    async def judge(place: str) -> None:
        broken[place] = await _broken_rules(screen.page)
        await screen.shot(f"everything-{len(broken)}")

    await judge("the list")
    await screen.enter("Shop")
    await screen.see("Well?")
    for place in (0, 0.5, 1):
        await screen.log.evaluate("(log, place) => { log.scrollTop = log.scrollHeight * place; }", place)
        await judge(f"the chat at {place}")
    await screen.press("250")
    await expect(screen.pane.get_by_role("dialog")).to_be_visible()
    await judge("the payment sheet")
    await screen.page.keyboard.press("Escape")
    await screen.menu_of("Well?")
    await judge("a message's menu")
    await screen.page.keyboard.press("Escape")
    await screen.page.get_by_role("button", name="Trouble" if look.language == "en" else "Неполадки").click()
    await expect(screen.page.get_by_role("dialog")).to_be_visible()
    await judge("the trouble card")
    assert {place: rules for place, rules in broken.items() if rules} == {}


FOCUSED = """(() => { const one = document.activeElement;
    return one === document.body ? "" : one.getAttribute("aria-label") || one.innerText; })()"""


async def _walk_to(screen: Screen, name: str, *, key: str = "Tab", steps: int = 30) -> None:
    """Press Tab until the focus stands on what is called so."""
    for _ in range(steps):
        if name in await screen.page.evaluate(FOCUSED):
            return
        await screen.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {name!r}")


async def test_everything_is_reached_by_keys_alone(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Anna", username="anna")
    screen = await open_screen(sandbox, person="anna")
    await expect(screen.entry("Shop")).to_be_visible()
    press = screen.page.keyboard.press
    # From the first person to the first chat, by Tab and arrows; a pressed person keeps the focus.
    await _walk_to(screen, "Anna")
    for _ in range(2):
        await press("Enter")
        await expect(screen.page.get_by_role("navigation").get_by_role("button", name="Anna")).to_be_focused()
    await expect(screen.entry("Shop")).to_be_visible()  # their screen was closed and is opened anew
    await _walk_to(screen, "@shop_bot")
    await press("ArrowDown")
    await press("ArrowUp")
    await press("Enter")
    await expect(screen.pane.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await _walk_to(screen, "Start")
    await press("Enter")
    await expect(screen.field).to_be_focused()
    await screen.page.keyboard.type("Hello")
    await press("Enter")
    await screen.see("Hello")
    await bot.drain()
    rows = [[{"text": "Buy", "callback_data": "buy"}]]
    anna = await tg.find_person("anna")
    await bot.ok("sendMessage", chat_id=anna.id, text="A book", reply_markup={"inline_keyboard": rows})
    await expect(screen.button("Buy")).to_be_visible()
    # Backwards from the field to the newest message and its button.
    await _walk_to(screen, "Buy", key="Shift+Tab", steps=6)
    await press("Enter")
    query = (await bot.updates(timeout=50))[0]["callback_query"]
    await bot.ok("answerCallbackQuery", callback_query_id=query["id"], text="Yours", show_alert=True)
    await expect(screen.page.get_by_role("dialog")).to_contain_text("Yours")
    await press("Escape")
    await expect(screen.button("Buy")).to_be_focused()
    # The bot rewrites the message under the focus: it stays on the button.
    await bot.ok(
        "editMessageText",
        chat_id=anna.id,
        message_id=query["message"]["message_id"],
        text="A good book",
        reply_markup={"inline_keyboard": rows},
    )
    await screen.see("A good book")
    await expect(screen.button("Buy")).to_be_focused()


async def test_arrows_walk_the_messages_and_enter_opens_their_menu(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    for text in ("One", "Two", "Three"):
        await chat.send(text)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("Three")
    press = screen.page.keyboard.press
    await screen.message("Three").focus()
    await press("ArrowUp")
    await expect(screen.message("Two")).to_be_focused()
    await press("Home")
    await expect(screen.message("/start")).to_be_focused()
    await press("End")
    await press("Enter")
    await expect(screen.page.get_by_role("menu")).to_be_visible()
    await press("Escape")
    await expect(screen.message("Three")).to_be_focused()
    await press("Escape")
    await expect(screen.field).to_be_focused()
    await press("ArrowUp")
    await expect(screen.field).to_have_value("Three")
    await screen.page.keyboard.type("!")
    await press("Enter")
    await screen.see("Three!")
    await press("/")
    await press("Escape")
    await press("Escape")
    await expect(screen.pane.get_by_text("Choose a chat")).to_be_visible()


async def test_new_messages_are_announced_and_drafts_are_not(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("/start")
    # A reader hears what is added to the log; what was there before must not be added again.
    await screen.log.evaluate(
        """(log) => { window.added = []; new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes)
        if (node.matches?.("article")) window.added.push(node.innerText.split("\\n")[0]); }).observe(log, { childList: true, subtree: true }); }"""
    )
    await bot.ok("sendMessageDraft", chat_id=anna.id, draft_id=1, text="Wri")
    await expect(screen.log.get_by_role("group", name="typing…")).to_be_visible()
    await bot.ok("sendMessage", chat_id=anna.id, text="Written")
    await screen.see("Written")
    assert await screen.page.evaluate("window.added") == ["Written"]
    assert await screen.log.locator(".drafts").get_attribute("aria-live") == "off"
