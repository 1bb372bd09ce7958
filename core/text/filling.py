"""Values in a text that has its formatting beside it: what stands behind a value moves with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from utils.telegram_html import utf16_length

_NAME = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def fill_in(
    text: str, entities: Sequence[Mapping[str, Any]], values: Mapping[str, str]
) -> tuple[str, list[dict[str, Any]]]:
    """The text with its `{{names}}` replaced, once, by values that are never read again; a name without a value stays.

    Formatting (Telegram's entities, in UTF-16 units) that begins behind a name moves, one that holds it grows or shrinks.
    """
    moved = [dict(entity) for entity in entities]
    filled, last = "", 0
    for name in _NAME.finditer(text):
        value = values.get(name[1])
        if value is None:
            continue
        filled += text[last : name.start()]
        begin, width = utf16_length(filled), utf16_length(name[0])
        _make_room(moved, begin, width, utf16_length(value) - width)
        filled, last = filled + value, name.end()
    return filled + text[last:], [entity for entity in moved if entity["length"] > 0]


def _make_room(entities: Sequence[dict[str, Any]], begin: int, width: int, more: int) -> None:
    """What stands at `begin`, so wide, has become longer by `more`."""
    for entity in entities:
        if entity["offset"] >= begin + width:
            entity["offset"] += more
        elif entity["offset"] <= begin and entity["offset"] + entity["length"] >= begin + width:
            entity["length"] += more
