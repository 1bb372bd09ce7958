"""The one door of imports: a file, a folder or what was sent, whatever its format, as checked courses and a report."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.environment import Environment
from core.flow.definition import Flow
from core.links import is_inside
from services.content.importing.formats.channel import RESULT, read_channel, read_packed_channel
from services.content.importing.formats.course_list import (
    FURTHER_LIST,
    Terms,
    find_listed_file,
    is_course_list,
    read_list,
)
from services.content.importing.formats.courses import (
    Reading,
    is_own_form,
    read_mapped_course,
    read_own_course,
)
from services.content.importing.formats.documents.markdown import SUFFIXES as MARKDOWN
from services.content.importing.formats.documents.markdown import read_markdown, read_markdown_folder
from services.content.importing.formats.documents.word import read_word
from services.content.importing.formats.quiz_texts import read_quiz_text
from services.content.importing.formats.workbooks import read_csv, read_workbook
from services.content.importing.media import Shelf
from services.content.importing.mishaps import explain_file
from services.content.importing.nodes import Entries, decode, read_yaml
from services.content.importing.report import Notes, Report, Tick, Why, quietly
from services.content.importing.slugs import make_slug
from utils.confined import LimitReachedError, Limits, limited

YAML_SUFFIXES = (".yaml", ".yml")
LIMITS = Limits(seconds=20, megabytes=400)  # of one file; the largest that are meant need a third of it
LIMITS_WITH_MEDIA = Limits(seconds=300, megabytes=800)  # of an export on a disk, whose media are read with it


Read = Callable[[bytes, str, Reading], Flow | Sequence[Flow] | Entries | None]
"""Reads a file's content under a slug, which is empty where only the file can say what the course is called."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `name` as the report calls it, what is in it, where it lies and the folder its media may lie in.

    An archive on a disk is read there: its content is empty here.
    """

    name: str
    content: bytes
    folder: Path | None = None
    tick: Tick = quietly
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course that was read, and where; `terms` if it stands in a list."""

    flow: Flow
    file: str
    terms: Terms | None = None


@dataclass(slots=True)
class Batch:
    """What one import is about: it is carried out only if its report has no errors."""

    report: Report = field(default_factory=Report)
    courses: list[Course] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    """Those that were read."""


def read_path(env: Environment, path: Path, slug: str = "", tick: Tick = quietly) -> Batch:
    """As `read_all`, for one file or folder."""
    return read_all(env, [path], slug, tick)


def read_sent(env: Environment, name: str, content: bytes, slug: str) -> Batch:
    """Read a file that was sent: it has no folder, so its media are URLs."""
    return read_all(env, [Source(name, content)], slug)


def read_all(
    env: Environment, sources: Sequence[Path | Source], slug: str = "", tick: Tick = quietly
) -> Batch:
    """Read files, the files of folders, and what was sent; `slug` is for one course that does not name its own.

    A folder with a course list has the courses that the list names, and no others.
    """
    batch = Batch()
    for source in sources:
        if isinstance(source, Path):
            _read_place(env, source, slug, batch, tick)
        else:
            _read_source(env, source, slug, batch)
    _note_doubles(batch)
    return batch


def _read_place(env: Environment, path: Path, slug: str, batch: Batch, tick: Tick) -> None:
    if notebook := find_notebook(path):
        _read_notebook(env, path, notebook, slug, batch, tick)
        return
    paths = list_files(path, batch.report)
    lists = [path for path in paths if is_list(path)] if len(paths) > 1 else []
    for each_path in lists or paths:
        tick(each_path.name, 1)
        source = _open(each_path, tick, batch)
        if source is not None:
            _read_source(env, source, slug if len(paths) == 1 else "", batch)
    for each_path in paths:
        if each_path.resolve() not in batch.files:
            batch.report.warn(str(each_path), 0, Why.NOT_LISTED)


def list_files(path: Path, report: Report) -> list[Path]:
    """The files an import of a path reads first; a folder without any is noted."""
    if not path.is_dir():
        return [path]
    if (path / RESULT).is_file():
        return [path / RESULT]
    files = _list_with(path, IN_FOLDERS) or _list_with(path, DOCUMENTS)
    if not files:
        report.error(str(path), 0, Why.NO_COURSES, suffixes=", ".join((*IN_FOLDERS, *DOCUMENTS, *MARKDOWN)))
    return files


def _list_with(path: Path, suffixes: Collection[str]) -> list[Path]:
    return sorted(entry for entry in path.iterdir() if entry.suffix.lower() in suffixes and entry.is_file())


def find_notebook(path: Path) -> list[Path]:
    """The files of a folder that has Markdown and nothing else that is a course: they are one."""
    if not path.is_dir() or (path / RESULT).is_file() or _list_with(path, (*IN_FOLDERS, *DOCUMENTS)):
        return []
    return _list_with(path, MARKDOWN)


def _read_notebook(
    env: Environment, path: Path, files: Sequence[Path], slug: str, batch: Batch, tick: Tick
) -> None:
    opened = [(file, source.content) for file in files if (source := _open(file, tick, batch))]
    whole = Source(str(path), b"", path.absolute(), tick)

    def read(_: bytes, named: str, reading: Reading) -> Flow | None:
        return read_markdown_folder(opened, named, reading)

    _read_source(env, whole, slug or make_slug(path.absolute().name), batch, read=read)


def is_list(path: Path) -> bool:
    """Whether a file is a list of courses."""
    if path.suffix.lower() not in YAML_SUFFIXES or b"path:" not in (content := path.read_bytes()):
        return False
    notes = Notes(Report(), path.name)
    text = decode(content, notes)
    root = None if text is None else read_yaml(text, notes)
    return isinstance(root, Entries) and is_course_list(root)


