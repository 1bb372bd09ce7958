"""Documents, Word's and Markdown, as courses: a heading begins a lesson, what stands below it is said in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from core.flow.definition import Flow, FlowKind
from core.rules.drip import MAX_DAY
from core.text.message import MAX_CAPTION, MAX_TEXT
from core.text.refusal import words
from core.text.template import make_inert
from services.content.importing.elements import Element
from services.content.importing.formats.courses import Head, Reading, build_flow
from services.content.importing.formats.documents.rich_text import Block, Heading, Picture, Words
from services.content.importing.nodes import Entries, node_of
from services.content.importing.posts import MOST_TITLE, PostMedium, can_join
from services.content.importing.questions import Keys, as_html
from services.content.importing.report import Notes, Why
from services.content.importing.slugs import make_slug
from utils.telegram_html import cut_text, split_html, strip_tags, utf16_length

LEVELS = 2
"""How many levels of headings begin lessons; those below stand in the lesson in bold."""
MOST_NAME = 200
Find = Callable[[Picture], PostMedium | None]
"""Finds a picture of the document, or notes why it is left out."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says, and where its pictures are found; `title` begins what stands before its first heading."""

    blocks: Sequence[Block]
    find: Find
    notes: Notes
    title: str = ""


@dataclass(slots=True)
class _Lesson:
    title: str
    level: int
    line: int
    find: Find
    notes: Notes
    contents: list[Words | Picture] = field(default_factory=list)


def build_course(documents: Sequence[Document], name: str, slug: str, reading: Reading) -> Flow | None:
    """The course of documents in their order; None when something is wrong, which is noted.

    In links it is called `slug`, else as its file on a disk; what came without one is called by its title.
    """
    named, levels = _find_levels([block for document in documents for block in document.blocks])
    lessons = [lesson for document in documents for lesson in _split(document, named, levels)]
    elements = list(_build_elements(lessons, Keys()))
    if sum(element.type == "lesson" for element in elements) > MAX_DAY:
        reading.notes.error(0, Why.TOO_LARGE, limit=words("limit-lessons", number=MAX_DAY))
        return None
    title = named.text if named else name
    of_file = make_slug(reading.stem)
    slug = slug or (of_file if reading.path else make_slug(title)) or of_file
    head = {"kind": FlowKind.COURSE, "slug": slug, "name": make_inert(title[:MOST_NAME]) or slug or "-"}
    return build_flow(Head(head), elements, reading)


def _find_levels(blocks: Sequence[Block]) -> tuple[Heading | None, Sequence[int]]:
    """The heading that names the whole, if there is one, and the levels that begin lessons."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    named = next((heading for heading in headings if heading.level == 0), None)
    levels = sorted({heading.level for heading in headings} - {0})
    if named is None and len(levels) > 1 and blocks and blocks[0] is headings[0]:
        alone = [heading for heading in headings if heading.level == levels[0]]
        if alone == [headings[0]]:
            named, levels = headings[0], levels[1:]
    return named, [level for level in levels if level < levels[0] + LEVELS]


def _split(document: Document, named: Heading | None, levels: Sequence[int]) -> Iterator[_Lesson]:
    lesson = _Lesson(document.title, 0, 0, document.find, document.notes)
    for block in document.blocks:
        if block is named:
            continue
        if isinstance(block, Heading) and block.level in levels:
            if lesson.level or lesson.contents:
                yield lesson
            lesson = _Lesson(block.text, block.level, block.line, document.find, document.notes)
        elif isinstance(block, Heading):
            lesson.contents.append(Words(f"<b>{as_html(block.text)}</b>", block.line))
        else:
            lesson.contents.append(block)
    yield lesson


def _build_elements(lessons: Sequence[_Lesson], keys: Keys) -> Iterator[Element]:
    """A heading with nothing below it but deeper headings names a part."""
    day = 0
    for lesson, after in zip_longest(lessons, lessons[1:]):
        messages = _list_messages(lesson)
        if messages:
            day += 1
            shown = lesson.title or _first_line(messages) or str(day)
            title = cut_text(make_inert(shown), MOST_TITLE)
            fields = {"title": title, "drip": {"day": day}, "messages": messages}
            yield _element(keys.take("lesson", shown), lesson.line, "lesson", fields)
        elif lesson.title and after is not None and after.level > lesson.level:
            yield _element(keys.take("part", lesson.title), lesson.line, "section", {"title": make_inert(lesson.title)})  # fmt: skip
        elif lesson.title:
            lesson.notes.warn(lesson.line, Why.EMPTY_LESSON, name=lesson.title[:100])


def _element(key: str, line: int, kind: str, fields: dict[str, Any]) -> Element:
    node = node_of(line, fields)
    assert isinstance(node, Entries)  # noqa: S101 - the fields are a map
    return Element(key, line, kind, node)


def _first_line(messages: Sequence[dict[str, Any]]) -> str:
    texts = (strip_tags(message.get("text", "")).strip() for message in messages)
    return next((text.splitlines()[0].strip() for text in texts if text), "")


def _list_messages(lesson: _Lesson) -> list[dict[str, Any]]:
    """The words as few messages, with the pictures between them where they stood; those beside each other are an album."""
    messages: list[dict[str, Any]] = []
    said: list[str] = []
    album: list[PostMedium] = []
    for content in [*lesson.contents, None]:
        picture = lesson.find(content) if isinstance(content, Picture) else None
        if isinstance(content, Picture) and picture is None:
            continue
        if picture is None or not can_join([medium.kind for medium in album], picture.kind):
            messages += _album_message(album)
            album = []
        if picture is not None:
            messages += _text_messages(said)
            said, album = [], [*album, picture]
        elif isinstance(content, Words):
            said.append(content.html)
    messages += _text_messages(said)
    if messages and lesson.title:
        _put_title(messages, f"<b>{as_html(make_inert(lesson.title))}</b>")
    return messages


def _put_title(messages: list[dict[str, Any]], title: str) -> None:
    """The title above the first words, else before the first picture."""
    first = messages[0].get("text")
    whole = f"{title}\n\n{first}"
    if first is not None and utf16_length(strip_tags(whole)) <= MAX_TEXT:
        messages[0]["text"] = whole
    else:
        messages.insert(0, {"text": title[:MAX_TEXT]})


def _text_messages(said: Sequence[str]) -> list[dict[str, Any]]:
    return [{"text": make_inert(part)} for part in split_html("\n\n".join(said), MAX_TEXT)]


def _album_message(album: Sequence[PostMedium]) -> list[dict[str, Any]]:
    if not album:
        return []
    fields = [{"kind": medium.kind.value, "ref": medium.ref, **_caption(medium)} for medium in album]
    return [{"media": fields}]


def _caption(medium: PostMedium) -> dict[str, str]:
    words_ = cut_text(medium.caption.strip(), MAX_CAPTION)
    return {"caption": as_html(make_inert(words_))} if words_ else {}
