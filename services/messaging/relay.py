"""What two people say to each other through a bot: text, media and edits, each once and none lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.events import CallAnswered
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address, Words
from services.messaging.schemas import Handoff, Passed
from services.messaging.store import handoffs as store
from utils.telegram_html import shorten

SHOWN = "relay"  # name under which Telegram's answer comes back
LINES = 10  # of a talk that a new operator sees
MOST_LINE = 300
EDITABLE = ("photo", "video", "document", "audio", "animation")  # whose file can be changed


@dataclass(frozen=True)
class Said:
    """A message of one of the two; `content` has `text` or `kind`, Telegram's own fields of it, and `file_id`."""

    chat_id: int
    message_id: int
    content: Mapping[str, Any]


async def pass_over(uow: UnitOfWork, handoff_id: int, side: str, said: Said, to: Address | None) -> None:
    """Keep what was said and bring it to the other one; `to` None: there is none yet."""
    row = {
        "handoff_id": handoff_id,
        "side": side,
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "content": dict(said.content),
        "to_chat_id": to.chat_id if to else None,
        "at": uow.now,
    }
    passed_id = await store.add_message(uow.conn, uow.account_id, row)
    if passed_id is not None and to is not None:
        _bring(uow, passed_id, said, to)


async def pass_waiting(uow: UnitOfWork, handoff: Handoff) -> None:
    """Bring what the person has said before anybody was there."""
    for one in await store.list_messages(uow.conn, uow.account_id, handoff.id):
        if one.to_chat_id is None:
            to = handoff.operator
            values = {"to_chat_id": to.chat_id}
            await store.change_message(uow.conn, uow.account_id, one.id, values)
            _bring(uow, one.id, Said(one.chat_id, one.message_id, one.content), to)


def _bring(uow: UnitOfWork, passed_id: int, said: Said, to: Address) -> None:
    content = said.content
    if "text" in content:
        method, fields = "sendMessage", {"text": content["text"], "entities": content.get("entities", [])}
    else:
        method, fields = "copyMessage", {"from_chat_id": said.chat_id, "message_id": said.message_id}
    answer = {"name": SHOWN, "ref": passed_id}
    payload = {"chat_id": to.chat_id, **fields}
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, payload, _key(passed_id), on_result=answer))


async def change(uow: UnitOfWork, handoff: Handoff, said: Said, key: str) -> None:
    """Change what the other one sees as a message was changed; one not shown yet is changed when it is."""
    passed = await store.find_said(uow.conn, uow.account_id, handoff.id, said.chat_id, said.message_id)
    if passed is None:
        return
    values: dict[str, Any] = {"content": dict(said.content)}
    if passed.to_message_id is None:
        values["edited"] = dict(said.content)
    else:
        _edit(uow, passed, passed.to_message_id, said.content, handoff.bot_id, key)
    await store.change_message(uow.conn, uow.account_id, passed.id, values)


def _edit(
    uow: UnitOfWork, passed: Passed, message_id: int, content: Mapping[str, Any], bot_id: int, key: str
) -> None:
    chat_id = passed.to_chat_id or 0
    fields: dict[str, Any] = {"chat_id": chat_id, "message_id": message_id}
    caption = {name: content[name] for name in ("caption", "caption_entities") if name in content}
    if "text" in content:
        method = "editMessageText"
        fields |= {"text": content["text"], "entities": content.get("entities", [])}
    elif content["kind"] in EDITABLE and "file_id" in content:
        method = "editMessageMedia"
        fields["media"] = {"type": content["kind"], "media": content["file_id"], **caption}
    else:
        method = "editMessageCaption"
        fields |= caption
    enqueue(uow, Outgoing(bot_id, chat_id, method, fields, f"{_key(passed.id)}:{key}"))


async def note_shown(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Keep where a message is shown, and change it if it was changed meanwhile; say so to who said it if it could not be."""
    passed = await store.find_message(uow.conn, uow.account_id, answer.ref)
    if passed is None:
        return
    if not answer.ok:
        quoting = {"reply_parameters": {"message_id": passed.message_id, "allow_sending_without_reply": True}}
        to, words = Address(answer.bot_id, passed.chat_id), speech.words("talk-undelivered")
        speech.say(uow, to, words, f"{_key(passed.id)}:failed", extra=quoting)
        return
    message_id = answer.result["message_id"]
    values = {"to_message_id": message_id, "edited": None}
    await store.change_message(uow.conn, uow.account_id, passed.id, values)
    if passed.edited is not None:
        _edit(uow, passed, message_id, passed.edited, answer.bot_id, "late")


async def sum_up(uow: UnitOfWork, handoff: Handoff) -> Words | None:
    """The last lines of a talk for who comes new to it; None if nobody has spoken."""
    said = await store.list_messages(uow.conn, uow.account_id, handoff.id)
    lines = [speech.words(f"talk-line-{one.side}", text=_line(one.content)) for one in said[-LINES:]]
    return speech.lines(*lines, gap="\n") if lines else None


def _line(content: Mapping[str, Any]) -> str:
    words = content.get("text") or content.get("caption") or f"[{content.get('kind')}]"
    return shorten(str(words), MOST_LINE)


def _key(passed_id: int) -> str:
    return f"relay:{passed_id}"