def _open(path: Path, tick: Tick, batch: Batch) -> Source | None:
    try:
        is_read_there = path.suffix.lower() in _READ_THERE and path.is_file()
        content = b"" if is_read_there else path.read_bytes()
    except OSError as error:
        batch.report.error(str(path), 0, Why.NO_FILE, problem=explain_file(error))
        return None
    batch.files.add(path.resolve())
    return Source(str(path), content, path.absolute().parent, tick, path)


def _read_source(
    env: Environment,
    source: Source,
    slug: str,
    batch: Batch,
    terms: Terms | None = None,
    read: Read | None = None,
) -> None:
    shelf = Shelf(env, source.folder, source.tick)
    reading = Reading(Notes(batch.report, source.name), shelf, source.path)
    read = read or _READERS.get(Path(source.name).suffix.lower())
    if read is None:
        reading.notes.error(0, Why.UNKNOWN_FORMAT, suffixes=", ".join(SUFFIXES))
        return
    before = batch.report.errors
    try:
        with limited(LIMITS_WITH_MEDIA if source.path and is_exported(source.path) else LIMITS):
            found_source = read(source.content, slug, reading)
    except LimitReachedError:
        reading.notes.error(0, Why.TOO_COSTLY)
        return
    if isinstance(found_source, Entries):
        _read_listed(env, source, found_source, batch)
    elif found_source is not None and batch.report.errors == before:
        batch.shelves.append(reading.shelf)
        for flow in found_source if isinstance(found_source, Sequence) else (found_source,):
            _add_course(Course(flow, source.name, terms), batch)


def is_exported(path: Path) -> bool:
    """Whether a file is one that Telegram writes, media and all."""
    return path.suffix.lower() in _EXPORTS


def _read_yaml(content: bytes, slug: str, reading: Reading) -> Flow | Entries | None:
    """A course, or the tree of a course list."""
    text = decode(content, reading.notes)
    root = None if text is None else read_yaml(text, reading.notes)
    if not isinstance(root, Entries):
        if root is not None:
            reading.notes.error(root.line, Why.NO_MAP)
        return None
    if is_course_list(root):
        return root
    return read_own_course(root, reading) if is_own_form(root) else read_mapped_course(root, slug, reading)


def _named(read: Callable[[bytes, str, Reading], Flow | Entries | None]) -> Read:
    """A reader of files whose name is the course's."""
    return lambda content, slug, reading: read(content, slug or make_slug(reading.stem), reading)


_READERS: Mapping[str, Read] = {
    **dict.fromkeys(YAML_SUFFIXES, _named(_read_yaml)),
    ".xlsx": _named(read_workbook),
    ".csv": _named(read_csv),
    ".tsv": _named(read_csv),
    ".docx": read_word,
    **dict.fromkeys(MARKDOWN, read_markdown),
    ".gift": _named(read_quiz_text),
    ".txt": _named(read_quiz_text),
    ".json": read_channel,
    ".zip": read_packed_channel,
}
_READ_THERE = frozenset({".zip"})
_EXPORTS = frozenset({".json", ".zip"})
_ANYWHERE = frozenset({*_EXPORTS, ".txt", ".docx", *MARKDOWN})
"""Endings of files that lie about in many folders and are no courses: such a file is named by itself."""
SUFFIXES = tuple(_READERS)
IN_FOLDERS = tuple(suffix for suffix in SUFFIXES if suffix not in _ANYWHERE)
"""What a folder is looked through for; documents only where there is none of these."""
DOCUMENTS = (".docx",)


def _add_course(course: Course, batch: Batch) -> None:
    terms = course.terms
    if terms and terms.start and course.flow.step(terms.start) is None:
        batch.report.warn(terms.file, terms.line, Why.UNKNOWN_START, slug=course.flow.slug, start=terms.start)
        settings = {name: setting for name, setting in terms.settings.items() if name != "start"}
        course = replace(course, terms=replace(terms, settings=settings))
    batch.courses.append(course)


def _read_listed(env: Environment, source: Source, root: Entries, batch: Batch) -> None:
    notes = Notes(batch.report, source.name)
    if source.folder is None:
        notes.error(0, Why.LIST_ALONE)
        return
    for listed in read_list(root, notes):
        path = find_listed_file(listed.path, source.folder)
        if path is None:
            why = Why.LISTED_FILE if is_inside(listed.path) else Why.FOREIGN_PATH
            values = {"path": listed.path[:200], "ref": listed.path[:200], "slug": listed.slug[:100]}
            notes.error(listed.path_line, why, **values)
            continue
        is_further = listed.slug == FURTHER_LIST
        if is_further and path.resolve() in batch.files:
            continue  # a list that names itself
        source.tick(path.name, 1)
        inner = _open(path, source.tick, batch)
        if inner is not None:
            terms = None if is_further else listed.terms
            _read_source(env, inner, "" if is_further else listed.slug, batch, terms)


def _note_doubles(batch: Batch) -> None:
    slugs: dict[str, str] = {}
    tokens: dict[str, str] = {}
    for course in batch.courses:
        slug, terms = course.flow.slug, course.terms
        if slug in slugs:
            batch.report.error(course.file, 0, Why.SLUG_TWICE, slug=slug, other=slugs[slug])
        slugs.setdefault(slug, course.file)
        if terms and terms.token:
            if terms.token in tokens:
                batch.report.error(
                    terms.file, terms.token_line, Why.SAME_LINK, slug=slug, other=tokens[terms.token]
                )
            tokens.setdefault(terms.token, slug)
