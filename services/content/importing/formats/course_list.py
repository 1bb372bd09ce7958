"""The course list file: which courses there are, where their files lie, who may come in and by which token."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.links import is_inside
from core.rules.deep_link import MAX_LENGTH, course_link
from core.text.refusal import words
from services.content.deployments import PUBLIC_ID
from services.content.importing.elements import YES
from services.content.importing.nodes import Entries, Items
from services.content.importing.report import Notes, Why
from services.content.messages.media import find_below

FURTHER_LIST = "ext_courses"
"""The key under which a list names another one."""
NO = frozenset({"no", "false", "off", "0", "n", "f"})
_DATABASE = "db"
_BOOLEANS = ("restricted", "ban_enabled")
_TEXTS = ("decline_text", "ban_text")
_FIELDS = frozenset({"path", "element", "token", *_BOOLEANS, *_TEXTS})


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which conditions a listed course runs: settings of its deployment, and its public token's text.

    The settings are `start` (the key of the first step), `restricted`, `decline_text`, `ban_enabled`, `ban_text`.
    """

    file: str
    line: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None
    token_line: int = 0

    @property
    def start(self) -> str | None:
        """The step a run begins at, if it is not the first."""
        return self.settings.get("start")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list."""

    slug: str
    path: str
    path_line: int
    terms: Terms


def is_course_list(root: Entries) -> bool:
    """Whether a document lists courses instead of being one."""
    inner = [entry for entry in root.entries.values() if isinstance(entry, Entries)]
    return bool(inner) and all("path" in node.entries and "type" not in node.entries for node in inner)


def read_list(root: Entries, notes: Notes) -> Iterator[Listed]:
    """The courses that have a file; the others are noted."""
    for slug, line in root.lines.items():
        node = root.entries.get(slug)
        if not isinstance(node, Entries):
            notes.warn(line, Why.UNKNOWN_KEY, name=slug[:100], element="courses")
            continue
        path = node.text("path") or ""
        if path == _DATABASE:
            notes.warn(node.line_of("path"), Why.LISTED_IN_DATABASE, slug=slug[:100])
            continue
        yield Listed(slug, path, node.line_of("path"), _read_terms(slug, line, node, notes))


def _read_terms(slug: str, line: int, node: Entries, notes: Notes) -> Terms:
    settings: dict[str, Any] = {}
    for key, at in node.lines.items():
        if key not in _FIELDS:
            notes.warn(at, Why.UNKNOWN_KEY, name=key[:100], element=slug)
        elif isinstance(node.entries.get(key), Entries | Items):
            notes.error(at, Why.NO_TEXT, element=slug, field=key)
    for key in _BOOLEANS:
        if (terms := node.text(key)) is not None:
            settings[key] = _read_boolean(slug, key, terms, node, notes)
    settings |= {key: text for key in _TEXTS if (text := node.text(key))}
    if element := node.text("element"):
        settings["start"] = element
    token = node.text("token")
    if token is not None and not _fits_into_link(token):
        values = {
            "element": slug,
            "field": "token",
            "problem": words("refused-token", most=MAX_LENGTH - PUBLIC_ID - 4),
        }
        notes.error(node.line_of("token"), Why.REFUSED, **values)
    return Terms(notes.file, line, settings, token, node.line_of("token"))


def _read_boolean(slug: str, key: str, text: str, node: Entries, notes: Notes) -> bool:
    word = text.strip().lower()
    if word not in YES | NO:
        notes.error(node.line_of(key), Why.NO_BOOLEAN, element=slug, field=key, given=text[:60])
    return word in YES


def _fits_into_link(token: str) -> bool:
    try:
        course_link("x" * PUBLIC_ID, token)
    except ValueError:
        return False
    return True


def find_listed_file(path: str, folder: Path) -> Path | None:
    """A course's file below the list's folder: from there, from the one above (where the older platform ran), or by its name."""
    if not is_inside(path):
        return None
    for candidate in (folder / path, folder.parent / path, folder / Path(path).name):
        try:
            if below := find_below(folder, candidate):
                return below
        except (OSError, ValueError):
            continue  # no file can have that name
    return None
