"""A folder with the older platform's tables, read and checked as far as they go by themselves."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.text.refusal import explain
from services.content.importing.formats.workbooks import decode_csv, explain_csv, split_rows
from services.content.importing.mishaps import explain_file, megabytes
from services.content.importing.report import Notes, Report, Tick, Why, quietly
from services.workflows.people_import.rows import (
    TABLES,
    BanRow,
    OfRun,
    ParticipantRow,
    Row,
    RunRow,
    TurnRow,
    WaitRow,
    columns_of,
)

MOST_BYTES = 500_000_000
UTM = "utm"


@dataclass(eq=False)
class Person:
    """One person's way through one course, with everything that belongs to it."""

    run: RunRow
    course: str
    turns: list[TurnRow] = field(default_factory=list)
    wait: WaitRow | None = None
    ban: BanRow | None = None


@dataclass
class People:
    """What was read; `listed` are the participants by course."""

    report: Report = field(default_factory=Report)
    persons: list[Person] = field(default_factory=list)
    listed: dict[str, list[str]] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)

    def notes(self, table: str) -> Notes:
        """The report as that table writes into it."""
        return Notes(self.report, str(self.paths[table]))


def find_tables(folder: Path) -> dict[str, Path]:
    """The tables of a folder by their names, however the file is spelt."""
    paths = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    plain = {path.stem.lower().replace("_", "").replace("-", ""): path for path in paths}
    return {name: plain[name] for name in TABLES if name in plain}


def read_people(folder: Path, courses: Mapping[str, str], tick: Tick = quietly) -> People:
    """Read the tables of a folder; `courses` says how a course of theirs is called here, "" where none is named."""
    paths = find_tables(folder)
    people = People(paths=paths)
    if not paths:
        people.report.error(
            str(folder), 0, Why.NO_TABLES, tables=", ".join(f"{table}.csv" for table in TABLES)
        )
        return people
    rows: dict[str, list[Any]] = {}
    for name, path in paths.items():
        tick(path.name, 1)
        rows[name] = list(_read_table(path, TABLES[name], people.notes(name)))
    reading = _Reading(people, courses)
    for run in rows.get("run", ()):
        reading.add_run(run)
    for name in ("conversation", "waiting", "banned"):
        for row in rows.get(name, ()):
            reading.add_to_run(row, name)
    for row in rows.get("courseparticipants", ()):
        reading.list_person(row)
    return people


def _read_table(path: Path, model: type[Row], notes: Notes) -> Iterator[Row]:
    text = _read_text(path, notes)
    if text is None:
        return
    try:
        rows = split_rows(text)
        columns = [str(cell).strip().lower() for cell in next(rows, ())]
        known = columns_of(model)
        for column in sorted({column for column in columns if column in known and columns.count(column) > 1}):
            notes.error(1, Why.COLUMN_TWICE, column=column)
        for column in columns:
            if column not in known and not column.startswith(UTM):
                notes.warn(1, Why.COLUMN_LEFT_OUT, column=column[:100])
        for number, cells in enumerate(rows, 2):
            if any(cell != "" for cell in cells):
                yield from _read_row(number, dict(zip(columns, cells, strict=False)), model, notes)
    except csv.Error as error:
        notes.error(0, Why.NO_CSV, problem=explain_csv(error))


def _read_text(path: Path, notes: Notes) -> str | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        notes.error(0, Why.NO_FILE, problem=explain_file(error))
        return None
    if len(content) > MOST_BYTES:
        notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES))
        return None
    text = decode_csv(content)
    if text is None or "\0" in text:
        notes.error(0, Why.NOT_UTF8)
        return None
    return text


def _read_row(number: int, cells: Mapping[str, Any], model: type[Row], notes: Notes) -> Iterator[Row]:
    fields: dict[str, Any] = {
        name: str(cell).strip()
        for name, cell in cells.items()
        if str(cell).strip() not in {"", "NULL", "\\N"}
    }
    utm = {name: value for name, value in fields.items() if name.startswith(UTM)}
    try:
        yield model.model_validate({**fields, "line": number, "utm": utm or None})
    except ValidationError as error:
        for problem in error.errors():
            column = str(problem["loc"][0]) if problem["loc"] else "?"
            notes.error(number, Why.BAD_CELL, column=column, problem=explain(problem))


@dataclass
class _Reading:
    people: People
    courses: Mapping[str, str]
    by_id: dict[str, Person] = field(default_factory=dict)
    by_chat: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def add_run(self, row: RunRow) -> None:
        course = self._course(row.course, "run", row.line)
        if course is None:
            return
        if row.id is not None and row.id in self.by_id:
            self.people.notes("run").error(row.line, Why.RUN_TWICE, run=row.id)
            return
        person = Person(row, course)
        self.people.persons.append(person)
        self.by_chat[row.chat_id].append(person)
        if row.id is not None:
            self.by_id[row.id] = person

    def add_to_run(self, row: OfRun, table: str) -> None:
        person = self._find(row)
        if person is None:
            self.people.notes(table).warn(row.line, Why.NO_RUN)
        elif isinstance(row, TurnRow):
            person.turns.append(row)
        elif isinstance(row, WaitRow):
            person.wait = row
        elif isinstance(row, BanRow):
            person.ban = row

    def list_person(self, row: ParticipantRow) -> None:
        course = self._course(row.course, "courseparticipants", row.line)
        word = str(row.chat_id) if row.chat_id else row.username
        if word is None:
            self.people.notes("courseparticipants").error(row.line, Why.NOBODY)
        elif course is not None:
            self.people.listed.setdefault(course, []).append(word)

    def _find(self, row: OfRun) -> Person | None:
        """The run a row names; without its id the last one of the person there."""
        if row.run_id is not None:
            return self.by_id.get(row.run_id)
        course = self.courses.get(row.course, row.course) if row.course else None
        fitting = [
            state
            for state in self.by_chat.get(row.chat_id or 0, ())
            if course is None or state.course == course
        ]
        return fitting[-1] if fitting else None

    def _course(self, slug: str | None, table: str, line: int) -> str | None:
        course = self.courses.get(slug or "", slug)
        if course is None:
            self.people.notes(table).error(line, Why.NO_COURSE_NAMED)
        return course
