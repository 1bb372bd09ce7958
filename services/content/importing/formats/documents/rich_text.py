"""HTML of documents as lessons: headings begin them, words keep what Telegram shows, pictures stand where they stood."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote

from core.links import is_inside
from core.text.targets import read_link
from services.content.importing.media import SUFFIXES as FILES
from services.content.importing.nodes import drop_unfit
from utils.telegram_html import strip_tags
from utils.visible import is_blank

Given = Mapping[str, str]
"""The attributes of a tag."""
LINE = "data-line"
"""The attribute by which a reader says where in its file something stands."""
TITLE = "title"
"""The class of a heading that names the whole document."""
_MARKS = {"strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "ins": "u", "s": "s", "del": "s", "strike": "s", "code": "code"}  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset({"p", "div", "section", "article", "dl", "dt", "dd", "figure", "header", "footer", "main"})  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title", "template", "svg", "iframe", "object"})
_BULLETS = ("•", "◦", "▪")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LANGUAGE = re.compile(r"(?:^|\s)language-(?P<name>[\w+#-]+)")
_EMPTY = re.compile(r"<([a-z-]+)(?: [^<>]*)?>\s*</\1>")
MOST_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level, from 1; 0 names the document."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph in Telegram's HTML."""

    html: str
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture where it stands, by the reference the document has for it."""

    ref: str
    caption: str
    line: int


Block = Heading | Words | Picture


def read_blocks(markup: str) -> list[Block]:
    """What a document says, in order; tags Telegram does not know are gone, their words stay."""
    parser = _Parser()
    parser.feed(drop_unfit(markup))
    parser.close()
    parser.end_block()
    return parser.blocks


class _Parser(HTMLParser):
    """Collects blocks; at the end of each, marks that are still open are closed, and begin again in the next."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.last = self.gap = (
            ""  # what was said last in this block, and the space that waits for the next words
        )
        self.marks: list[tuple[str, str, str]] = []  # open ones: the tag, how it begins and ends here
        self.lists: list[int | None] = []  # open ones: the number of the next item, None for bullets
        self.files: list[Picture] = []  # of this block, named by links
        self.silent = self.pre = self.tables = self.cells = self.line = 0
        self.between_cells = False
        self.heading: int | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.silent += tag in _SILENT
        if self.silent:
            return
        if attributes.get(LINE, "").isdecimal():
            self.line = int(attributes[LINE][:9])
        if tag in _HEADINGS:
            self.end_block()
            self.heading = 0 if TITLE in attributes.get("class", "").split() else _HEADINGS.index(tag) + 1
        elif tag in _STARTS:
            _STARTS[tag](self, attributes)
        elif tag in _BLOCKS:
            self._begin_block()
        elif tag in _MARKS and not self.pre:
            self._open(tag, f"<{_MARKS[tag]}>", f"</{_MARKS[tag]}>")

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            self.silent -= tag in _SILENT
        elif tag in _HEADINGS:
            self.end_block()
            self.heading = None
        elif tag in _ENDS:
            _ENDS[tag](self)
        elif tag in _BLOCKS:
            self._begin_block()
        elif tag in _MARKS or tag == "a":
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if self.silent or (self.between_cells and not data.strip()):
            return
        if self.pre:
            self.say(data)
            return
        words = _SPACES.sub(" ", data)
        if words.startswith(" "):
            self.gap = self.gap or " "
        self.say(words.strip(" "))
        if words.endswith(" "):
            self.gap = self.gap or " "

    def say(self, words: str) -> None:
        """Words of the block, after the space or the new line that was waiting for them."""
        if not words:
            return
        self._fill_gap()
        self.pieces.append(html.escape(words, quote=False))
        self.last = words[-1]

    def _fill_gap(self) -> None:
        if self.last not in {"", "\n", " "}:
            self.pieces.append(self.gap)
            self.last = self.gap or self.last
        self.gap = ""

    def end_block(self) -> None:
        """Keep what was said since the last block."""
        text = "".join([*self.pieces, *(end for _, _, end in reversed(self.marks))])
        self.pieces, self.last, self.gap = [begin for _, begin, _ in self.marks], "", ""
        words = strip_tags(text)
        if not is_blank(words) and self.heading is not None:
            self.blocks.append(Heading(self.heading, " ".join(words.split()), self.line))
        elif not is_blank(words):
            self.blocks.append(Words(_drop_empty(text).strip(), self.line))
        self.blocks += self.files
        self.files = []

    def picture(self, ref: str, caption: str) -> None:
        """A picture stands between what was said and what comes."""
        self.end_block()
        self.blocks.append(Picture(ref, caption, self.line))

    def _begin_block(self) -> None:
        """A block inside a list or a quotation is a line of it, inside a table a part of the cell."""
        if self.tables and self.cells:
            self.gap = self.gap or " "
        elif self.lists or self.tables or self._is_open("blockquote"):
            self.break_line()
        else:
            self.end_block()

    def break_line(self) -> None:
        """A new line, unless this one is empty."""
        self.gap = "\n"

    def line_feed(self) -> None:
        """A new line, even if this one is empty."""
        self.gap = ""
        if self.last:
            self.say("\n")

    def _is_open(self, tag: str) -> bool:
        return any(name == tag for name, _, _ in self.marks)

    def _open(self, tag: str, begin: str, end: str) -> None:
        if len(self.marks) < MOST_DEPTH:
            self._fill_gap()
            self.pieces.append(begin)
            self.marks.append((tag, begin, end))

    def _close(self, tag: str) -> None:
        """End the innermost mark of a tag; those begun inside it go on after it."""
        place = next((n for n in range(len(self.marks) - 1, -1, -1) if self.marks[n][0] == tag), None)
        if place is None:
            return
        inner = self.marks[place + 1 :]
        self.pieces += [end for _, _, end in reversed(self.marks[place:])]
        self.pieces += [begin for _, begin, _ in inner]
        self.marks[place:] = inner

    def link(self, attributes: Given) -> None:
        """An address that opens; a file beside the document comes after the words that name it."""
        href = attributes.get("href", "").strip()
        path = unquote(href)
        if PurePosixPath(path).suffix.lower() in FILES and is_inside(path) and "://" not in path:
            self.files.append(Picture(path, "", self.line))
            return
        try:
            address = read_link(href)
        except ValueError:
            return
        if "{{" not in address:
            self._open("a", f'<a href="{html.escape(address)}">', "</a>")

    def begin_list(self, attributes: Given, *, numbered: bool = False) -> None:
        """A list inside another goes on below its item."""
        self._begin_block()
        start = attributes.get("start", "1")
        if len(self.lists) < MOST_DEPTH:
            self.lists.append((int(start[:6]) if start.isdecimal() else 1) if numbered else None)

    def end_list(self) -> None:
        """After the outermost the block is over."""
        if self.lists:
            self.lists.pop()
        self._begin_block()

    def item(self) -> None:
        """A bullet or a number before each item."""
        self.break_line()
        depth = max(len(self.lists) - 1, 0)
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        mark = f"{number}." if number is not None else _BULLETS[min(depth, len(_BULLETS) - 1)]
        self.say(f"{'    ' * depth}{mark} ")

    def begin_quote(self) -> None:
        """A quotation is a block of its own."""
        self._begin_block()
        if not self._is_open("blockquote"):
            self._open("blockquote", "<blockquote>", "</blockquote>")

    def end_quote(self) -> None:
        """What comes after it is another block."""
        self._close("blockquote")
        self._begin_block()

    def begin_pre(self) -> None:
        """A block in which spaces and lines stay."""
        self._begin_block()
        self.pre += 1
        self._open("pre", "<pre>", "</pre>")

    def end_pre(self) -> None:
        """Lines count no more."""
        self._close("code")
        self.pre = max(0, self.pre - 1)
        self._close("pre")
        self._begin_block()

    def code(self, attributes: Given) -> None:
        """Code in a line, or the language of a block of it."""
        if not self.pre:
            self._open("code", "<code>", "</code>")
        elif language := _LANGUAGE.search(attributes.get("class", "")):
            self._open("code", f'<code class="language-{language["name"]}">', "</code>")

    def row(self) -> None:
        """A row of a table is a line."""
        self.break_line()
        self.cells, self.between_cells = 0, True

    def cell(self) -> None:
        """The cells of a row stand beside each other."""
        if self.cells:
            self.gap = ""
            self.say(" | ")
        self.cells, self.between_cells = self.cells + 1, False

    def end_cell(self) -> None:
        """What stands between two cells is nothing."""
        self.between_cells = self.tables > 0

    def begin_table(self) -> None:
        """A table is one block."""
        self._begin_block()
        self.tables, self.cells, self.between_cells = self.tables + 1, 0, True

    def end_table(self) -> None:
        """After the outermost the block is over."""
        self.tables, self.cells = max(0, self.tables - 1), 0
        self.between_cells = self.tables > 0
        self._begin_block()


