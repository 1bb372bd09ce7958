"""answerCallbackQuery: the answer to a pressed button."""

import time
from typing import Any

from sandbox.protocol.registry import Call, method
from sandbox.text import utf16
from sandbox.wire.errors import bad_request

MAX_ANSWER = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> Any:
    """Show a note to the person who pressed, and stop the button's spinner; once, and soon."""
    text = call.params.text("text")
    if utf16.length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    callback = call.world.callbacks.get(call.params.text("callback_query_id"))
    if callback is None or callback.bot_id != call.bot.id or callback.answer is not None:
        raise bad_request(TOO_OLD)
    if time.monotonic() - callback.at > call.world.options.callback_ttl:
        raise bad_request(TOO_OLD)
    callback.answer = {
        "text": text,
        "show_alert": call.params.flag("show_alert"),
        "url": call.params.text("url"),
        "cache_time": call.params.number("cache_time"),
    }
    call.world.hub.wake(f"callback:{callback.id}")
    note = {
        "event": "answer",
        "text": text,
        "show_alert": callback.answer["show_alert"],
        "callback": callback.id,
    }
    call.world.hub.tell(callback.person_id, note)
    return True
