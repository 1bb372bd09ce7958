"""What is sent arrives as Telegram would show it: formatting, files, albums, replies, copies."""

import aiohttp
import pytest
from bot_client import BotClient

from sandbox.client.client import Person, SandboxClient
from sandbox.control.samples import picture, sample


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna")
    await anna.start("sales_bot")
    await bot.drain()
    return anna


async def test_html_becomes_entities(anna: Person, bot: BotClient) -> None:
    text = '😀 <b>bold <i>both</i></b> &lt;tag&gt; <a href="http://example.com">site</a> <pre><code class="language-python">x</code></pre>'
    message = await bot.ok("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")
    assert message["text"] == "😀 bold both <tag> site x"
    assert message["entities"] == [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "italic", "offset": 8, "length": 4},
        {"type": "text_link", "offset": 19, "length": 4, "url": "http://example.com/"},
        {"type": "pre", "offset": 24, "length": 1, "language": "python"},
    ]


async def test_markdown_becomes_entities(anna: Person, bot: BotClient) -> None:
    text = "*bold _it_* __u__ ~s~ ||sp|| `a.b` [x](https://example.com/a)\n>quote\n>more\nend\\."
    message = await bot.ok("sendMessage", chat_id=anna.id, text=text, parse_mode="MarkdownV2")
    assert message["text"] == "bold it u s sp a.b x\nquote\nmore\nend."
    kinds = [(one["type"], one["offset"], one["length"]) for one in message["entities"]]
    assert kinds == [
        ("bold", 0, 7), ("italic", 5, 2), ("underline", 8, 1), ("strikethrough", 10, 1), ("spoiler", 12, 2),
        ("code", 15, 3), ("text_link", 19, 1), ("blockquote", 21, 10),
    ]  # fmt: skip


async def test_upload_download_and_reuse(anna: Person, bot: BotClient, course_bot: BotClient) -> None:
    form = aiohttp.FormData({"chat_id": str(anna.id), "caption": "See"})
    form.add_field("photo", picture(1), filename="p.png", content_type="image/png")
    async with bot.session.post(f"{bot.base_url}/bot{bot.token}/sendPhoto", data=form) as answer:
        message = (await answer.json())["result"]
    sizes = message["photo"]
    assert (sizes[-1]["width"], sizes[-1]["height"], message["caption"]) == (320, 200, "See")
    file = await bot.ok("getFile", file_id=sizes[-1]["file_id"])
    async with bot.session.get(f"{bot.base_url}/file/bot{bot.token}/{file['file_path']}") as answer:
        assert await answer.read() == picture(1)
    again = await bot.ok("sendPhoto", chat_id=anna.id, photo=sizes[-1]["file_id"])
    assert again["photo"][-1]["file_unique_id"] == sizes[-1]["file_unique_id"]
    refusal = await bot.fails("sendDocument", chat_id=anna.id, document=sizes[-1]["file_id"])
    assert refusal == (400, "Bad Request: can't use file of type Photo as Document")
    await anna.start("course_bot")
    refusal = await course_bot.fails("sendPhoto", chat_id=anna.id, photo=sizes[-1]["file_id"])
    assert refusal == (400, "Bad Request: wrong file identifier/HTTP URL specified")


