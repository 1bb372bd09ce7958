"""Why something an author wrote is refused: a text of ours with its values, said in the language of who reads it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from core.errors import DomainError, ErrorKind
from core.text.catalog import say_words

MOST_GIVEN = 60  # characters of a refused value that are shown
TERMINAL = "en"
"""The language of commands and logs."""
Words = Mapping[str, Any] | str

_KINDS = {
    "missing": "refused-missing",
    "extra_forbidden": "refused-unknown",
    "string_type": "refused-no-text",
    "string_pattern_mismatch": "refused-pattern",
    "string_too_short": "refused-short",
    "string_too_long": "refused-long",
    "too_short": "refused-few",
    "too_long": "refused-many",
    "literal_error": "refused-other-than",
    "enum": "refused-other-than",
    "greater_than": "refused-not-above",
    "greater_than_equal": "refused-less-than",
    "less_than": "refused-not-below",
    "less_than_equal": "refused-more-than",
    "multiple_of": "refused-no-multiple",
    "finite_number": "refused-not-finite",
    "union_tag_invalid": "refused-tag",
    "union_tag_not_found": "refused-no-tag",
    "none_required": "refused-not-empty",
}
_FORMS = {
    re.compile(re.escape("^[a-z][a-z0-9_]{0,") + r"(\d+)\}\$"): "refused-form-name",
    re.compile(re.escape("^[A-Z]{3}$")): "refused-form-currency",
    re.compile(re.escape(r"^([01]\d|2[0-3]):[0-5]\d$")): "refused-form-clock",
}
"""How patterns of names, currencies and times of day are said; the letters after the first one are counted."""
_FAMILIES = {
    "int": "refused-no-whole-number",
    "float": "refused-no-number",
    "decimal": "refused-no-number",
    "bool": "refused-no-boolean",
    "dict": "refused-no-map",
    "mapping": "refused-no-map",
    "model": "refused-no-map",
    "list": "refused-no-list",
    "tuple": "refused-no-list",
    "set": "refused-no-list",
    "frozen": "refused-no-list",
    "date": "refused-no-date",
    "datetime": "refused-no-moment",
    "time": "refused-no-time",
    "timezone": "refused-no-zone",
    "url": "refused-no-address",
}


def words(key: str, **values: Any) -> Words:
    """A text of ours, to be said in the language of who reads it."""
    return {"t": key, "v": values}


def listed(parts: Iterable[Words], gap: str = "; ") -> Words:
    """Several reasons, in one line where no other `gap` is given."""
    return {"lines": list(parts), "gap": gap}


def placed(place: Words, why: Words) -> Words:
    """A reason behind its place: “steps.2.wait: is missing”."""
    return {"lines": [place, why], "gap": ": "}


def unplaced(reason: Words) -> Words:
    """The reason alone, for who wrote one text and has no document before them."""
    is_placed = not isinstance(reason, str) and reason.get("gap") == ": "
    return reason["lines"][1] if is_placed else reason  # type: ignore[index]


class Refused(ValueError):  # noqa: N818 - it states a fact, as all our errors do
    """A value cannot be taken; `words` say why, as the end of a sentence about its place. As a string it is English."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.words = words(key, **values)

    def __str__(self) -> str:
        return say_words(self.words, TERMINAL)


class InputRefused(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """What an author wrote is refused; `words` say why, all of it. Its `detail` is the same in English, where a terminal is told nothing else."""

    def __init__(self, code: str, why: Words, detail: str = "") -> None:
        super().__init__(ErrorKind.INVALID, code, detail or say_words(why, TERMINAL))
        self.words = why

    def list_places(self) -> list[tuple[str, Words]]:
        """Each thing that is wrong: where (`steps.2.wait`; empty: nowhere in particular), and why."""
        return [("", self.words)]


def explain_error(error: Exception) -> Words:
    """What an error says, in words of ours where it has them."""
    if isinstance(error, InputRefused):
        return placed(error.code, error.words)
    if isinstance(error, ValidationError):
        return listed(map(explain_with_place, error.errors()))
    return error.words if isinstance(error, Refused) else str(error)


def explain(problem: Mapping[str, Any]) -> Words:
    """One of the errors a ValidationError lists, as the end of a sentence about its place: “is missing”."""
    kind, context = str(problem["type"]), problem.get("ctx") or {}
    if isinstance(error := context.get("error"), Refused):
        return error.words
    if kind == "string_pattern_mismatch" and (form := _explain_form(problem)):
        return form
    key = _KINDS.get(kind) or _FAMILIES.get(kind.partition("_")[0])
    if key is None:
        return str(problem["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return words(key, given=str(problem.get("input"))[:MOST_GIVEN], **_shown(context))


def _explain_form(problem: Mapping[str, Any]) -> Words | None:
    """What a text that must look a certain way is made of, where a sentence can say it."""
    pattern, entered = str(problem["ctx"]["pattern"]), str(problem.get("input"))[:MOST_GIVEN]
    for form, key in _FORMS.items():
        if match := form.fullmatch(pattern):
            return words(key, given=entered, most=int(match[1]) + 1 if match.re.groups else 0)
    return None


def explain_with_place(problem: Mapping[str, Any]) -> Words:
    """The same behind its place: “steps.2.wait: is missing”."""
    place = ".".join(map(str, problem["loc"]))
    return placed(place, explain(problem)) if place else explain(problem)


def describe(problem: Mapping[str, Any]) -> str:
    """What `explain` says, for a terminal."""
    return say_words(explain(problem), TERMINAL)


def describe_with_place(problem: Mapping[str, Any]) -> str:
    """What `explain_with_place` says, for a terminal."""
    return say_words(explain_with_place(problem), TERMINAL)


def _shown(context: Mapping[str, Any]) -> dict[str, str]:
    shown = {
        name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in context.items()
    }
    return {name: value.replace("'", "").replace(" or ", ", ") for name, value in shown.items()}
