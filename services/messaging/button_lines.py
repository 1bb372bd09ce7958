"""Buttons of a broadcast as an author writes them in a chat: beside an address a button may start, tag or share something."""

from collections.abc import Sequence
from typing import Any

from core.text.button_lines import opens, split_lines
from core.text.refusal import InputRefused, Refused
from services.messaging.broadcast_plan import INVALID

ACTIONS = ("start", "tag", "share")  # else it is an address


def read_buttons(text: str) -> list[list[dict[str, Any]]]:
    """The rows as a broadcast's file has them; raises BROADCAST_INVALID for a line that is no button."""
    return read_rows([line for line in text.splitlines() if line.strip()])


def read_rows(lines: Sequence[str]) -> list[list[dict[str, Any]]]:
    """The same of lines each of which is a row: an empty one is no button."""
    try:
        rows = split_lines(lines, _leads)
    except Refused as refused:
        raise InputRefused(INVALID, refused.words) from refused
    return [[_button(label, target) for label, target in row] for row in rows]


def _button(label: str, target: str) -> dict[str, Any]:
    action, _, argument = target.partition(" ")
    if action in ACTIONS and argument.strip():
        return {"text": label, action: argument.strip()}
    return {"text": label, "url": target}


def _leads(target: str) -> bool:
    """Whether it is an action, or an address that Telegram opens."""
    action, *more = target.split()
    if action in ACTIONS and more:
        return action != "start" or len(more) == 1
    return opens(target)
