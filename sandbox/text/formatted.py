"""From a bot's text and parse mode, or explicit entities, to formatted text."""

from typing import Any

from sandbox.text import utf16
from sandbox.text.detect import found_entities
from sandbox.text.entities import Entity, Formatted, ParseError, trimmed
from sandbox.text.html import parse_html
from sandbox.text.links import checked
from sandbox.text.markdown import parse_markdown
from sandbox.text.markdown_v2 import parse_markdown_v2
from sandbox.wire.errors import bad_request

_PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
_PLAIN = frozenset(
    {
        "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
        "code", "pre", "text_link", "text_mention", "custom_emoji", "mention", "hashtag", "cashtag",
        "bot_command", "url", "email", "phone_number",
    }
)  # fmt: skip
LONGEST = 1 << 15  # bytes, before anything is parsed
_ARGUMENTS = ("url", "user", "language", "custom_emoji_id")


def read_formatted(text: str, parse_mode: str, entities: Any) -> Formatted:
    """Turn what a bot sent into the text that people see; refuses as Telegram does."""
    if len(text) > LONGEST // 4 and len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise bad_request("text is too long")
    if text and parse_mode and parse_mode.lower() != "none":
        parser = _PARSERS.get(parse_mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        try:
            text, marked = parser(text)
        except ParseError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    else:
        marked = _given(text, entities)
    return trimmed(text, [*marked, *found_entities(text, marked)])


def plain(text: str) -> Formatted:
    """Format what a person typed: only what Telegram finds by itself."""
    return trimmed(text, found_entities(text, []))


def _given(text: str, entities: Any) -> list[Entity]:
    if not isinstance(entities, list):
        return []
    size = utf16.length(text)
    return [read for entity in entities if (read := _read_entity(entity, size))]


def _read_entity(entity: Any, size: int) -> Entity | None:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    if kind not in _PLAIN:
        return None
    if offset < 0 or length < 0 or offset + length > size:
        raise bad_request("entity length or offset is out of the text")
    kept_entity = {key: entity[key] for key in _ARGUMENTS if key in entity}
    if isinstance(kept_entity.get("user"), dict):
        kept_entity["user"] = kept_entity["user"].get("id", 0)
    if kind == "text_link":
        kept_entity["url"] = checked(str(kept_entity.get("url", "")))
    return {"type": kind, "offset": offset, "length": length, **kept_entity}
