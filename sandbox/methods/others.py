"""Every other method the Bot API has: checked by its schema, answered plausibly."""

from typing import Any

from sandbox.chats.access import find_chat
from sandbox.methods import sending
from sandbox.protocol.plausible import build
from sandbox.protocol.registry import Call, fallback
from sandbox.wire.schema import METHODS, check_params


@fallback({facts.name for facts in METHODS.values()})
def answer_plausibly(call: Call) -> Any:
    """Check the call by the schema; make a message of what is sent, and an object of what is asked."""
    facts = METHODS[call.method.lower()]
    check_params(facts, call.params)
    if facts.makes:
        content = {name: build(call, kind, name) for name, kind in facts.makes.items()}
        return sending.send(call, sending.target(call), {**content, **sending.caption_of(call)})
    if call.params.has("chat_id"):
        find_chat(call.world, call.bot, call.params.values["chat_id"])
    if facts.returns == "Boolean" or call.params.text("inline_message_id"):
        return True
    return build(call, facts.returns)
