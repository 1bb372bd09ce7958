"""Answers to methods nobody taught the sandbox: the smallest object of the right type, true to what was asked."""

from typing import Any

from sandbox.chats import rendering
from sandbox.chats.access import find_chat
from sandbox.protocol.registry import Call
from sandbox.wire.schema import OBJECTS

Json = dict[str, Any]


def build(call: Call, kind: str, name: str = "") -> Any:
    """Make a value of the type; a field called like a parameter of the call repeats it."""
    first = kind.split("|", maxsplit=1)[0]
    if first.startswith("="):
        return first[1:]
    if first.startswith("["):
        return []
    if first in _PLAIN:
        return _PLAIN[first](call, name)
    if first in _KNOWN:
        return _KNOWN[first](call)
    return {field: build(call, description, field) for field, description in OBJECTS.get(first, {}).items()}


def _text(call: Call, name: str) -> str:
    asked = call.params.text(name)
    if asked or not name.endswith("id"):
        return asked or name.replace("_", " ")
    return str(call.world.count(f"plausible {name}"))


def _number(call: Call, name: str) -> int:
    if name.endswith("date"):
        return call.params.number(name) or call.world.clock.date()
    return call.params.number(name)


def _fraction(call: Call, name: str) -> float:
    return float(call.params.text(name) or 0)


def _truth(call: Call, name: str) -> bool:
    return call.params.flag(name)


def _user(call: Call) -> Json:
    return rendering.user(call.world, call.params.number("user_id") or call.bot.id)


def _chat(call: Call) -> Json:
    if not call.params.has("chat_id"):
        return {"id": call.bot.id, "type": "private", "first_name": call.bot.name}
    return rendering.chat(call.world, find_chat(call.world, call.bot, call.params.values["chat_id"]))


def _message(call: Call) -> Json:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    message = chat.messages.get(call.params.number("message_id"))
    if message is not None:
        return rendering.message(call.world, message, call.bot.id)
    return {
        "message_id": call.params.number("message_id"),
        "date": 0,
        "chat": rendering.chat(call.world, chat),
    }


_PLAIN = {"String": _text, "Integer": _number, "Float": _fraction, "Boolean": _truth}
_KNOWN = {"User": _user, "Chat": _chat, "Message": _message}
