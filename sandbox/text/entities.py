"""Formatted text: a plain string with the entities that mark its parts."""

from dataclasses import dataclass
from typing import Any

from sandbox.text import utf16

_TYPES = (
    "blockquote",
    "expandable_blockquote",
    "text_link",
    "text_mention",
    "pre",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "custom_emoji",
)
Entity = dict[str, Any]
_ORDER = {name: place for place, name in enumerate(_TYPES)}


class ParseError(ValueError):
    """The text does not follow its parse mode; the message is Telegram's own."""


@dataclass(frozen=True)
class Formatted:
    """A text as it is shown, with its entities in Telegram's order."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        """Return the length in UTF-16 units."""
        return utf16.length(self.text)


def ordered(entities: list[Entity]) -> list[Entity]:
    """Sort as Telegram does: by place, the longer first, then by kind."""
    return sorted(
        entities,
        key=lambda entity: (entity["offset"], -entity["length"], _ORDER.get(entity["type"], len(_ORDER))),
    )


def trimmed(text: str, entities: list[Entity]) -> Formatted:
    """Strip white space at both ends, as Telegram does before it measures a text."""
    bare = text.lstrip()
    skipped = utf16.length(text[: len(text) - len(bare)])
    bare = bare.rstrip()
    if len(bare) == len(text):
        return Formatted(text, tuple(ordered(entities)))
    size = utf16.length(bare)
    kept_entities = [moved for entity in entities if (moved := _moved(entity, skipped, size))]
    return Formatted(bare, tuple(ordered(kept_entities)))


def _moved(entity: Entity, skipped: int, size: int) -> Entity | None:
    start = max(entity["offset"] - skipped, 0)
    end = min(entity["offset"] + entity["length"] - skipped, size)
    if end <= start:
        return None
    return {**entity, "offset": start, "length": end - start}
