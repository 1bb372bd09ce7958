"""setMessageReaction: what a bot thinks of a message."""

from typing import Any

from sandbox.chats import reactions
from sandbox.chats.access import find_chat, must_be_in
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, Message
from sandbox.wire.errors import bad_request

Json = dict[str, Any]


@method("setMessageReaction")
def set_message_reaction(call: Call) -> Any:
    """Put at most one reaction to a message, or take it away."""
    kinds = _kinds(call)
    chat, message = _message(call)
    if len(kinds) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    reactions.put(call.world, chat, message, call.bot.id, kinds)
    return True


def _kinds(call: Call) -> list[Json]:
    raw = call.params.json("reaction", "reaction types")
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise bad_request("expected an Array of ReactionType")
    return [_kind(entry) for entry in raw]


def _kind(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse ReactionType: expected an Object")
    kind = raw.get("type")
    if kind not in ("emoji", "custom_emoji"):
        raise bad_request("can't parse ReactionType: invalid reaction type specified")
    name = "emoji" if kind == "emoji" else "custom_emoji_id"
    if name not in raw:
        raise bad_request(f"can't parse ReactionType: Can't find field \"{name}\"")
    if kind == "emoji" and str(raw[name]).rstrip("\ufe0f") not in reactions.EMOJI:
        raise bad_request("REACTION_INVALID")
    return {"type": kind, name: raw[name]}


def _message(call: Call) -> tuple[Chat, Message]:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    message = chat.messages.get(call.params.number("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    return chat, message
