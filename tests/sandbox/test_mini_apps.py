"""Mini Apps: signed data as Telegram signs it, what they send back, the menu button."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from bot_client import TOKEN, BotClient

from sandbox.client.client import Launch, Person, SandboxClient

APP = "https://example.com/app"


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna", username="anna", language_code="ru")
    await anna.start("sales_bot")
    await bot.drain()
    return anna


def opened(launch: Launch) -> dict[str, Any]:
    """The fields of the data in the address, after its signature was found right."""
    data = parse_qs(urlsplit(launch.url).fragment)["tgWebAppData"][0]
    fields = dict(parse_qsl(data))
    given = fields.pop("hash")
    key = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    assert given == hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return {**fields, "user": json.loads(fields["user"])}


async def test_an_inline_button_opens_an_app_that_may_answer_once(anna: Person, bot: BotClient) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": f"{APP}?a=1#x"}}]]}
    await bot.ok("sendMessage", chat_id=anna.id, text="Tap", reply_markup=keyboard)
    chat = anna.chat("sales_bot")
    launch = await chat.launch("Open")
    assert launch.url.startswith(f"{APP}?a=1#tgWebAppData=")
    fields = opened(launch)
    assert fields["query_id"] == launch.query_id
    assert (fields["user"]["id"], fields["user"]["language_code"]) == (anna.id, "ru")
    content = {"message_text": "<b>42</b>", "parse_mode": "HTML"}
    result = {"type": "article", "id": "1", "title": "Score", "input_message_content": content}
    answer = {"web_app_query_id": launch.query_id, "result": result}
    assert "inline_message_id" in await bot.ok("answerWebAppQuery", **answer)
    (message,) = await bot.drain("message")
    assert (message["text"], message["from"]["id"], message["via_bot"]["id"]) == ("42", anna.id, 111111)
    assert (await bot.fails("answerWebAppQuery", **answer))[1].startswith("Bad Request: query is too old")


async def test_a_keyboard_button_sends_data_back(anna: Person, bot: BotClient) -> None:
    keyboard = {"keyboard": [[{"text": "Form", "web_app": {"url": APP}}]]}
    await bot.ok("sendMessage", chat_id=anna.id, text="Fill in", reply_markup=keyboard)
    chat = anna.chat("sales_bot")
    assert "query_id" not in opened(await chat.launch_keyboard("Form"))
    await chat.send_app_data("Form", '{"size":"M"}')
    (message,) = await bot.drain("message")
    assert message["web_app_data"] == {"button_text": "Form", "data": '{"size":"M"}'}
    with pytest.raises(AssertionError, match="no Mini App button"):
        await chat.send_app_data("Other", "x")


async def test_the_menu_button(anna: Person, bot: BotClient) -> None:
    chat = anna.chat("sales_bot")
    assert (await chat.info())["menu_button"] == {"type": "commands"}
    button = {"type": "web_app", "text": "Shop", "web_app": {"url": APP}}
    await bot.ok("setChatMenuButton", menu_button=button)
    assert (await chat.info())["menu_button"] == button
    assert opened(await chat.launch_menu())["user"]["username"] == "anna"
    await bot.ok("setChatMenuButton", chat_id=anna.id, menu_button={"type": "commands"})
    assert await bot.ok("getChatMenuButton", chat_id=anna.id) == {"type": "commands"}
    with pytest.raises(AssertionError, match="opens no Mini App"):
        await chat.launch_menu()


async def test_a_link_opens_an_app_with_its_parameter(
    anna: Person, bot: BotClient, tg: SandboxClient
) -> None:
    await tg.abilities("sales_bot", mini_apps={"": APP, "quiz": f"{APP}/quiz"})
    assert (await bot.ok("getMe"))["has_main_web_app"] is True
    fields = opened(await anna.launch("https://t.me/sales_bot?startapp=lesson_3"))
    assert (fields["start_param"], fields["chat_type"]) == ("lesson_3", "sender")
    assert (await anna.launch("t.me/sales_bot/quiz")).url.startswith(f"{APP}/quiz#")
    with pytest.raises(AssertionError, match="no Mini App"):
        await anna.launch("t.me/sales_bot/other")
