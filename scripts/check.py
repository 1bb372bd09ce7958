"""Run every check of the house, three at a time, each with its name, its verdict and how long it took.

`python -m scripts.check --before-tests` also makes ready what the tests need while mypy keeps one core busy: a
browser, the panel, and every test module loaded once, which is named here if it cannot be and is compiled for all workers.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

AT_ONCE = 3  # the longest first, the others beside it; what is fetched waits for the network
CHECKS: Mapping[str, Sequence[str]] = {
    "mypy": ("mypy",),
    "house rules": ("python", "-m", "scripts.check_house_rules"),
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "lint-imports": ("lint-imports", "--no-logo"),
    "commits": ("python", "-m", "scripts.check_commits"),
}
BEFORE_TESTS: Mapping[str, Sequence[str]] = {
    "panel": ("python", "-m", "scripts.build_panel", "--checked"),
    "browser": ("python", "-m", "scripts.install_browser"),
    "test modules": ("python", "-m", "pytest", "--collect-only", "-qq", "-m", "not faults"),
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
    """Print one line when the tool is content, all it said when it is not; why there is no browser is always said."""
    print(f"  {name:<14}{'BROKEN' if code else 'ok':<8}{seconds:5.1f} s", flush=True)
    if code or (name in {"browser", "panel"} and said):
        print(said, flush=True)
    return code == 0


def main(arguments: Sequence[str]) -> int:
    """Run all checks three at a time, also after one has failed; the answer is the exit code."""
    checks = {**CHECKS, **BEFORE_TESTS} if "--before-tests" in arguments else CHECKS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(run_check, checks.values())
        verdicts = [show(name, *result) for name, result in zip(checks, results, strict=True)]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
