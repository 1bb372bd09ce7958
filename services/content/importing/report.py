"""What an import finds on its way: errors that forbid it and warnings that do not, each with its place."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.text.catalog import say

MOST_FINDINGS = 200
"""Of each severity; a report goes into one row and before one pair of eyes."""
MOST_LETTERS = 500  # of a value in a finding
Tick = Callable[[str, int], None]
"""Told what an import is at, and how many files it has taken up since the last time."""


def quietly(what: str, files: int) -> None:
    """The tick of who does not watch."""
    del what, files


class Severity(StrEnum):
    """An error changes nothing anywhere; after a warning the import goes on without what it is about."""

    ERROR = "error"
    WARNING = "warning"


class Why(StrEnum):
    """What can be found: the key of a text whose first line says what it is, the second what to do."""

    NO_FILE = "import-no-file"
    NO_COURSES = "import-no-courses"
    UNKNOWN_FORMAT = "import-unknown-format"
    NOT_UTF8 = "import-not-utf8"
    TOO_LARGE = "import-too-large"
    TOO_COSTLY = "import-too-costly"
    NOT_YAML = "import-not-yaml"
    NO_MAP = "import-no-map"
    TOO_DEEP = "import-too-deep"
    UNFIT_CHARACTER = "import-unfit-character"
    DUPLICATE = "import-duplicate"
    SAYS_OTHER = "import-says-other"
    SAME_AGAIN = "import-same-again"
    SLUG_TWICE = "import-slug-twice"
    BAD_SLUG = "import-bad-slug"
    NAME_TAKEN = "import-name-taken"
    OTHER_KIND = "import-other-kind"
    NO_WORKBOOK = "import-no-workbook"
    NO_CSV = "import-no-csv"
    NO_COLUMNS = "import-no-columns"
    UNKNOWN_COLUMN = "import-unknown-column"
    COLUMN_TWICE = "import-column-twice"
    LISTED_IN_DATABASE = "import-listed-in-database"
    LISTED_FILE = "import-listed-file"
    NOT_LISTED = "import-not-listed"
    LIST_ALONE = "import-list-alone"
    UNKNOWN_START = "import-unknown-start"
    SAME_LINK = "import-same-link"
    EMPTY = "import-empty"
    NO_ELEMENT = "import-no-element"
    BAD_KEY = "import-bad-key"
    NO_TYPE = "import-no-type"
    UNKNOWN_TYPE = "import-unknown-type"
    UNKNOWN_KEY = "import-unknown-key"
    MISSING = "import-missing"
    NO_BOOLEAN = "import-no-boolean"
    NO_NUMBER = "import-no-number"
    NO_TEXT = "import-no-text"
    NO_LIST = "import-no-list"
    REFUSED = "import-refused"
    QUIZ_RIGHT = "import-quiz-right"
    PARSE_MODE = "import-parse-mode"
    BUTTON_LEFT_OUT = "import-button-left-out"
    UNKNOWN_NAME = "import-unknown-name"
    UNKNOWN_GOTO = "import-unknown-goto"
    LOST_GOTO = "import-lost-goto"
    CIRCLE = "import-circle"
    RUSH = "import-rush"
    STRAY_TAG = "import-stray-tag"
    ONE_ANSWER = "import-one-answer"
    SAME_ANSWERS = "import-same-answers"
    FORMULA = "import-formula"
    NO_SUCH_PREFIX = "import-no-such-prefix"
    NO_MEDIUM = "import-no-medium"
    MISSING_FILE = "import-missing-file"
    FOREIGN_PATH = "import-foreign-path"
    LINKS_ONLY = "import-links-only"
    LARGE_FILE = "import-large-file"
    LARGE_LEFT_OUT = "import-large-left-out"
    NOT_PACKED = "import-not-packed"
    LEFT_OUT = "import-left-out"
    LEFT_OUT_OF_FORWARDED = "import-left-out-of-forwarded"
    NO_JSON = "import-no-json"
    NO_CHANNEL = "import-no-channel"
    NO_ARCHIVE = "import-no-archive"
    NO_WORD = "import-no-word"
    EMPTY_LESSON = "import-empty-lesson"
    OTHER_PICTURE = "import-other-picture"
    NO_QUESTION = "import-no-question"
    NO_QUESTIONS = "import-no-questions"
    NO_SUCH_ANSWER = "import-no-such-answer"
    NO_RIGHT_ANSWER = "import-no-right-answer"
    NO_RIGHT_LETTER = "import-no-right-letter"
    NOT_CLOSED = "import-not-closed"
    OTHER_QUESTION = "import-other-question"
    MORE_ANSWERS = "import-more-answers"
    NO_TABLES = "import-no-tables"
    COLUMN_LEFT_OUT = "import-column-left-out"
    BAD_CELL = "import-bad-cell"
    RUN_TWICE = "import-run-twice"
    NO_RUN = "import-no-run"
    NOBODY = "import-nobody"
    NO_COURSE_NAMED = "import-no-course-named"
    NO_SUCH_COURSE = "import-no-such-course"
    NO_SUCH_ELEMENT = "import-no-such-element"
    BAD_NAME = "import-bad-name"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them; `line` counts from 1 (in a table it is the row), 0 means the whole file."""

    severity: Severity
    file: str
    line: int
    why: Why
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What was found, in the order of reading; of each severity no more than anybody reads, the rest is counted."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[Severity] = field(default_factory=Counter)

    def error(self, file: str, line: int, why: Why, **values: Any) -> None:
        """Note what forbids the import."""
        self._note(Finding(Severity.ERROR, file, line, why, values))

    def warn(self, file: str, line: int, why: Why, **values: Any) -> None:
        """Note what is left out or may be meant otherwise."""
        self._note(Finding(Severity.WARNING, file, line, why, values))

    def _note(self, finding: Finding) -> None:
        self.counts[finding.severity] += 1
        if self.counts[finding.severity] <= MOST_FINDINGS:
            self.findings.append(
                replace(finding, values={name: _short(value_) for name, value_ in finding.values.items()})
            )

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self.counts[Severity.ERROR]

    @property
    def left_off(self) -> int:
        """How many further findings were counted and not kept."""
        return self.counts.total() - len(self.findings)


def describe_report(report: Report, language: str) -> list[str]:
    """A line for each finding, by file and line: where, how bad, what, and what to do."""
    by_place = sorted(report.findings, key=lambda finding: (finding.file, finding.line))
    more = say("import-findings-more", language, {"count": report.left_off})
    return [*(_describe(finding, language) for finding in by_place), *([more] if report.left_off else [])]


def _describe(finding: Finding, language: str) -> str:
    what, _, remedy = say(finding.why, language, finding.values, escape=False).partition("\n")
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return f"{place}: {say(f'import-{finding.severity}', language)}: {what}. {remedy}"


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _short(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    return value if not isinstance(value, str) or len(value) <= MOST_LETTERS else f"{value[:MOST_LETTERS]}…"


@dataclass(frozen=True, slots=True)
class Notes:
    """A report as one file writes into it."""

    report: Report
    file: str

    def error(self, line: int, why: Why, **values: Any) -> None:
        """An error at a line of this file."""
        self.report.error(self.file, line, why, **values)

    def warn(self, line: int, why: Why, **values: Any) -> None:
        """A warning at a line of this file."""
        self.report.warn(self.file, line, why, **values)