async def test_bad_pictures_are_refused(anna: Person, bot: BotClient) -> None:
    form = aiohttp.FormData({"chat_id": str(anna.id)})
    form.add_field("photo", b"not a picture at all, whatever it says", filename="p.png")
    async with bot.session.post(f"{bot.base_url}/bot{bot.token}/sendPhoto", data=form) as answer:
        assert (await answer.json())["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


async def test_album_from_attachments(anna: Person, bot: BotClient) -> None:
    media = '[{"type":"photo","media":"attach://a","caption":"<b>Two</b>","parse_mode":"HTML"},{"type":"photo","media":"attach://b"}]'
    form = aiohttp.FormData({"chat_id": str(anna.id), "media": media})
    for name in ("a", "b"):
        form.add_field(name, picture(2), filename=f"{name}.png")
    async with bot.session.post(f"{bot.base_url}/bot{bot.token}/sendMediaGroup", data=form) as answer:
        sent = (await answer.json())["result"]
    assert len({one["media_group_id"] for one in sent}) == 1
    assert sent[0]["caption_entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    mixed = [{"type": "document", "media": "x"}, {"type": "photo", "media": sent[0]["photo"][-1]["file_id"]}]
    assert (await bot.fails("sendMediaGroup", chat_id=anna.id, media=mixed))[0] == 400


@pytest.mark.parametrize("kind", ["voice", "video", "video_note", "document", "audio", "photo"])
async def test_people_send_files(anna: Person, bot: BotClient, kind: str) -> None:
    chat = anna.chat("sales_bot")
    sent = await getattr(chat, f"send_{kind}")()
    (message,) = await bot.drain("message")
    assert sent.media == kind
    content = message[kind][-1] if kind == "photo" else message[kind]
    file = await bot.ok("getFile", file_id=content["file_id"])
    async with bot.session.get(f"{bot.base_url}/file/bot{bot.token}/{file['file_path']}") as answer:
        assert await answer.read() == sample(kind).data
    copied = await bot.ok(
        "copyMessage", chat_id=anna.id, from_chat_id=anna.id, message_id=message["message_id"]
    )
    assert copied["message_id"] > message["message_id"]


async def test_album_reply_edit_contact(anna: Person, bot: BotClient) -> None:
    chat = anna.chat("sales_bot")
    await chat.send_album(3, caption="Mine")
    album = await bot.drain("message")
    assert len(album) == 3
    assert len({one["media_group_id"] for one in album}) == 1
    asked = await bot.ok("sendMessage", chat_id=anna.id, text="Which?", reply_markup={"force_reply": True})
    question = await chat.expect("Which")
    await chat.reply(question, "This one")
    (answer,) = await bot.drain("message")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    await chat.edit(await chat.send("tpyo"), "typo")
    assert (await bot.drain("edited_message"))[0]["text"] == "typo"
    await chat.send_contact("+79990000000")
    assert (await bot.drain("message"))[0]["contact"]["user_id"] == anna.id


async def test_forward_protect_pin_delete(anna: Person, bot: BotClient) -> None:
    sent = await bot.ok("sendMessage", chat_id=anna.id, text="Keep", protect_content=True)
    assert sent["has_protected_content"] is True
    forwarded = await bot.ok(
        "forwardMessage", chat_id=anna.id, from_chat_id=anna.id, message_id=sent["message_id"]
    )
    assert forwarded["forward_origin"]["sender_user"]["id"] == 111111
    await bot.ok("pinChatMessage", chat_id=anna.id, message_id=sent["message_id"])
    assert (await bot.ok("getChat", chat_id=anna.id))["pinned_message"]["text"] == "Keep"
    await bot.ok("deleteMessage", chat_id=anna.id, message_id=sent["message_id"])
    assert "Keep" not in [
        one.text for one in await anna.chat("sales_bot").messages() if one.id == sent["message_id"]
    ]


async def test_replies_may_be_optional(anna: Person, bot: BotClient) -> None:
    lost = {"message_id": 9999, "allow_sending_without_reply": True}
    message = await bot.ok("sendMessage", chat_id=anna.id, text="Hi", reply_parameters=lost)
    assert "reply_to_message" not in message


async def test_parameters_come_in_every_way(anna: Person, bot: BotClient) -> None:
    url = f"{bot.base_url}/bot{bot.token}/sendmessage"
    params = {"chat_id": str(anna.id), "text": "Hi", "reply_markup": '{"keyboard":[["A"]]}'}
    async with bot.session.get(url, params=params) as answer:
        assert answer.status == 200
    async with bot.session.post(url, data=params) as answer:
        assert (await answer.json())["result"]["text"] == "Hi"
    assert (await anna.chat("sales_bot").last()).reply_buttons == ("A",)


async def test_commands_and_texts_of_a_bot(anna: Person, bot: BotClient) -> None:
    commands = [{"command": "help", "description": "Help"}]
    scope = {"type": "chat", "chat_id": anna.id}
    await bot.ok("setMyCommands", commands=commands, scope=scope, language_code="ru")
    assert await bot.ok("getMyCommands") == []
    assert await bot.ok("getMyCommands", scope=scope, language_code="ru") == commands
    await bot.ok("setMyDescription", description="About us")
    assert await bot.ok("getMyDescription", language_code="ru") == {"description": "About us"}
    assert await bot.ok("getChatMenuButton") == {"type": "commands"}


async def test_polls(anna: Person, bot: BotClient) -> None:
    sent = await bot.ok(
        "sendPoll", chat_id=anna.id, question="Ready?", options=["Yes", "No"], is_anonymous=False
    )
    chat = anna.chat("sales_bot")
    poll = await chat.expect(media="poll")
    await chat.vote(poll, "No")
    (answer,) = await bot.drain("poll_answer")
    assert (answer["poll_id"], answer["option_ids"], answer["user"]["id"]) == (
        sent["poll"]["id"],
        [1],
        anna.id,
    )
    quiz = {"chat_id": anna.id, "question": "2+2?", "options": [{"text": "4"}, {"text": "5"}], "type": "quiz"}
    assert await bot.fails("sendPoll", **quiz) == (400, "Bad Request: wrong correct option ID specified")
    sent = await bot.ok("sendPoll", **quiz, correct_option_ids=[0])
    await chat.vote(await chat.expect(media="poll"), "4")
    (update,) = await bot.drain("poll")
    assert update["total_voter_count"] == 1
    closed = await bot.ok("stopPoll", chat_id=anna.id, message_id=sent["message_id"])
    assert closed["is_closed"] is True
