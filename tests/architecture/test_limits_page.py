"""The page of limits says what the one table says; each limit is counted somewhere and has its words in both languages."""

import ast
from pathlib import Path

import core.limits
from core.limits import LIMITS
from core.text.catalog import say
from scripts.limits_reference import PAGE, make_page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_as_the_table_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.limits_reference`"


def test_each_limit_has_words_of_its_own_in_both_languages() -> None:
    for limit in LIMITS:
        if limit.word:
            said = {language: say(limit.word, language) for language in ("ru", "en")}
            assert len(set(said.values())) == 2
            assert limit.word not in said.values()


def test_each_limit_is_read_by_whoever_counts() -> None:
    names = {name for name, value in vars(core.limits).items() if value in LIMITS}
    read: set[str] = set()
    for room in ("bots", "services", "web"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "core.limits":
                    read |= {alias.name for alias in node.names}
    assert names <= read
