"""The docs point at things that exist."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.house_rules.registry import RULES
from scripts.house_rules.tree import FOLDERS, ROOMS
from services.content.files.tariff_files import TariffSpec

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
HEADINGS = ["## Context", "## Decision", "## Consequences", "## Enforced by"]

LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\s]+)`")
LATER = re.compile(r"\| planned \||\(planned\)")  # promised, not there yet
PATTERN = re.compile(r"[<>{}*…$]")  # `payment/<name>/` is a pattern, not a path
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ROOT_FILE = re.compile(
    r"\.?[A-Za-z_-]+\.(?:toml|md|ini|lock|example)|Makefile|LICENSE|\.importlinter|\.editorconfig"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_paths_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [link for link in links(text) if not (page.parent / link).exists()]
    missing += [path for path in paths(text) if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_headings(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(r"# \d+\. \S", text), "starts with its number and title"
    assert [line for line in text.splitlines() if line.startswith("## ")] == HEADINGS


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(page.stem[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [page.name for page in DECISIONS if page.name not in index] == []


def test_contributing_names_every_rule_and_contract() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    contracts = re.findall(
        r"importlinter:contract:([a-z-]+)", (ROOT / ".importlinter").read_text(encoding="utf-8")
    )
    names = [rule.name for rule in RULES] + contracts
    assert [name for name in names if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`core/flow/engine.py`", ["core/flow/engine.py"]),
        ("| a page | `web/panel/` | planned |", []),
        ("`web/panel/` is planned", ["web/panel/"]),
        ("`payment/<name>/` and `aiogram/types`", []),
        ("```\n`core/nothing.py`\n```", []),
    ],
)
def test_which_words_count_as_paths(text: str, found: list[str]) -> None:
    assert list(paths(text)) == found


def links(text: str) -> Iterator[str]:
    for target in LINK.findall(FENCE.sub("", text)):
        if not target.startswith(("http://", "https://", "#", "mailto:")):
            yield target.partition("#")[0]


def paths(text: str) -> Iterator[str]:
    for line in FENCE.sub("", text).splitlines():
        if not LATER.search(line):
            yield from (word for word in TICKED.findall(line) if is_path(word))


def is_path(word: str) -> bool:
    if PATTERN.search(word):
        return False
    return word.partition("/")[0] in FOLDERS if "/" in word else bool(ROOT_FILE.fullmatch(word))


def test_a_test_files_name_is_its_own() -> None:
    """pytest imports test files by their bare names: of two alike the second is not collected."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_page_names_every_key_of_a_tariff(repository: Path) -> None:
    page = (repository / "docs/how-to/sell-a-course.md").read_text(encoding="utf-8")
    rows = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert [key for key in TariffSpec.model_fields if f"`{key}`" not in rows] == []


def test_each_library_is_named_with_what_it_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    libraries = {re.split(r"[\[<>=;]", line)[0] for line in project["dependencies"]}
    page = (ROOT / "docs/reference/hand-written.md").read_text(encoding="utf-8")
    rows = page.partition("## What each library is for")[2].splitlines()
    named = [name for row in rows if row.startswith("| ") for name in row.split("|")[1].strip().split(", ")]
    assert sorted(named) == sorted({*libraries, "library"})


def test_architecture_has_a_line_for_each_folder() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {f"{floor}/{room}" for floor, rooms in ROOMS.items() for room in rooms}
    folders = (FOLDERS - {".ci"}) | (rooms - {"web/static"})  # where the panel's build lands, if it is built
    rows = re.findall(r"^\| `([\w/]+)/` \| \S", page, re.MULTILINE)
    assert sorted(rows) == sorted(name for name in folders if (ROOT / name).is_dir())
