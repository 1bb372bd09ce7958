"""The HTML parse mode, with the complaints Telegram has about broken HTML."""

import re
from dataclasses import dataclass

from sandbox.text import utf16
from sandbox.text.entities import Entity, ParseError
from sandbox.text.links import checked, linked_user

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,7})|#([0-9]{1,8})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_MAX_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_SPACE = " \t\r\n\0\x0b\x0c"
_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")


@dataclass(slots=True)
class _Open:
    name: str
    argument: str
    offset: int
    begin: int


class HtmlParser:
    """Reads one text once; offsets in errors are UTF-8 bytes of the source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        """Return the visible text and its entities; raises ParseError."""
        source = self._source
        while special := _SPECIAL.search(source, self._at):
            self._emit(source[self._at : special.start()])
            self._at = special.start()
            if source[self._at] == "&":
                self._reference()
            elif source.startswith("</", self._at):
                self._close_tag()
            else:
                self._open_tag()
        self._emit(source[self._at :])
        if self._open:
            raise ParseError(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return "".join(self._out), self._entities

    def _emit(self, piece: str) -> None:
        if piece:
            self._out.append(piece)
            self._length += utf16.length(piece)

    def _error(self, text: str, at: int, rest: str = "") -> ParseError:
        return ParseError(f"{text} at byte offset {utf16.byte_offset(self._source, at)}{rest}")

    def _reference(self) -> None:
        text, self._at = _decode_reference(self._source, self._at)
        self._emit(text)

    def _char(self) -> str:
        return self._source[self._at : self._at + 1]

    def _skip_space(self) -> None:
        while self._char() and self._char() in _SPACE:
            self._at += 1

    def _skip_until(self, stops: str) -> None:
        while self._char() and self._char() not in stops:
            self._at += 1

    def _open_tag(self) -> None:
        begin = self._at
        self._at += 1
        self._skip_until(_SPACE + ">")
        if not self._char():
            raise self._error("Unclosed start tag", begin)
        name = self._source[begin + 1 : self._at].lower()
        if name not in _TYPES:
            raise self._error(f'Unsupported start tag "{name}"', begin)
        argument = self._attributes(name, begin)
        if name == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self._at += 1
        self._open.append(_Open(name, argument, self._length, len(self._out)))

    def _attributes(self, name: str, begin: int) -> str:
        argument = ""
        while True:
            self._skip_space()
            if self._char() == ">":
                return argument
            key, value = self._attribute(name, begin)
            argument = _argument(name, key, value) or argument

    def _attribute(self, name: str, begin: int) -> tuple[str, str]:
        start = self._at
        self._skip_until(_SPACE + "=>/\"'")
        key = self._source[start : self._at]
        if not key:
            raise self._error(f'Empty attribute name in the tag "{name}"', begin)
        self._skip_space()
        has_value = self._char() == "="
        if has_value:
            self._at += 1
            self._skip_space()
        if not self._char():
            raise self._error(f'Unclosed start tag "{name}"', begin)
        if not has_value:
            return key, key if key == "expandable" else ""
        value = self._quoted() if self._char() in "'\"" else self._bare_token()
        if not self._char():
            raise self._error("Unclosed start tag", begin)
        return key, value

    def _quoted(self) -> str:
        quote = self._char()
        self._at += 1
        start = self._at
        end = self._source.find(quote, start)
        if end < 0:
            self._at = len(self._source)
            return ""
        self._at = end + 1
        return _decode_all(self._source[start:end])

    def _bare_token(self) -> str:
        token = _TOKEN.match(self._source, self._at)
        start, self._at = self._at, token.end() if token else self._at
        if self._char() and self._char() not in _SPACE + ">":
            raise self._error("Unexpected end of name token", start)
        return self._source[start : self._at].lower()

    def _close_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error("Unexpected end tag", begin)
        self._skip_until(_SPACE + ">")
        name = self._source[begin + 2 : self._at].lower()
        self._skip_space()
        if self._char() != ">":
            raise self._error("Unclosed end tag", begin)
        tag = self._open[-1]
        if name and name != tag.name:
            raise self._error("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
        self._at += 1
        self._open.pop()
        if self._length > tag.offset:
            self._add(tag)

    def _add(self, tag: _Open) -> None:
        entity: Entity = {"type": _TYPES[tag.name], "offset": tag.offset, "length": self._length - tag.offset}
        if tag.name == "a":
            self._add_link(entity, tag.argument or "".join(self._out[tag.begin :]))
        elif tag.name in ("pre", "code"):
            self._add_code(entity, tag)
        else:
            self._entities.append(_completed(entity, tag))

    def _add_link(self, entity: Entity, url: str) -> None:
        if user_id := linked_user(url):
            self._entities.append({**entity, "type": "text_mention", "user": user_id})
        elif address := checked(url):
            self._entities.append({**entity, "url": address})

    def _add_code(self, entity: Entity, tag: _Open) -> None:
        last = self._entities[-1] if self._entities else {}
        same = last.get("offset") == entity["offset"] and last.get("length") == entity["length"]
        if tag.name == "pre" and same and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
        elif tag.name == "code" and same and last["type"] == "pre" and tag.argument:
            last["language"] = tag.argument
        else:
            self._entities.append({**entity, "language": tag.argument} if tag.argument else entity)


def _argument(tag: str, key: str, value: str) -> str:
    if (tag, key) in (("a", "href"), ("tg-emoji", "emoji-id"), ("blockquote", "expandable")):
        return value
    if (tag, key) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, key) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return ""


def _completed(entity: Entity, tag: _Open) -> Entity:
    if tag.name == "blockquote" and tag.argument:
        return {**entity, "type": "expandable_blockquote"}
    if tag.name == "tg-emoji":
        if not tag.argument.isdecimal() or int(tag.argument) == 0:
            raise ParseError("Invalid custom emoji identifier specified")
        return {**entity, "custom_emoji_id": tag.argument}
    return entity


def _decode_reference(source: str, at: int) -> tuple[str, int]:
    match = _REFERENCE.match(source, at)
    if not match:
        return "&", at + 1
    if match[3]:
        return _NAMED[match[3]], match.end()
    code = int(match[1], 16) if match[1] else int(match[2])
    if code == 0 or code >= _MAX_CODE or code in _SURROGATES:
        return "&", at + 1
    return chr(code), match.end()


def _decode_all(source: str) -> str:
    if "&" not in source:
        return source
    out, at = [], 0
    while (start := source.find("&", at)) >= 0:
        out.append(source[at:start])
        text, at = _decode_reference(source, start)
        out.append(text)
    return "".join([*out, source[at:]])


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Parse one text; a `language` left on plain code is dropped as Telegram drops it."""
    if "<" not in source and "&" not in source:
        return source, []
    text, entities = HtmlParser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
