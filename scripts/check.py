"""Run every check of the house one after another, each with its name, its verdict and how long it took."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

AT_ONCE = 2  # the longest first, the others beside it
CHECKS: Mapping[str, Sequence[str]] = {
    "mypy": ("mypy",),
    "house rules": ("python", "-m", "scripts.check_house_rules"),
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "lint-imports": ("lint-imports", "--no-logo"),
    "commits": ("python", "-m", "scripts.check_commits"),
}


def run_check(command: Sequence[str]) -> tuple[float, int, str]:
    """Run one tool quietly; how many seconds it took, its exit code and all it said."""
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
    return time.monotonic() - started, done.returncode, done.stdout


def show(name: str, seconds: float, code: int, said: str) -> bool:
    """Print one line when the tool is content, all it said when it is not."""
    print(f"  {name:<14}{'BROKEN' if code else 'ok':<8}{seconds:5.1f} s", flush=True)
    if code:
        print(said, flush=True)
    return code == 0


def main() -> int:
    """Run all checks two at a time, also after one has failed; the answer is the exit code."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(run_check, CHECKS.values())
        verdicts = [show(name, *result) for name, result in zip(CHECKS, results, strict=True)]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
