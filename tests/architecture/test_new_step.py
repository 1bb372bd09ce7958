"""A new element is made by one command, and the house stays green."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    *(
        "ai",
        "app",
        "bots",
        "content",
        "core",
        "docs",
        "locales",
        "migrations",
        "payment",
        "sandbox",
        "scripts",
    ),
    *("services", "tests", "utils", "web", "alembic.ini", "pyproject.toml"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree, without what git does not keep."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=copy, env=env, capture_output=True, text=True, check=False
    )


def test_a_new_element_stands_everywhere(copy: Path) -> None:
    made = run(copy, "scripts.new_step", "greeting_card")
    assert made.returncode == 0, made.stderr
    linted = run(copy, "ruff", "check", "core", "tests/core/flow/test_greeting_card_step.py")
    assert linted.returncode == 0, linted.stdout
    formatted = run(copy, "ruff", "format", "--check", "core", "tests/core/flow/test_greeting_card_step.py")
    assert formatted.returncode == 0, formatted.stdout
    tests = ("tests/core/flow/test_greeting_card_step.py", "tests/architecture/test_elements_page.py")
    tested = run(copy, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests)
    assert tested.returncode == 0, tested.stdout
    assert run(copy, "scripts.new_step", "greeting_card").returncode == 2


@pytest.mark.parametrize("name", ["", "Greeting", "1st", "a-b", "message"])
def test_a_name_that_cannot_be_one_changes_nothing(name: str) -> None:
    before = (ROOT / "core/flow/steps/__init__.py").read_bytes()
    refused = run(ROOT, "scripts.new_step", *([name] if name else []))
    assert refused.returncode == 2
    assert (ROOT / "core/flow/steps/__init__.py").read_bytes() == before
