"""What a model refuses, in words that somebody understands who has never heard of the library that found it."""

from collections.abc import Mapping
from typing import Any

MOST_GIVEN = 60  # characters of a refused value that are shown
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "is no text",
    "string_pattern_mismatch": "does not look as it must: {pattern}",
    "string_too_short": "is too short, it takes {min_length} or more characters",
    "string_too_long": "is too long, it takes at most {max_length} characters",
    "too_short": "has too few entries, there must be {min_length} or more",
    "too_long": "has too many entries, there may be {max_length}",
    "literal_error": "“{given}” cannot be; it is {expected}",
    "enum": "“{given}” cannot be; it is {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "is no number",
    "union_tag_invalid": "“{tag}” cannot be; there are {expected_tags}",
    "union_tag_not_found": "has no {discriminator}",
    "none_required": "must be empty",
}
_FAMILIES = {
    "int": "“{given}” is no whole number",
    "float": "“{given}” is no number",
    "decimal": "“{given}” is no number",
    "bool": "“{given}” is neither yes nor no",
    "dict": "is no map of names and values",
    "mapping": "is no map of names and values",
    "model": "is no map of names and values",
    "list": "is no list",
    "tuple": "is no list",
    "set": "is no list",
    "frozen": "is no list",
    "date": "“{given}” is no date; write 2030-09-01",
    "datetime": "“{given}” is no moment; write 2030-09-01T09:00",
    "time": "“{given}” is no time; write 09:00",
    "timezone": "“{given}” is no zone; write +03:00",
    "url": "“{given}” is no address; it begins with https://",
}


def describe(problem: Mapping[str, Any]) -> str:
    """One of the errors a ValidationError lists, as the end of a sentence about its place: “is missing”."""
    kind = str(problem["type"])
    words = _WORDS.get(kind) or _FAMILIES.get(kind.partition("_")[0])
    if words is None:
        return str(problem["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return words.format_map({"given": str(problem.get("input"))[:MOST_GIVEN], **_context(problem)})


def describe_with_place(problem: Mapping[str, Any]) -> str:
    """The same behind its place: “steps.2.wait: is missing”."""
    place = ".".join(map(str, problem["loc"]))
    return f"{place}: {describe(problem)}" if place else describe(problem)


def _context(problem: Mapping[str, Any]) -> dict[str, str]:
    given = problem.get("ctx") or {}
    shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in given.items()}
    return {name: value.replace("'", "").replace(" or ", ", ") for name, value in shown.items()}
