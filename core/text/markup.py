"""An author's text as HTML that Telegram takes: Markdown marks and HTML tags, tolerant of what is not closed."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_NAMES = "strong|strike|ins|del|em|pre|code|span|tg-spoiler|tg-emoji|blockquote|[biusa]"
_VALUE = r"""\s*=\s*(?:"(?P<double>[^"<>]*)"|'(?P<single>[^'<>]*)'|(?P<bare>[^\s"'<>=]+))"""
_ATTRIBUTE = re.compile(rf"(?P<name>[a-z-]+)(?:{_VALUE})?", re.IGNORECASE)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _VALUE)
_VARIABLE = r"\{\{\s*[a-z_]\w*\.[a-z_]\w*\s*\}\}"
_HTML = rf"""
      (?P<variable>{_VARIABLE})
    | <(?P<open>{_NAMES})(?P<attributes>(?:\s+[a-z-]+(?:{_UNNAMED})?)*)\s*>
    | </(?P<close>{_NAMES})\s*>
    | (?P<reference>&(?:[a-z]+[0-9]*|\#[0-9]{{1,6}}|\#x[0-9a-f]{{1,5}});)
    | (?P<special>[<>&])
"""
_MARKDOWN = rf"""
      \\(?P<escaped>[_*`\[])
    | ```(?P<pre>.+?)```
    | `(?P<code>[^`\n]+)`
    | \[(?P<label>[^\[\]]+)\]\((?P<url>(?:{_VARIABLE}|[^()\s<>]|\([^()\s<>]*\))+)\)
    | (?P<mark>\*+|_+)
    | {_HTML}
"""
_FLAGS = re.VERBOSE | re.IGNORECASE | re.DOTALL
_GRAMMARS = {False: re.compile(_HTML, _FLAGS), True: re.compile(_MARKDOWN, _FLAGS)}
_MARKS = {"*": "b", "**": "b", "_": "i"}
_KEPT = {
    "a": "href",
    "span": "class",
    "tg-emoji": "emoji-id",
    "code": "class",
    "blockquote": "expandable",
}
"""The attribute a tag may have."""
_NEEDED = ("a", "span", "tg-emoji")
"""Tags that mean nothing without theirs."""
_LANGUAGE = re.compile(r"(?P<name>[\w+#-]*)\n")
_TAG = re.compile(r"</?[a-z][^<>]*>")


@lru_cache(maxsize=1024)
def to_html(text: str, *, markdown: bool) -> str:
    """The text as well-formed HTML of Telegram's tags; template variables stay as they are.

    With `markdown`, Telegram's legacy marks count as well: `*bold*` (`**` too), `_italic_` outside of words,
    `` `code` ``, three backticks around a block, `[label](url)`, a backslash before any of them. What is not
    closed, or is no tag of Telegram's, is shown as it is written.
    """
    return _Reader(text, _GRAMMARS[markdown]).read()


def to_plain(text: str, *, markdown: bool) -> str:
    """The words of the text, without any markup."""
    return html.unescape(_TAG.sub("", to_html(text, markdown=markdown)))


