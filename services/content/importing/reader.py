"""The one door of imports: a file, a folder or what was sent, whatever its format, as checked courses and a report."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.environment import Environment
from core.flow.definition import Flow
from services.content.importing.courses import Reading, is_own_form, read_own_course, read_seed_course
from services.content.importing.media import Shelf
from services.content.importing.nodes import Entries, decode, read_yaml
from services.content.importing.report import Notes, Report, Tick, Why, quietly
from services.content.importing.slugs import make_slug

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = YAML_SUFFIXES


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `name` as the report calls it, what is in it, and the folders its media may lie in."""

    name: str
    content: bytes
    folders: tuple[Path, ...] = ()
    tick: Tick = quietly


@dataclass(frozen=True, slots=True)
class Course:
    """A course that was read, and where."""

    flow: Flow
    file: str


@dataclass(slots=True)
class Batch:
    """What one import is about: it is carried out only if its report has no errors."""

    report: Report = field(default_factory=Report)
    courses: list[Course] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)


def read_path(env: Environment, path: Path, slug: str = "", tick: Tick = quietly) -> Batch:
    """Read a file, or the files of a folder; `slug` is for one course that does not name its own."""
    batch = Batch()
    paths = list(_list_files(path, batch.report))
    for one in paths:
        tick(one.name, 1)
        source = _open(one, tick, batch.report)
        if source is not None:
            _read_source(env, source, slug if len(paths) == 1 else "", batch)
    _note_slugs(batch)
    return batch


def read_sent(env: Environment, name: str, content: bytes, slug: str) -> Batch:
    """Read a file that was sent: it has no folder, so its media are URLs."""
    batch = Batch()
    _read_source(env, Source(name, content), slug, batch)
    return batch


def count_files(path: Path) -> int:
    """How many files reading the path takes up."""
    return len(list(_list_files(path, Report())))


def _list_files(path: Path, report: Report) -> Iterator[Path]:
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
        if not found:
            report.error(str(path), 0, Why.NO_COURSES, suffixes=", ".join(SUFFIXES))
        yield from found
    else:
        yield path


def _open(path: Path, tick: Tick, report: Report) -> Source | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        report.error(str(path), 0, Why.NO_FILE, problem=error.strerror or type(error).__name__)
        return None
    folder = path.absolute().parent
    return Source(str(path), content, (folder, folder.parent), tick)


def _read_source(env: Environment, source: Source, slug: str, batch: Batch) -> None:
    notes = Notes(batch.report, source.name)
    shelf = Shelf(env, source.folders, source.tick)
    batch.shelves.append(shelf)
    if Path(source.name).suffix.lower() not in SUFFIXES:
        notes.error(0, Why.UNKNOWN_FORMAT, suffixes=", ".join(SUFFIXES))
        return
    flow = _read_yaml_course(source, slug, Reading(notes, shelf))
    if flow is not None:
        batch.courses.append(Course(flow, source.name))


def _read_yaml_course(source: Source, slug: str, reading: Reading) -> Flow | None:
    before = reading.notes.report.errors
    text = decode(source.content, reading.notes)
    root = None if text is None else read_yaml(text, reading.notes)
    if root is None:
        return None
    if not isinstance(root, Entries):
        reading.notes.error(root.line, Why.NO_MAP)
        return None
    if is_own_form(root):
        flow = read_own_course(root, reading)
    else:
        flow = read_seed_course(root, slug or make_slug(Path(source.name).stem), reading)
    return flow if reading.notes.report.errors == before else None


def _note_slugs(batch: Batch) -> None:
    first: dict[str, str] = {}
    for course in batch.courses:
        slug = course.flow.slug
        if slug in first:
            batch.report.error(course.file, 0, Why.SLUG_TWICE, slug=slug, other=first[slug])
        first.setdefault(slug, course.file)
