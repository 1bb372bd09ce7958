"""The facts in schema.json are the installed aiogram's, and what has no handler is answered by them."""

import json

from bot_client import BotClient

from sandbox.client.client import SandboxClient
from sandbox.protocol.registry import HANDLERS
from sandbox.wire.schema import METHODS
from scripts.sandbox_schema import SCHEMA, read_schema

LEGACY = {"kickChatMember", "getChatMembersCount"}


def test_the_file_is_what_aiogram_knows() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == read_schema(), (
        "run python -m scripts.sandbox_schema"
    )


def test_every_handler_answers_a_method_that_exists() -> None:
    known = {facts.name for facts in METHODS.values()}
    assert {name for name, _ in HANDLERS.values()} <= known | LEGACY


async def test_an_untaught_method_is_checked_answered_and_recorded(bot: BotClient, tg: SandboxClient) -> None:
    assert await bot.ok("getUserProfileAudios", user_id=1) == {"total_count": 0, "audios": []}
    assert await bot.ok("SETPASSPORTDATAERRORS", user_id=1, errors=[]) is True
    assert [one["method"] for one in await tg.calls()] == ["getUserProfileAudios", "setPassportDataErrors"]
    wrong = "setPassportDataErrors"
    assert await bot.fails(wrong, errors=[]) == (400, "Bad Request: invalid user_id specified")
    assert await bot.fails(wrong, user_id="me", errors=[]) == (400, "Bad Request: invalid user_id specified")
    refusal = (400, 'Bad Request: parameter "errors" is required')
    assert await bot.fails(wrong, user_id=1) == refusal


async def test_what_an_untaught_method_sends_is_a_message(bot: BotClient, tg: SandboxClient) -> None:
    anna = await tg.person("Anna")
    chat = await anna.start("sales_bot")
    sent = await bot.ok("sendGame", chat_id=anna.id, game_short_name="chess")
    assert (await chat.last()).id == sent["message_id"]
    await bot.ok("deleteMessage", chat_id=anna.id, message_id=sent["message_id"])
