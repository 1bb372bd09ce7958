"""Buttons as an author writes them in a chat: a line is a row, `|` stands between two, `-` between words and what it opens."""

import re
from collections.abc import Callable, Sequence

from core.text.refusal import MOST_GIVEN, Refused
from core.text.targets import read_link

NONE = ("-", "—", "–")  # no buttons at all
_DASH = re.compile(r"(?<=\s)[-—–](?=\s)")
Leads = Callable[[str], bool]


def opens(target: str) -> bool:
    """Whether it is an address that Telegram opens."""
    try:
        return bool(read_link(target))
    except ValueError:
        return False


def split_text(text: str, leads: Leads = opens) -> list[list[tuple[str, str]]]:
    """As `split_lines`, of a text; its empty lines do not count."""
    return split_lines([line for line in text.splitlines() if line.strip()], leads)


def split_lines(lines: Sequence[str], leads: Leads = opens) -> list[list[tuple[str, str]]]:
    """The rows, each button as its words and its target; raises Refused for a line that is no button."""
    if len(lines) == 1 and lines[0].strip() in NONE:
        return []
    return [[_split(part, leads) for part in line.split("|")] for line in lines]


def _split(written: str, leads: Leads) -> tuple[str, str]:
    """What stands behind the first dash that leads somewhere: words may have dashes of their own."""
    line = f"{written} "
    halves = [(line[: dash.start()].strip(), line[dash.end() :].strip()) for dash in _DASH.finditer(line)]
    whole = [half for half in halves if all(half)]
    if not whole:
        raise Refused("refused-button-line", given=written.strip()[:MOST_GIVEN])
    return next((half for half in whole if leads(half[1])), whole[-1])
