"""ruff and mypy are set so that they catch what the house forbids."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(sys.executable).parent
CLEAN = '"""A module."""\n\n\ndef double(number: int) -> int:\n    """Twice the number."""\n    return 2 * number\n'

PLANTED_FOR_RUFF = [
    ("TID251", "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"),
    ("F401", "import json\n"),
    ("T201", 'print("hello")\n'),
    ("D103", "def double(number: int) -> int:\n    return 2 * number\n"),
    ("ANN001", 'def double(number) -> int:\n    """Twice the number."""\n    return 2 * number\n'),
]


@pytest.mark.parametrize(("code", "text"), PLANTED_FOR_RUFF)
def test_ruff_refuses(repository: Path, code: str, text: str) -> None:
    done = ruff(repository, f'"""A module."""\n\n{text}')
    assert done.returncode == 1
    assert code in done.stdout


def test_ruff_is_content_with_a_clean_module(repository: Path) -> None:
    assert ruff(repository, CLEAN).returncode == 0


def test_mypy_refuses_an_untyped_function(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text(CLEAN)
    (tmp_path / "planted.py").write_text('"""A module."""\n\n\ndef double(number):\n    return 2 * number\n')
    command = [
        TOOLS / "mypy",
        "--config-file",
        repository / "pyproject.toml",
        "--cache-dir",
        tmp_path / "cache",
    ]
    done = subprocess.run(
        [*command, "clean.py", "planted.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "planted.py:4: error: Function is missing a type annotation" in done.stdout
    assert "clean.py" not in done.stdout


def ruff(repository: Path, text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [TOOLS / "ruff", "check", "--no-cache", "--stdin-filename", "core/planted.py", "-"],
        cwd=repository,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
