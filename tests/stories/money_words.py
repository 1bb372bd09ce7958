"""The words of the product as somebody finds them in a chat: by their key, whatever they say today."""

import html
import re
from functools import cache

from core.text.catalog import catalogue
from sandbox.client.client import Chat, Message
from tests.stories.school import PATIENCE, eventually

LAST = 4  # messages that are shown of a chat in which something is missing
_VALUES = re.compile(r"(?<!\{)\{[^{}]*\}(?!\})")
_TAGS = re.compile(r"<[^>]+>")


@cache
def pattern(key: str, language: str) -> re.Pattern[str]:
    """A text of ours with anything in the places of its values; AssertionError if there is none."""
    text = catalogue(language).gettext(key)
    assert text != key, f"there is no text {key}"
    parts = [re.escape(_as_read(part)) for part in _VALUES.split(_TAGS.sub("", text))]
    return re.compile(".+?".join(parts), re.DOTALL)


def _as_read(part: str) -> str:
    return html.unescape(part).replace("{{", "{").replace("}}", "}")


async def hear(
    chat: Chat, key: str, language: str, number: int = 1, *, after: int = 0, patience: float = PATIENCE
) -> Message:
    """The n-th message that says a text of ours, of those after a message."""

    async def look() -> Message | None:
        told = pattern(key, language)
        found = [one for one in await chat.messages() if one.id > after and told.search(one.text)]
        return found[number - 1] if len(found) >= number else None

    try:
        return await eventually(look, patience)
    except AssertionError:
        said = [one.text for one in await chat.messages()][-LAST:]
        raise AssertionError(f"nobody says {key} in {language}; the last words are {said}") from None
