"""Wrong calls are refused with Telegram's codes and words."""

from typing import Any

import pytest
from bot_client import BotClient

from sandbox.client import Person, SandboxClient

BUTTON = "can't parse inline keyboard button: "
ENTITIES = "Bad Request: can't parse entities: "


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna", id=500)
    await anna.start("sales_bot")
    await bot.ok("sendMessage", chat_id=500, text="Hello")
    await bot.ok("sendDocument", chat_id=500, document=await file_of(anna, bot))
    return anna


async def file_of(person: Person, bot: BotClient) -> str:
    await person.chat("sales_bot").send_document("a.txt", b"text")
    return str((await bot.drain("message"))[-1]["document"]["file_id"])


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


def html(text: str) -> dict[str, Any]:
    return {"chat_id": 500, "text": text, "parse_mode": "HTML"}


def marked(text: str) -> dict[str, Any]:
    return {"chat_id": 500, "text": text, "parse_mode": "MarkdownV2"}


def text(**more: Any) -> dict[str, Any]:
    return {"chat_id": 500, "text": "Hi", **more}


WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("sendMessage", {"chat_id": 500}, 400, "Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": 500, "text": " \n "}, 400, "Bad Request: text must be non-empty"),
    ("sendMessage", {"chat_id": 500, "text": "x" * 4097}, 400, "Bad Request: message is too long"),
    ("sendMessage", {"chat_id": 500, "text": "😀" * 2049}, 400, "Bad Request: message is too long"),
    ("sendMessage", {"text": "Hi"}, 400, "Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": 404, "text": "Hi"}, 400, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": -404, "text": "Hi"}, 400, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": "@nobody_here", "text": "Hi"}, 400, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": 222222, "text": "Hi"}, 403, "Forbidden: bot can't send messages to bots"),
    ("sendMessage", text(parse_mode="RTF"), 400, "Bad Request: unsupported parse_mode"),
    ("sendMessage", html("<b>Hi"), 400, ENTITIES + "Can't find end tag corresponding to start tag \"b\""),
    ("sendMessage", html("Я <x>"), 400, ENTITIES + 'Unsupported start tag "x" at byte offset 3'),
    ("sendMessage", html("<b>a</i>"), 400, ENTITIES + 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("sendMessage", html("a</b>"), 400, ENTITIES + "Unexpected end tag at byte offset 1"),
    ("sendMessage", html("1 < 2"), 400, ENTITIES + 'Unsupported start tag "" at byte offset 2'),
    ("sendMessage", html("a <b"), 400, ENTITIES + "Unclosed start tag at byte offset 2"),
    ("sendMessage", html('<span class="x">a</span>'), 400, ENTITIES + 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("sendMessage", marked("Hi."), 400, ENTITIES + "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("sendMessage", marked("я *b"), 400, ENTITIES + "Can't find end of Bold entity at byte offset 3"),
    ("sendMessage", text(parse_mode="Markdown", text="a_b"), 400, ENTITIES + "Can't find end of the entity starting at byte offset 1"),
    ("sendMessage", text(reply_markup="{"), 400, "Bad Request: can't parse reply keyboard markup JSON object"),
    ("sendMessage", text(reply_markup=[]), 400, "Bad Request: object expected as reply markup"),
    ("sendMessage", text(reply_markup=keyboard(text="A")), 400, f"Bad Request: {BUTTON}Text buttons are unallowed in the inline keyboard"),
    ("sendMessage", text(reply_markup=keyboard(callback_data="a")), 400, f'Bad Request: {BUTTON}Can\'t find field "text"'),
    ("sendMessage", text(reply_markup=keyboard(text="A", callback_data="я" * 33)), 400, "Bad Request: BUTTON_DATA_INVALID"),
    ("sendMessage", text(reply_markup=keyboard(text="A", url="no link")), 400, "Bad Request: inline keyboard button URL 'no link' is invalid: Wrong HTTP URL"),
    ("sendMessage", text(reply_parameters={"message_id": 999}), 400, "Bad Request: message to be replied not found"),
    ("editMessageText", {"chat_id": 500, "message_id": 2, "text": "Hello"}, 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"),
    ("editMessageText", {"chat_id": 500, "message_id": 99, "text": "Hi"}, 400, "Bad Request: message to edit not found"),
    ("editMessageText", {"chat_id": 500, "text": "Hi"}, 400, "Bad Request: message identifier is not specified"),
    ("editMessageText", {"chat_id": 500, "message_id": 1, "text": "Hi"}, 400, "Bad Request: message can't be edited"),
    ("editMessageText", {"chat_id": 500, "message_id": 4, "text": "Hi"}, 400, "Bad Request: there is no text in the message to edit"),
    ("editMessageCaption", {"chat_id": 500, "message_id": 2, "caption": "Hi"}, 400, "Bad Request: there is no caption in the message to edit"),
    ("editMessageReplyMarkup", {"chat_id": 500, "message_id": 2, "reply_markup": {"keyboard": [["A"]]}}, 400, "Bad Request: inline keyboard expected"),
    ("deleteMessage", {"chat_id": 500, "message_id": 99}, 400, "Bad Request: message to delete not found"),
    ("deleteMessages", {"chat_id": 500, "message_ids": list(range(1, 102))}, 400, "Bad Request: too many message identifiers specified"),
    ("copyMessage", {"chat_id": 500, "from_chat_id": 500, "message_id": 99}, 400, "Bad Request: message to copy not found"),
    ("forwardMessage", {"chat_id": 500, "from_chat_id": 500, "message_id": 99}, 400, "Bad Request: message to forward not found"),
    ("sendPhoto", {"chat_id": 500}, 400, "Bad Request: there is no photo in the request"),
    ("sendPhoto", {"chat_id": 500, "photo": "nonsense"}, 400, "Bad Request: wrong file identifier/HTTP URL specified"),
    ("sendMediaGroup", {"chat_id": 500, "media": []}, 400, "Bad Request: there are no messages to send"),
    ("sendMediaGroup", {"chat_id": 500, "media": [{"type": "animation", "media": "x"}]}, 400, 'Bad Request: can\'t parse InputMedia: type "animation" can\'t be used in sendMediaGroup'),
    ("sendChatAction", {"chat_id": 500, "action": "dancing"}, 400, "Bad Request: wrong parameter action in request"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, 400, "Bad Request: MESSAGE_TOO_LONG"),
    ("getFile", {"file_id": "nonsense"}, 400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
    ("getChatMember", {"chat_id": 500, "user_id": 404}, 400, "Bad Request: user not found"),
    ("getChatAdministrators", {"chat_id": 500}, 400, "Bad Request: there are no administrators in the private chat"),
    ("banChatMember", {"chat_id": 500, "user_id": 500}, 400, "Bad Request: chat member status can't be changed in private chats"),
    ("setWebhook", {"url": "http://example.com/x"}, 400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "https://example.com", "secret_token": "no spaces"}, 400, "Bad Request: secret token contains unallowed characters"),
    ("setMyCommands", {"commands": [{"command": "Bad!", "description": "x"}]}, 400, "Bad Request: BOT_COMMAND_INVALID"),
    ("noSuchMethod", {}, 404, "Not Found"),
]  # fmt: skip


@pytest.mark.usefixtures("anna")
async def test_refusals(bot: BotClient) -> None:
    for method, params, code, description in WRONG:
        assert (method, params, *await bot.fails(method, **params)) == (method, params, code, description)


async def test_tokens(bot: BotClient, tg: SandboxClient) -> None:
    bot.token = "111111:wrong"
    assert await bot.fails("getMe") == (401, "Unauthorized")
    bot.token = "nonsense"
    assert await bot.fails("getMe") == (404, "Not Found")


async def test_who_may_be_written_to(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna")
    message = {"chat_id": anna.id, "text": "Hi"}
    stranger = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await bot.fails("sendMessage", **message) == stranger
    chat = await anna.start("sales_bot")
    await bot.ok("sendMessage", **message)
    await anna.block("sales_bot")
    assert await bot.fails("sendMessage", **message) == (403, "Forbidden: bot was blocked by the user")
    await anna.unblock("sales_bot")
    await bot.ok("sendMessage", **message)
    states = [one["new_chat_member"]["status"] for one in await bot.drain("my_chat_member")]
    assert states == ["member", "kicked", "member"]
    await anna.delete_account()
    assert await bot.fails("sendMessage", **message) == (403, "Forbidden: user is deactivated")
    assert (await chat.info())["blocked"] is False


async def test_groups_refuse_outsiders_and_the_voiceless(tg: SandboxClient, bot: BotClient) -> None:
    boris = await tg.person("Boris")
    group = await tg.group("Club", owner=boris, bots=["sales_bot"])
    message = {"chat_id": group.id, "text": "Hi"}
    await bot.ok("sendMessage", **message)
    await group.set_bot("sales_bot", "member")
    await group.permissions(can_send_messages=False)
    assert await bot.fails("sendMessage", **message) == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )
    refusal = (400, "Bad Request: not enough rights to manage chat invite link")
    assert await bot.fails("createChatInviteLink", chat_id=group.id) == refusal
    await group.set_bot("sales_bot", "kicked")
    assert await bot.fails("sendMessage", **message) == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    await group.set_bot("sales_bot", "left")
    assert await bot.fails("sendMessage", **message) == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


async def test_an_upgraded_group_names_its_heir(tg: SandboxClient, bot: BotClient) -> None:
    boris = await tg.person("Boris")
    group = await tg.group("Club", type="group", owner=boris, bots=["sales_bot"])
    assert -1_000_000_000 < group.id < 0
    heir = await group.upgrade()
    status, body = await bot.ask("sendMessage", chat_id=group.id, text="Hi")
    assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert body["parameters"] == {"migrate_to_chat_id": heir.id}
    assert str(heir.id).startswith("-100")
    await bot.ok("sendMessage", chat_id=heir.id, text="Hi")
