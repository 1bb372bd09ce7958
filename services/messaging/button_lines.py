"""Buttons as an author writes them in a chat: a line is a row, `|` stands between two, `-` between words and action."""

import re
from collections.abc import Sequence
from typing import Any

from core.text.refusal import InputRefused, words
from core.text.targets import read_link
from services.messaging.broadcast_plan import INVALID

NONE = ("-", "—", "–")  # no buttons at all
ACTIONS = ("start", "tag", "share")  # else it is an address
_DASH = re.compile(r"(?<=\s)[-—–](?=\s)")


def read_buttons(text: str) -> list[list[dict[str, Any]]]:
    """The rows as a broadcast's file has them; raises BROADCAST_INVALID for a line that is no button."""
    return read_rows([line for line in text.splitlines() if line.strip()])


def read_rows(lines: Sequence[str]) -> list[list[dict[str, Any]]]:
    """The same of lines each of which is a row: an empty one is no button."""
    if len(lines) == 1 and lines[0].strip() in NONE:
        return []
    return [[_button(cell) for cell in line.split("|")] for line in lines]


def _button(written: str) -> dict[str, Any]:
    """What stands behind the first dash that leads somewhere: words may have dashes of their own."""
    line = f"{written} "
    halves = [(line[: dash.start()].strip(), line[dash.end() :].strip()) for dash in _DASH.finditer(line)]
    whole = [half for half in halves if all(half)]
    if not whole:
        raise InputRefused(INVALID, words("refused-button-line", given=written.strip()[:60]))
    label, target = next((half for half in whole if _leads(half[1])), whole[-1])
    action, _, argument = target.partition(" ")
    if action in ACTIONS and argument.strip():
        return {"text": label, action: argument.strip()}
    return {"text": label, "url": target}


def _leads(target: str) -> bool:
    """Whether it is an action, or an address that Telegram opens."""
    action, *more = target.split()
    if action in ACTIONS and more:
        return action != "start" or len(more) == 1
    try:
        return bool(read_link(target))
    except ValueError:
        return False