@lru_cache(maxsize=1024)
def find_stray_tags(text: str, *, markdown: bool) -> tuple[str, ...]:
    """Tags of Telegram's that are begun and not ended, or ended and not begun."""
    reader = _Reader(text, _GRAMMARS[markdown])
    reader.read()
    return tuple(reader.stray)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An element that waits for its end; `written` is how the text begins it, at `place` of the pieces."""

    name: str
    written: str
    place: int

    @property
    def is_mark(self) -> bool:
        return self.written in _MARKS


@dataclass(slots=True)
class _Reader:
    """Reads one text once."""

    text: str
    grammar: re.Pattern[str]
    pieces: list[str] = field(default_factory=list)
    opened: list[_Opened] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)

    def read(self) -> str:
        done = 0
        for token in self.grammar.finditer(self.text):
            self.pieces.append(self.text[done : token.start()])
            self._take(token)
            done = token.end()
        self.pieces.append(self.text[done:])
        self._show_as_written(0)
        return "".join(self.pieces)

    def _take(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "open" | "attributes":
                self._open(token)
            case "close":
                self._close(token)
            case "mark":
                self._mark(token)
            case _:
                self.pieces.append(_atom(token))

    def _open(self, token: re.Match[str]) -> None:
        name = token["open"].lower()
        tag = _tag(name, token["attributes"])
        if tag is None:
            self.pieces.append(html.escape(token[0]))
        else:
            self._push(name, token[0], tag)

    def _push(self, name: str, written: str, tag: str) -> None:
        self.opened.append(_Opened(name, written, len(self.pieces)))
        self.pieces.append(tag)

    def _close(self, token: re.Match[str]) -> None:
        """End the innermost element of this tag; what was begun inside it and not ended is no markup."""
        name = token["close"].lower()
        fitting = [n for n, tag in enumerate(self.opened) if tag.name == name and not tag.is_mark]
        if fitting:
            self._end(fitting[-1])
        else:
            self.stray.append(token[0])
            self.pieces.append(html.escape(token[0]))

    def _mark(self, token: re.Match[str]) -> None:
        """A mark ends what it has begun, though never across a tag; else it begins something before a word."""
        mark, name = token[0], _MARKS.get(token[0])
        before, after = self.text[: token.start()][-1:], self.text[token.end() :][:1]
        begun = self._begun_by(mark)
        is_inside_word = mark == "_" and before.isalnum() and after.isalnum()
        if name is None or is_inside_word:
            self.pieces.append(mark)
        elif begun is not None and before.strip():
            self._end(begun)
        elif after.strip():
            self._push(name, mark, f"<{name}>")
        else:
            self.pieces.append(mark)

    def _begun_by(self, mark: str) -> int | None:
        for place in range(len(self.opened) - 1, -1, -1):
            if not self.opened[place].is_mark:
                return None
            if self.opened[place].written == mark:
                return place
        return None

    def _end(self, place: int) -> None:
        self._show_as_written(place + 1)
        self.pieces.append(f"</{self.opened.pop().name}>")

    def _show_as_written(self, place: int) -> None:
        for each_tag in self.opened[place:]:
            self.pieces[each_tag.place] = html.escape(each_tag.written)
            if not each_tag.is_mark:
                self.stray.append(each_tag.written)
        del self.opened[place:]


def _tag(name: str, attributes: str) -> str | None:
    """The beginning of an element with the attribute Telegram knows; None when it lacks one that it needs."""
    for match in _ATTRIBUTE.finditer(attributes):
        if match["name"].lower() == _KEPT.get(name):
            value = next(
                (quoted for quoted in match.group("double", "single", "bare") if quoted is not None), None
            )
            return f"<{name} {match['name'].lower()}{'' if value is None else _quoted(value)}>"
    return None if name in _NEEDED else f"<{name}>"


def _quoted(value: str) -> str:
    return f'="{html.escape(html.unescape(value))}"'


def _atom(token: re.Match[str]) -> str:
    """What neither begins nor ends anything."""
    kind = token.lastgroup or ""
    return _ATOMS[kind](token) if kind in _ATOMS else html.escape(token[0])


def _link(token: re.Match[str]) -> str:
    label = to_html(token["label"], markdown=True)
    return f"<a href{_quoted(token['url'])}>{label}</a>"


def _block(inside: str) -> str:
    language = _LANGUAGE.match(inside)
    code = html.escape(inside[language.end() :] if language else inside)
    if language and language["name"]:
        return f'<pre><code class="language-{language["name"]}">{code}</code></pre>'
    return f"<pre>{code}</pre>"


_ATOMS: Mapping[str, Callable[[re.Match[str]], str]] = {
    "variable": lambda token: token[0],
    "escaped": lambda token: token["escaped"],
    "code": lambda token: f"<code>{html.escape(token['code'])}</code>",
    "pre": lambda token: _block(token["pre"]),
    "url": _link,
    "reference": lambda token: html.escape(html.unescape(token[0])).replace("{", "&#123;"),
}