def _drop_empty(text: str) -> str:
    """Without marks around nothing."""
    while (shorter := _EMPTY.sub("", text)) != text:
        text = shorter
    return text


_STARTS: Mapping[str, Callable[[_Parser, Given], None]] = {
    "a": _Parser.link,
    "img": lambda parser, attributes: parser.picture(
        unquote(attributes.get("src", "").strip()), attributes.get("title", "")
    ),
    "br": lambda parser, _: parser.line_feed(),
    "hr": lambda parser, _: parser.end_block(),
    "ul": _Parser.begin_list,
    "ol": lambda parser, attributes: parser.begin_list(attributes, numbered=True),
    "li": lambda parser, _: parser.item(),
    "blockquote": lambda parser, _: parser.begin_quote(),
    "pre": lambda parser, _: parser.begin_pre(),
    "code": _Parser.code,
    "table": lambda parser, _: parser.begin_table(),
    "tr": lambda parser, _: parser.row(),
    "td": lambda parser, _: parser.cell(),
    "th": lambda parser, _: parser.cell(),
}
_ENDS: Mapping[str, Callable[[_Parser], None]] = {
    "ul": _Parser.end_list,
    "ol": _Parser.end_list,
    "li": _Parser.break_line,
    "blockquote": _Parser.end_quote,
    "pre": _Parser.end_pre,
    "table": _Parser.end_table,
    "td": _Parser.end_cell,
    "th": _Parser.end_cell,
}
