"""The MarkdownV2 parse mode, with the complaints Telegram has about broken markup."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from sandbox.text import utf16
from sandbox.text.entities import Entity, ParseError
from sandbox.text.links import checked, linked_user

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
_IN_CODE = frozenset("`")
_LAST_ESCAPABLE = 126
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_CLOSERS = {
    "bold": "*",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
}
_OPENERS = (
    ("```", "pre"),
    ("`", "code"),
    ("__", "underline"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("[", "text_link"),
)


@dataclass(slots=True)
class _Open:
    kind: str
    offset: int
    at: int
    begin: int
    argument: str = ""


@dataclass(slots=True)
class MarkdownParser:
    """Reads one text once; offsets in errors are UTF-8 bytes of the source."""

    source: str
    _at: int = 0
    _out: list[str] = field(default_factory=list)
    _length: int = 0
    _open: list[_Open] = field(default_factory=list)
    _entities: list[Entity] = field(default_factory=list)
    _quoting: bool = False

    def parse(self) -> tuple[str, list[Entity]]:
        """Return the visible text and its entities; raises ParseError."""
        while self._at < len(self.source):
            self._step()
        if self._quoting and self._open and self._open[-1].kind == "blockquote":
            self._close(self._open.pop())
        if self._open:
            raise self._unclosed(self._open[-1])
        return "".join(self._out), self._entities

    def _step(self) -> None:
        letter = self.source[self._at]
        if letter == "\\" and self._escapes(self._at):
            self._emit(self.source[self._at + 1])
            self._at += 2
        elif letter not in (_IN_CODE if self._in_code() else _RESERVED):
            self._emit(letter)
            self._at += 1
        elif not self._ends_here(letter):
            self._begin(letter)

    def _escapes(self, at: int) -> bool:
        following = self.source[at + 1 : at + 2]
        return bool(following) and 0 < ord(following) <= _LAST_ESCAPABLE

    def _in_code(self) -> bool:
        return bool(self._open) and self._open[-1].kind in ("code", "pre")

    def _emit(self, letter: str) -> None:
        self._out.append(letter)
        self._length += utf16.length(letter)

    def _ahead(self, mark: str) -> bool:
        return self.source.startswith(mark, self._at)

    def _ends_here(self, letter: str) -> bool:
        if not self._open:
            return False
        if self._quoting and letter == "\n" and not self.source.startswith(">", self._at + 1):
            return self._end_quote()
        last = self._open[-1]
        if last.kind == "blockquote":
            return self._end_expandable()
        if last.kind == "italic":
            closes = letter == "_" and not self._ahead("__")
        else:
            closes = self._ahead(_CLOSERS[last.kind])
        if closes:
            self._open.pop()
            self._at += len(_CLOSERS.get(last.kind, "_"))
            self._close(last)
        return closes

    def _end_quote(self) -> bool:
        last = self._open[-1]
        if last.kind != "blockquote":
            raise self._unclosed(last)
        self._open.pop()
        self._close(last)
        self._quoting = False
        self._emit("\n")
        self._at += 1
        return True

    def _end_expandable(self) -> bool:
        rest = self.source[self._at + 2 : self._at + 3]
        if self._ahead("||") and rest in ("", "\n"):
            self._open[-1].argument = "expandable"
            self._at += 2
            return True
        return False

    def _begin(self, letter: str) -> None:
        if letter == "\n":
            self._new_line()
            return
        if letter == ">" and self._at == 0:
            self._open_quote()
            return
        if self._ahead("**>") and (self._at == 0 or self.source[self._at - 1] == "\n") and not self._quoting:
            self._at += 2
            self._open_quote()
            return
        for mark, kind in _OPENERS:
            if self._ahead(mark):
                self._open.append(_Open(kind, self._length, self._at, len(self._out)))
                self._at += len(mark)
                if kind == "pre":
                    self._open[-1].argument = self._language()
                return
        raise ParseError(f"Character '{letter}' is reserved and must be escaped with the preceding '\\'")

    def _new_line(self) -> None:
        self._emit("\n")
        self._at += 1
        if self._ahead(">"):
            if self._quoting:
                self._at += 1
            else:
                self._open_quote()

    def _open_quote(self) -> None:
        self._open.append(_Open("blockquote", self._length, self._at, len(self._out)))
        self._quoting = True
        self._at += 1

    def _language(self) -> str:
        end = self._at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        language = ""
        if end < len(self.source) and self.source[end] != "`":
            language, self._at = self.source[self._at : end], end
        if self._ahead("\r\n"):
            self._at += 2
        elif self._ahead("\n") or self._ahead("\r"):
            self._at += 1
        return language

    def _close(self, tag: _Open) -> None:
        entity: Entity = {"type": tag.kind, "offset": tag.offset, "length": self._length - tag.offset}
        if tag.kind == "text_link":
            extra = self._link(tag)
        elif tag.kind == "custom_emoji":
            extra = self._emoji()
        elif tag.kind == "blockquote" and tag.argument:
            extra = {"type": "expandable_blockquote"}
        else:
            extra = {"language": tag.argument} if tag.argument else {}
        if entity["length"] > 0 and extra is not None:
            self._entities.append({**entity, **extra})

    def _link(self, tag: _Open) -> Entity | None:
        url = self._url("a URL") if self._ahead("(") else "".join(self._out[tag.begin :])
        if user_id := linked_user(url):
            return {"type": "text_mention", "user": user_id}
        address = checked(url)
        return {"url": address} if address else None

    def _emoji(self) -> Entity:
        if not self._ahead("("):
            raise ParseError("Custom emoji entity must contain a tg://emoji URL")
        parts = urlsplit(self._url("a custom emoji URL"))
        number = parse_qs(parts.query).get("id", [""])[0]
        if parts.scheme != "tg" or not number.isdecimal():
            raise ParseError("Invalid custom emoji identifier specified")
        return {"custom_emoji_id": number}

    def _url(self, what: str) -> str:
        self._at += 1
        begin, letters = self._at, []
        while self._at < len(self.source) and self.source[self._at] != ")":
            if self.source[self._at] == "\\" and self._escapes(self._at):
                self._at += 1
            letters.append(self.source[self._at])
            self._at += 1
        if self._at >= len(self.source):
            raise ParseError(
                f"Can't find end of {what} at byte offset {utf16.byte_offset(self.source, begin)}"
            )
        self._at += 1
        return "".join(letters)

    def _unclosed(self, tag: _Open) -> ParseError:
        kind = "PreCode" if tag.kind == "pre" and tag.argument else _NAMES[tag.kind]
        at = utf16.byte_offset(self.source, tag.at)
        return ParseError(f"Can't find end of {kind} entity at byte offset {at}")


def parse_markdown_v2(source: str) -> tuple[str, list[Entity]]:
    """Parse one text."""
    return MarkdownParser(source).parse()
