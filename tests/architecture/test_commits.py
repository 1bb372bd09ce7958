"""The first lines of commits have one shape."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.check_commits import find_wrong

NAMED = ("-c", "user.name=Anna", "-c", "user.email=anna@example.org")
FINE = "delivery: Hold only the chat whose limit was hit"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *NAMED, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "subject",
    [FINE, "bots: Bring questions to the admins", "cli: Ask `--kind` where a folder may be two things"],
)
def test_a_first_line_as_it_should_be(subject: str) -> None:
    assert find_wrong(subject) is None


@pytest.mark.parametrize(
    ("subject", "wrong"),
    [
        ("delivery: Hold " + "x" * 60, "75 characters"),
        ("Hold only the chat whose limit was hit", "begins with its area"),
        ("delivery: hold only the chat", "begins with its area"),
        ("delivery: The chat whose limit was hit is held", "a verb instead of “The”"),
        ("delivery: Holding the chat", "a verb instead of “Holding”"),
        ("delivery: Hold the chat.", "full stop"),
    ],
)
def test_a_wrong_first_line_is_told(subject: str, wrong: str) -> None:
    assert wrong in (find_wrong(subject) or "")


@pytest.mark.parametrize(("subject", "code"), [(FINE, 0), ("Some things changed", 1)])
def test_the_check_reads_the_commits_since_a_fixed_one(
    repository: Path, tmp_path: Path, subject: str, code: int
) -> None:
    git(tmp_path, "init", "-q")
    for said in ("older ones are as they are", subject):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", said)
    since = git(tmp_path, "rev-parse", "HEAD~1")
    command = [sys.executable, "-m", "scripts.check_commits", str(tmp_path), since]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert (done.returncode, subject in done.stdout) == (code, code == 1)


def test_where_there_is_no_history_nothing_is_said(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.check_commits", str(tmp_path)]
    assert subprocess.run(command, cwd=repository, check=False).returncode == 0
