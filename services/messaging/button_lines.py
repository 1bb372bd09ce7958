"""Buttons as an author writes them in a chat: a line is a row, `|` stands between two, `-` between words and action."""

import re
from typing import Any

from core.text.refusal import InputRefused, words
from services.messaging.broadcast_plan import INVALID

NONE = ("-", "—", "–")  # no buttons at all
ACTIONS = ("start", "tag", "share")  # else it is an address
_DASH = re.compile(r"\s[-—–]\s")


def read_buttons(text: str) -> list[list[dict[str, Any]]]:
    """The rows as a broadcast's file has them; raises BROADCAST_INVALID for a line that is no button."""
    if text.strip() in NONE:
        return []
    return [[_button(one) for one in line.split("|")] for line in text.splitlines() if line.strip()]


def _button(written: str) -> dict[str, Any]:
    label, *rest = _DASH.split(written.strip(), maxsplit=1)
    if not label.strip() or not rest or not rest[0].strip():
        raise InputRefused(INVALID, words("refused-button-line", given=written.strip()[:60]))
    action, _, argument = rest[0].strip().partition(" ")
    if action in ACTIONS and argument.strip():
        return {"text": label.strip(), action: argument.strip()}
    return {"text": label.strip(), "url": rest[0].strip()}
