"""What stands in the messages a bot has shown, as far as its owner remembers: an edit to the same is not sent.

Broadcasts are left out: they are changed as a whole, and each would drive out what people are at.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.delivery.schemas import Rendered

MOST = 10_000  # messages remembered, the latest
EDIT = "editMessageText"
SAYS = ("sendMessage", EDIT)
ALSO_EDIT = ("editMessageReplyMarkup", "deleteMessage")


@dataclass
class Shown:
    """Remembers words and buttons by chat and message while one process owns the bot."""

    _looks: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)

    def is_there(self, call: Rendered) -> bool:
        """Whether the call would edit a message to what stands there already."""
        place = _place(call, call.fields)
        return call.call.method == EDIT and place is not None and self._looks.get(place) == _look(call.fields)

    def note(self, call: Rendered, *, done: bool, result: Any) -> None:
        """Keep what a call has shown; one that may have changed a message in another way makes it unknown."""
        edited = _place(call, call.fields)
        if edited is not None and call.call.method in (EDIT, *ALSO_EDIT):
            self._looks.pop(edited, None)
        place = edited if call.call.method == EDIT else _place(call, result)
        if done and place is not None and call.call.method in SAYS and call.call.broadcast_id is None:
            self._looks[place] = _look(call.fields)
            while len(self._looks) > MOST:
                self._looks.popitem(last=False)


def _place(call: Rendered, named: Any) -> tuple[int, int] | None:
    number = named.get("message_id") if isinstance(named, Mapping) else None
    return (call.call.chat_id, number) if isinstance(number, int) else None


def _look(fields: Mapping[str, Any]) -> int:
    return hash(json.dumps([fields.get(name) for name in ("text", "parse_mode", "reply_markup")]))
