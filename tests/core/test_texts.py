"""The texts our bots say: complete in every language, alike in their places, none without use."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from bots.runtime.refusals import BY_CODE, BY_KIND, explain
from core.errors import DomainError, ErrorKind
from core.flow.effects import Text
from core.flow.events import Verdict
from core.text.catalog import DOMAIN, LANGUAGES, LOCALES, has_text, say

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "bots", "core", "services", "web")
LOOKS_LIKE_KEY = re.compile(r"[a-z]+(?:[-_][a-z]+)+")


@cache
def read_keys(language: str) -> dict[str, tuple[str, ...]]:
    """The keys of a language with all their forms."""
    with (LOCALES / language / "LC_MESSAGES" / DOMAIN).open("rb") as source:
        entries = [one for one in read_po(source, locale=language) if one.id]
    return {_key(one.id): one.string if isinstance(one.string, tuple) else (one.string,) for one in entries}


def _key(found: Any) -> str:
    return str(found[0] if isinstance(found, tuple | list) else found)


def places(text: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def literals() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """All string literals of the code, and for each f-string a pattern of what it can become."""
    whole, patterns = set[str](), list[re.Pattern[str]]()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    whole.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    patterns.extend(_pattern(node))
    return frozenset(whole), tuple(patterns)


def _pattern(node: ast.JoinedStr) -> Iterator[re.Pattern[str]]:
    """`review-done-{verdict}` uses every key that begins so, `{heading}-text` every one that ends so."""
    parts = [
        re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w-]+"
        for part in node.values
        if not isinstance(part, ast.Constant) or isinstance(part.value, str)
    ]
    ends = [str(one.value) for one in (node.values[0], node.values[-1]) if isinstance(one, ast.Constant)]
    if any(re.fullmatch(r"[a-z]+-[a-z-]*|-[a-z]+", one) for one in ends):
        yield re.compile("".join(parts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_keys_filled(language: str) -> None:
    assert set(read_keys(language)) == set(read_keys("ru"))
    assert [key for key, forms in read_keys(language).items() if not all(forms)] == []


def test_all_languages_name_the_same_places() -> None:
    different = {
        key: (found, wanted)
        for key, forms in read_keys("en").items()
        if (found := {name for form in forms for name in places(form)})
        != (wanted := {name for form in read_keys("ru")[key] for name in places(form)})
    }
    assert different == {}


def test_no_key_is_without_use() -> None:
    whole, patterns = literals()
    unused = {
        key
        for key in read_keys("ru")
        if key not in whole and not any(pattern.fullmatch(key) for pattern in patterns)
    }
    assert unused == set()


def test_every_key_the_code_names_is_there() -> None:

    used = set[str]()
    for folder in ("bots", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            used |= set(_named_keys(ast.parse(path.read_text())))
    assert used
    assert used - set(read_keys("ru")) == set()


def _named_keys(tree: ast.Module) -> Iterator[str]:
    """The first argument of say, alert and words where it is written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", "")
        first = node.args[0]
        if name in {"alert", "words"} or (name == "say" and getattr(node.func.value, "id", "") == "ctx"):  # type: ignore[attr-defined]
            for one in ast.walk(first) if isinstance(first, ast.IfExp) else [first]:
                if isinstance(one, ast.Constant) and LOOKS_LIKE_KEY.fullmatch(str(one.value)):
                    yield str(one.value)


def test_keys_that_are_put_together_are_there() -> None:
    made = [f"review-{verdict}" for verdict in (Verdict.ACCEPTED, Verdict.NEEDS_WORK)]
    made += [f"review-done-{verdict}" for verdict in (Verdict.ACCEPTED, Verdict.NEEDS_WORK)]
    made += [str(key) for key in Text]
    assert [key for key in made if key not in read_keys("ru")] == []


def test_every_refusal_has_words() -> None:
    assert set(BY_KIND) == set(ErrorKind)
    for kind in ErrorKind:
        key, values = explain(DomainError(kind, "SOMETHING_NEW"))
        assert all(has_text(key, language) for language in LANGUAGES)
        assert say(key, "en", values)
    assert [key for key in BY_CODE.values() if not has_text(key, "en")] == []


def test_values_are_escaped_unless_the_text_is_no_html() -> None:
    assert "&lt;b&gt;" in say("purchase", "en", {"tariff": "<b>"})
    assert "<b>" in say("purchase", "en", {"tariff": "<b>"}, escape=False)


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert "{name}{{user.x}}" in say("purchase", "en", {"tariff": "{name}{{user.x}}"})


def test_a_missing_value_is_an_error_not_a_hole() -> None:
    with pytest.raises(KeyError):
        say("purchase", "en")
