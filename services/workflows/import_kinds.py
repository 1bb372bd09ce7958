"""What a path or an address given to an import is: recognised by what lies there, never by asking."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from services.content.importing.formats.channel import RESULT, is_export
from services.content.importing.formats.documents.markdown import SUFFIXES as MARKDOWN
from services.content.importing.formats.google import find_export
from services.content.importing.reader import (
    DOCUMENTS,
    IN_FOLDERS,
    SUFFIXES,
    YAML_SUFFIXES,
    find_notebook,
    is_list,
)
from services.workflows.legacy_import.reading.reader import SIGNS, find_root
from services.workflows.people_import.reader import find_tables
from services.workflows.people_import.rows import TABLES

HEAD_BYTES = 10_000
MOST_LIST_BYTES = 100_000  # a list of courses is short
OF_PERSONS = frozenset({"chat_id", "user_id", "telegram_id", "run_id", "run", "username", "user_name"})


class ImportKind(StrEnum):
    """The kinds of import; the words of `--kind`."""

    COURSE = "course"
    OLDER_BOT = "older-bot"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an import takes something for, and in words."""

    given: str
    kind: ImportKind
    words: str


def recognise(place: str, kind: ImportKind | None = None) -> Recognised:
    """What a path that is there, or the address of a Google Sheet or document, is; `kind` settles it.

    Raises ValueError for what could be several things, or is a part of something.
    """
    found_kinds = _find_kinds(place)
    if kind is not None:
        return Recognised(place, kind, found_kinds.get(kind) or _WORDS[kind])
    if len(found_kinds) > 1:
        kinds = " or ".join(f"{words} (--kind {kind_name})" for kind_name, words in found_kinds.items())
        raise ValueError(f"{place} could be {kinds}: say which")
    for kind_name, words in found_kinds.items():
        return Recognised(place, kind_name, words)
    if part := _find_whole(Path(place)) or _find_nothing(Path(place)):
        raise ValueError(part)
    return Recognised(
        place, ImportKind.COURSE, _WORDS[ImportKind.COURSE]
    )  # what is wrong is said by its reader


_WORDS = {
    ImportKind.COURSE: "courses",
    ImportKind.OLDER_BOT: "the folder of the bot that kept JSON files",
    ImportKind.PEOPLE: "the people of the older platform",
}


_EXPORT = "a channel that Telegram Desktop has exported"
_NOTEBOOK = "a course in a folder of Markdown files"
_QUESTIONS = "questions in a text (GIFT or Aiken)"
_BY_SUFFIX = {
    ".json": _EXPORT,
    ".zip": "a packed export of a channel",
    ".docx": "a course in a Word document",
    **dict.fromkeys(MARKDOWN, "a course in Markdown"),
    ".gift": _QUESTIONS,
    ".txt": _QUESTIONS,
    ".xlsx": "a course or a question bank in a workbook",
}


def _find_kinds(place: str) -> dict[ImportKind, str]:
    if (export := find_export(place)) is not None:
        return {ImportKind.COURSE: "a Google document" if export.is_document else "a Google Sheet"}
    path = Path(place)
    kinds = {}
    if path.is_file() and path.suffix.lower() in SUFFIXES and not _is_foreign(path):
        kinds[ImportKind.COURSE] = _describe_course(path)
    tables = [table for table in find_tables(path).values() if _is_table(table)]
    if _has_courses(path, tables):
        kinds[ImportKind.COURSE] = _describe_course(path)
    if find_root(path) is not None:
        kinds[ImportKind.OLDER_BOT] = _WORDS[ImportKind.OLDER_BOT]
    if tables:
        named = ", ".join(table.name for table in tables)
        kinds[ImportKind.PEOPLE] = f"{_WORDS[ImportKind.PEOPLE]} ({named})"
    return kinds


def _has_courses(path: Path, tables: Sequence[Path]) -> bool:
    """Whether a folder holds files of courses besides the tables."""
    if not path.is_dir():
        return False
    suffixes = IN_FOLDERS if tables else (*IN_FOLDERS, *DOCUMENTS, *MARKDOWN)
    files = (entry for entry in path.iterdir() if entry.suffix.lower() in suffixes and entry.is_file())
    return (path / RESULT).is_file() or any(file not in tables for file in files)


def _is_foreign(path: Path) -> bool:
    """Whether a file is one of those that only its folder explains."""
    return _is_table(path) or (path.suffix.lower() == ".json" and path.name != RESULT and not is_export(path))


def _describe_course(path: Path) -> str:
    if path.is_dir():
        is_notebook = bool(find_notebook(path))
        return _EXPORT if (path / RESULT).is_file() else _NOTEBOOK if is_notebook else "a folder of courses"
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix in YAML_SUFFIXES:
        is_short = path.stat().st_size <= MOST_LIST_BYTES
        return "a list of courses" if is_short and is_list(path) else "a course or scenario in YAML"
    return "a course or a question bank in a table"


def _is_table(path: Path) -> bool:
    """Whether a file is one of the older platform's tables by its name and its first line."""
    name = path.stem.lower().replace("_", "").replace("-", "")
    if path.suffix.lower() != ".csv" or name not in TABLES:
        return False
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).decode("utf-8-sig", "replace").partition("\n")[0]
    return not OF_PERSONS.isdisjoint(cell.strip().lower() for cell in next(csv.reader([head]), ()))


def _find_whole(path: Path) -> str | None:
    """Which folder a single file belongs to, said to who gave the file."""
    if not path.is_file():
        return None
    if _is_table(path):
        return f"{path} is one of several tables of people: give the folder they lie in, {path.parent}"
    if path.suffix.lower() == ".json" and (root := find_root(path.parent)):
        return f"{path} is one file of the bot that kept JSON files: give its folder, {root}"
    return None


def _find_nothing(path: Path) -> str | None:
    """A folder with nothing in it that any import reads: what would be looked for, said to who gave it."""
    if not path.is_dir():
        return None
    courses, older, people = (
        ", ".join(sorted(IN_FOLDERS)),
        " or ".join(SIGNS),
        ", ".join(f"{name}.csv" for name in TABLES),
    )
    return (
        f"{path} holds nothing that can be imported. Courses are files ({courses}) or an exported channel ({RESULT}); the bot that kept JSON files has "
        f"{older}, here or in `data`; the older platform's people are {people}"
    )
