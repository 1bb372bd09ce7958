"""Words no file may hold: paths of one machine, addresses of package registries; in docs and docstrings, pronouns for users."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.house_rules.house import Hit, House

# Taken apart, so that this file passes its own check.
_HOSTS = (
    ("py" + "pi", "org"),
    ("python" + "hosted", "org"),
    ("npm" + "js", "org"),
    ("npm" + "js", "com"),
    ("yarn" + "pkg", "com"),
    ("crates", "io"),
    ("ruby" + "gems", "org"),
    ("golang", "org"),
)
_HOST = "|".join(rf"{name}\.{ending}" for name, ending in _HOSTS)
_FOLDERS = "|".join(("ro" + "ot", "wo" + "rk", "ho" + "me/\\w[^/]*", "Use" + "rs/\\w[^/]*"))

FORBIDDEN = (
    (
        re.compile(rf"\b(?:{_HOST})\b", re.IGNORECASE),
        "names a package registry's host: leave the address out",
    ),
    (re.compile(rf"(?<![\w./~*{{}}-])/(?:{_FOLDERS})/"), "holds a path of one machine: write it relative"),
)
_PRONOUN = re.compile(r"\b(?:she|hers?|herself|he|him|his|himself)\b", re.IGNORECASE)
LARGEST_TEXT = 2_000_000  # bytes; larger files are not written by hand
BINARY_SAMPLE = 1024


def check_words(house: House) -> Iterator[Hit]:
    """What is committed is true on every machine."""
    for path in house.files:
        if (text := read_text(house.root / path)) is not None:
            yield from _forbidden_in(path, text)


def check_pronouns(house: House) -> Iterator[Hit]:
    """Docs, docstrings and comments speak of people by their role, or of them as “they”."""
    for path in house.files:
        if path.endswith(".md") and (text := read_text(house.root / path)) is not None:
            yield from _pronouns_in(path, enumerate(text.splitlines(), start=1))
    for source in house.sources:
        if _PRONOUN.search(source.text):
            yield from _pronouns_in(source.path, _words_in(source.text))


def _pronouns_in(path: str, lines: Iterable[tuple[int, str]]) -> Iterator[Hit]:
    for number, line in lines:
        if pronoun := _PRONOUN.search(line):
            yield Hit(path, number, f"says “{pronoun[0]}” of somebody: name the role, or say “they”")


def _words_in(text: str) -> Iterator[tuple[int, str]]:
    """The lines of comments and of texts in three quotes, which are docstrings as a rule."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and token.string.startswith('"""')
        if is_docstring or token.type == tokenize.COMMENT:
            yield from enumerate(token.string.splitlines(), start=token.start[0])


def read_text(path: Path) -> str | None:
    """The text of a file; None when it is binary or too large to be written by hand."""
    if path.stat().st_size > LARGEST_TEXT:
        return None
    data = path.read_bytes()
    return None if b"\0" in data[:BINARY_SAMPLE] else data.decode("utf-8", errors="replace")


def _forbidden_in(path: str, text: str) -> Iterator[Hit]:
    for pattern, advice in FORBIDDEN:
        for match in pattern.finditer(text):
            yield Hit(path, text.count("\n", 0, match.start()) + 1, advice)
