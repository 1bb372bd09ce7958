"""Messages on the page: buttons, formatting, files, reactions, drafts, as they come and change."""

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")
RICH = (
    "<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <tg-spoiler>hidden</tg-spoiler> <code>code</code>\n"
    '<pre><code class="language-python">x = 1</code></pre>\n<blockquote>quoted</blockquote>\n'
    "<blockquote expandable>1\n2\n3\n4\n5\n6</blockquote>\n"
    '<a href="https://example.com/">link</a> @shop_bot #tag /help me@example.com https://t.me/lessons_bot +79991234567'
)


async def test_a_button_is_answered_and_the_message_changes_in_place(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    keyboard = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy"}]]}
    sent = await bot.ok("sendMessage", chat_id=anna.id, text="A good book", reply_markup=keyboard)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("A good book")
    await bot.drain()
    await screen.press("Buy")
    query = (await bot.updates(timeout=50))[0]["callback_query"]
    assert query["data"] == "buy"
    await bot.ok("answerCallbackQuery", callback_query_id=query["id"], text="It is yours", show_alert=True)
    await expect(screen.page.get_by_role("dialog")).to_contain_text("It is yours")
    await screen.choose("OK")
    await bot.ok("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Bought")
    await expect(await screen.see("Bought")).to_contain_text("edited")
    await expect(screen.log.get_by_role("article")).to_have_count(2)
    await bot.ok("deleteMessage", chat_id=anna.id, message_id=sent["message_id"])
    await expect(screen.message("Bought")).to_have_count(0)


async def test_what_comes_while_the_history_is_on_its_way_stays(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    await bot.ok("sendMessage", chat_id=anna.id, text="Written before")
    screen = await open_screen(sandbox, person="anna")
    go = asyncio.Event()

    async def hold(route: Route) -> None:
        """The answer that the sandbox gives now arrives later."""
        answer = await route.fetch()
        await go.wait()
        await route.fulfill(response=answer)

    await screen.page.route(re.compile("/messages\\?since=0"), hold)
    async with screen.page.expect_request(re.compile("/messages\\?since=0")):
        await screen.entry("Shop").click()
    await bot.ok("sendMessage", chat_id=anna.id, text="Written meanwhile")
    await screen.see("Written meanwhile")
    go.set()
    await screen.see("Written before")
    await screen.see("Written meanwhile")


async def test_every_kind_of_formatting_is_shown(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    await bot.ok("sendMessage", chat_id=anna.id, text=RICH, parse_mode="HTML")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    message = await screen.see("bold")
    for tag, text in {
        "b": "bold",
        "i": "italic",
        "u": "under",
        "s": "struck",
        "pre": "x = 1",
        "code": "code",
    }.items():
        await expect(message.locator(f".text {tag}").first).to_contain_text(text)
    await expect(message.locator("blockquote")).to_have_count(2)
    await expect(message.locator(".tag")).to_have_text(["#tag"])
    links = await message.locator("a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert links == [
        "https://example.com/", "https://t.me/shop_bot", "#", "mailto:me@example.com", "https://t.me/lessons_bot", "tel:+79991234567",
    ]  # fmt: skip
    await expect(message.get_by_text("hidden")).to_be_hidden()
    await message.get_by_role("button", name="Hidden text").click()
    await expect(message.get_by_text("hidden")).to_be_visible()
    await message.get_by_role("button", name="Show more").click()
    await expect(message.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    await screen.shot("formatting")


async def _with_files(tg: SandboxClient, sandbox: str, open_screen: OpenScreen) -> Screen:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    await chat.send_album(3, "From the sea")
    await chat.send_voice()
    await chat.send_audio()
    await chat.send_video("A film")
    await chat.send_video_note()
    await chat.send_document("notes.pdf", b"%PDF-")
    return await open_screen(sandbox, person="anna", chat="shop_bot")


async def test_an_album_is_one_message_and_opens_large(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    screen = await _with_files(tg, sandbox, open_screen)
    album = await screen.see("From the sea")
    await expect(album.get_by_role("group", name="Album: 3 files")).to_be_visible()
    await album.get_by_role("button", name="Photo").nth(1).click()
    viewer = screen.page.get_by_role("dialog", name="Photo")
    await expect(viewer).to_contain_text("2 / 3")
    await screen.page.keyboard.press("ArrowRight")
    await expect(viewer).to_contain_text("3 / 3")
    await screen.shot("album")
    await screen.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_sounds_play_one_at_a_time_and_what_cannot_be_played_can_be_saved(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    screen = await _with_files(tg, sandbox, open_screen)
    voice = screen.log.get_by_role("button", name=re.compile(r"(Play|Pause): Voice message"))
    music = screen.log.get_by_role("button", name=re.compile(r"(Play|Pause): Music"))
    await voice.click()
    await expect(voice).to_have_accessible_name(re.compile("^Pause"))
    await music.click()
    await expect(voice).to_have_accessible_name(re.compile("^Play"))
    await expect(screen.log.get_by_role("link", name=re.compile("^Video, .*save$"))).to_be_visible()
    await expect(screen.log.get_by_role("link", name=re.compile("^Round video, .*save$"))).to_be_visible()
    file = screen.log.get_by_role("link", name="File: notes.pdf")
    await expect(file).to_have_attribute("download", "notes.pdf")
    await screen.shot("files")


async def test_a_person_answers_changes_and_takes_back_her_own_message(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    await bot.ok("sendMessage", chat_id=anna.id, text="What is your name?")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.menu_of("What is your name?", "Reply")
    await screen.write("An")
    answer = await screen.see("An")
    await expect(answer.get_by_role("button", name="Reply to Shop: What is your name?")).to_be_visible()
    await screen.menu_of("An", "Change")
    await screen.write("Anna")
    await expect(screen.log.get_by_role("article").last).to_contain_text("Annaedited")
    await screen.menu_of("Anna", "Delete")
    await expect(screen.log.get_by_role("article")).to_have_count(2)
    assert [one.text for one in await chat.messages()] == ["/start", "What is your name?"]


async def test_reactions_are_put_joined_and_taken_back(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    sent = await bot.ok("sendMessage", chat_id=anna.id, text="Well done")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.menu_of("Well done", "React with 👍")
    mine = screen.message("Well done").get_by_role("button", name="👍")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await bot.ok(
        "setMessageReaction",
        chat_id=anna.id,
        message_id=sent["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    await expect(mine).to_have_accessible_name(re.compile("2 people"))
    await mine.click()
    await expect(mine).to_have_attribute("aria-pressed", "false")
    await screen.shot("reactions")


async def test_an_answer_grows_word_by_word_until_it_is_sent(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.see("/start")
    await bot.ok("sendChatAction", chat_id=anna.id, action="typing")
    await expect(screen.pane.get_by_text("typing…").first).to_be_visible()
    draft = screen.log.get_by_role("group", name="typing…")
    for text in ("Once", "Once upon <b>a time</b>"):
        await bot.ok("sendMessageDraft", chat_id=anna.id, draft_id=7, text=text, parse_mode="HTML")
        await expect(draft).to_have_text(re.sub("<.*?>", "", text))
    await screen.shot("draft")
    await bot.ok("sendMessage", chat_id=anna.id, text="Once upon a time there was a bot")
    await screen.see("there was a bot")
    await expect(draft).to_have_count(0)


async def test_the_bots_keyboard_sends_texts_and_the_phone_number(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    chat = await anna.start("shop_bot")
    keys = [[{"text": "Yes"}, {"text": "No"}], [{"text": "My number", "request_contact": True}]]
    await bot.ok("sendMessage", chat_id=anna.id, text="Sure?", reply_markup={"keyboard": keys})
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    board = screen.pane.get_by_role("group", name="The bot's keyboard")
    await board.get_by_role("button", name="Yes").click()
    await screen.see("Yes")
    await board.get_by_role("button", name="My number").click()
    await screen.choose("Share")
    await expect(screen.log.get_by_role("article").last).to_contain_text("+70000000000")
    assert (await chat.last()).media == "contact"
    await screen.shot("keyboard")
    await bot.ok("sendMessage", chat_id=anna.id, text="Thanks", reply_markup={"remove_keyboard": True})
    await expect(board).to_be_hidden()


async def test_the_bots_commands_are_offered_in_the_persons_language(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    vera = await tg.person("Vera", username="vera", language_code="ru")
    chat = await vera.start("shop_bot")
    await bot.ok("setMyCommands", commands=[{"command": "help", "description": "What I can do"}])
    await bot.ok(
        "setMyCommands", commands=[{"command": "help", "description": "Что я умею"}], language_code="ru"
    )
    screen = await open_screen(sandbox, person="vera", chat="shop_bot")
    await screen.pane.get_by_role("button", name="Menu").click()
    await expect(screen.page.get_by_role("menuitem")).to_have_text("/helpЧто я умею")
    await screen.page.keyboard.press("Enter")
    await screen.see("/help")
    assert (await chat.last()).text == "/help"
    own = {"type": "chat", "chat_id": vera.id}
    await bot.ok("setMyCommands", commands=[{"command": "stats", "description": "Figures"}], scope=own)
    await bot.ok("sendMessage", chat_id=vera.id, text="You are an admin now")
    await expect(screen.entry("Shop")).to_contain_text("You are an admin now")
    await screen.field.press("/")
    await expect(screen.page.get_by_role("menuitem")).to_have_text("/statsFigures")
