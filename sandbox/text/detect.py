"""What Telegram marks by itself in a plain text: commands, links, mentions, tags, addresses."""

import re

from sandbox.text import utf16
from sandbox.text.entities import Entity

_TOP = "com|org|net|ru|me|io|dev|app|info|biz|рф|su|by|kz|ua|example|online|site|tech|ai|co|eu|de|uk|us"
_PATTERNS = (
    (
        "url",
        re.compile(
            rf"(?<![\w@.])(?:https?://[^\s<>\"]+|(?:[\w-]+\.)+(?:{_TOP})\b(?:[/?#][^\s<>\"]*)?)",
            re.IGNORECASE,
        ),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d{10,15}\b")),
)
# A pattern is tried only on texts that hold one of its signs: most texts have none of most.
_SIGNS = {"url": ".:", "email": "@", "bot_command": "/", "mention": "@", "hashtag": "#", "phone_number": "+"}
_TRAILING = ".,:;!?'\")]}"


def found_entities(text: str, marked: list[Entity]) -> list[Entity]:
    """Return the entities found in the text, leaving alone what is marked as code or link already."""
    entities: list[Entity] = []
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in marked
        if entity["type"] in _CLOSED
    ]
    for kind, pattern in _PATTERNS:
        if not any(sign in text for sign in _SIGNS[kind]):
            continue
        for match in pattern.finditer(text):
            piece = match[0].rstrip(_TRAILING) if kind == "url" else match[0]
            start = utf16.length(text[: match.start()])
            end = start + utf16.length(piece)
            if piece and all(end <= low or start >= high for low, high in taken):
                taken.append((start, end))
                entities.append({"type": kind, "offset": start, "length": end - start})
    return entities


_CLOSED = frozenset(
    {"code", "pre", "text_link", "text_mention", "url", "email", "custom_emoji", "mention", "bot_command"}
)
