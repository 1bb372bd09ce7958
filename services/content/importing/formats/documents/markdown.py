"""Markdown as courses: a file, or a folder whose files are read one after another."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.flow.definition import Flow
from core.text.message import MediaKind
from services.content.importing.formats.courses import Reading
from services.content.importing.formats.documents.lessons import Document, build_course
from services.content.importing.formats.documents.rich_text import LINE, Picture, read_blocks
from services.content.importing.media import kind_of
from services.content.importing.nodes import decode
from services.content.importing.posts import PostMedium
from services.content.importing.report import Notes
from utils.visible import is_blank

SUFFIXES = (".md", ".markdown")
_FRONT = re.compile(r"\A---[ \t]*\n(?P<inside>.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(?P<title>.+?)[ \t]*$", re.MULTILINE)
_NUMBER = re.compile(r"(\d+)")


def read_markdown(content: bytes, slug: str, reading: Reading) -> Flow | None:
    """The course of a file; None when something is wrong with it, which is noted."""
    text = decode(content, reading.notes)
    if text is None:
        return None
    title, document = _open(text, reading)
    return build_course([document], title or reading.stem, slug, reading)


def read_markdown_folder(files: Sequence[tuple[Path, bytes]], slug: str, reading: Reading) -> Flow | None:
    """One course of a folder's files, in the order of their names and of the numbers in them."""
    documents = []
    for path, content in sorted(files, key=lambda file: _order(file[0])):
        notes = Notes(reading.notes.report, str(path))
        text = decode(content, notes)
        if text is not None:
            title, document = _open(text, Reading(notes, reading.shelf, path))
            documents.append(Document(document.blocks, document.find, notes, title or _name(path)))
    return build_course(documents, Path(reading.notes.file).name, slug, reading)


def _order(path: Path) -> list[tuple[int, str]]:
    parts = _NUMBER.split(path.stem.casefold())
    return [(int(part[:9]), "") if part.isdecimal() else (-1, part) for part in parts if part]


def _name(path: Path) -> str:
    """What a file's name says of it, without the number before it."""
    return re.sub(r"^[\d\s._-]+", "", path.stem).replace("_", " ").strip() or path.stem


def _open(text: str, reading: Reading) -> tuple[str, Document]:
    """What the lines before the text call it, and the document."""
    front = _FRONT.match(text)
    title = _TITLE.search(front["inside"]) if front else None
    body = text[front.end() :] if front else text
    above = text.count("\n", 0, front.end()) if front else 0
    document = Document(
        read_blocks(_render(body, above)), lambda picture: _find(picture, reading), reading.notes
    )
    return (title["title"].strip("\"' ") if title else ""), document


def _render(text: str, above: int) -> str:
    """The text as HTML whose blocks say on which line they begin."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(text)
    for token in tokens:
        if token.map and token.nesting >= 0 and token.tag:
            token.attrSet(LINE, str(token.map[0] + above + 1))
    return str(reader.renderer.render(tokens, reader.options, {}))


def _find(picture: Picture, reading: Reading) -> PostMedium | None:
    if is_blank(picture.ref) or picture.ref.startswith("data:"):
        return None
    kind = MediaKind(kind_of(picture.ref, MediaKind.PHOTO))
    place = reading.shelf.find_fitting(picture.ref, kind, reading.notes, picture.line)
    return None if place is None else PostMedium(kind, place, picture.caption)
