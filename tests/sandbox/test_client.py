"""The client library reads like a conversation."""

import asyncio
import re

import pytest
from bot_client import BotClient

from sandbox.client.client import SandboxClient


async def test_conversation(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna", language_code="ru")
    chat = anna.chat("sales_bot")
    await chat.send("/start partner7")
    (message,) = await bot.drain("message")
    assert message["text"] == "/start partner7"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "ru"
    keyboard = {"inline_keyboard": [[{"text": "Buy now", "callback_data": "buy:1"}]]}
    await bot.ok("sendMessage", chat_id=anna.id, text="First")
    await bot.ok(
        "sendMessage", chat_id=anna.id, text="<b>Hello</b>", parse_mode="HTML", reply_markup=keyboard
    )
    hello = await chat.expect("Hel+o")
    assert hello.html == "<b>Hello</b>"
    assert hello.buttons == ("Buy now",)
    assert [str(one) for one in chat.transcript] == ["/start partner7", "First", "Hello «Buy now»"]


async def test_press_waits_for_the_answer(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna")
    chat = await anna.start("sales_bot")
    await bot.drain()
    keyboard = {"inline_keyboard": [[{"text": "Buy now", "callback_data": "buy:1"}]]}
    await bot.ok("sendMessage", chat_id=anna.id, text="Offer", reply_markup=keyboard)
    pressing = asyncio.create_task(chat.press("Buy"))
    (update,) = await bot.updates(timeout=50)
    query = update["callback_query"]
    assert query["data"] == "buy:1"
    assert query["message"]["text"] == "Offer"
    await bot.ok("answerCallbackQuery", callback_query_id=query["id"], text="Done")
    assert await pressing == "Done"
    await bot.ok("editMessageText", chat_id=anna.id, message_id=query["message"]["message_id"], text="Bought")
    assert (await chat.expect(re.compile("^Bought$"))).edited


async def test_timeout_shows_the_transcript(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna")
    chat = await anna.start("sales_bot")
    await bot.ok("sendMessage", chat_id=anna.id, text="Something else")
    with pytest.raises(AssertionError, match="Something else"):
        await chat.expect("never", timeout=0.2)


async def test_link_buttons_open_the_other_bot(
    tg: SandboxClient, bot: BotClient, course_bot: BotClient
) -> None:
    anna = await tg.person("Anna")
    chat = await anna.start("sales_bot")
    keyboard = {
        "inline_keyboard": [[{"text": "To the course", "url": "https://t.me/course_bot?start=cd_1_2"}]]
    }
    await bot.ok("sendMessage", chat_id=anna.id, text="Welcome", reply_markup=keyboard)
    assert await chat.press("course") == "https://t.me/course_bot?start=cd_1_2"
    (message,) = await course_bot.drain("message")
    assert message["text"] == "/start cd_1_2"
    opened = await anna.open("t.me/course_bot")
    assert opened is anna.chat("course_bot")
