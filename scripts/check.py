"""Run every check of the house one after another, each with its name, its verdict and how long it took."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

CHECKS: tuple[tuple[str, Sequence[str]], ...] = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("house rules", ("python", "-m", "scripts.check_house_rules")),
    ("lint-imports", ("lint-imports", "--no-logo")),
    ("mypy", ("mypy",)),
    ("commits", ("python", "-m", "scripts.check_commits")),
)


def run_check(name: str, command: Sequence[str]) -> bool:
    """Run one tool quietly; print one line when it is content, all it said when it is not."""
    started = time.monotonic()
    tool = [str(TOOLS / command[0]), *command[1:]]
    environment = os.environ | {"NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - the commands stand above
        tool,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_kept = done.returncode == 0
    print(f"  {name:<14}{'ok' if is_kept else 'BROKEN':<8}{time.monotonic() - started:5.1f} s", flush=True)
    if not is_kept:
        print(done.stdout, flush=True)
    return is_kept


def main() -> int:
    """Run all checks, also after one has failed; the answer is the exit code."""
    verdicts = [run_check(name, command) for name, command in CHECKS]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
