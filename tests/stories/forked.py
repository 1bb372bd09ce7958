"""`tandem …` as a process of its own that need not import anything: forked from a server that has done so once."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.stories.fork_server import NOWHERE

ROOT = Path(__file__).parents[2]
SECONDS = 300
ADDRESS = "TANDEM_FORK_SERVER"  # where the server of the whole run is


class Forked:
    """A `tandem …` with the methods of a Popen that schools use."""

    def __init__(self, asked: socket.socket, number: int) -> None:
        self.number = number
        self._asked = asked
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status, once it has ended."""
        return self._read(0.0)

    def wait(self, timeout: float) -> int:
        """Its exit status; TimeoutExpired if it does not end in time."""
        if (status := self._read(timeout)) is None:
            raise subprocess.TimeoutExpired("tandem", timeout)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """As another process would."""
        os.kill(self.number, number)

    def _read(self, seconds: float) -> int | None:
        if self._status is None:
            self._asked.settimeout(seconds)
            try:
                said = self._asked.recv(64)
            except (TimeoutError, BlockingIOError):
                return None
            self._status = int(said)
            self._asked.close()
        return self._status


def run_tandem(folder: Path, env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; AssertionError if it has not ended in time."""
    said, complained = folder / "command.out", folder / "command.err"
    for path in (said, complained):
        path.write_text("")
    process = _fork(folder, env, words, said, complained)
    try:
        status = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
        raise AssertionError(f"tandem {' '.join(words)} has not ended in {SECONDS} s") from None
    return subprocess.CompletedProcess(words, status, said.read_text(), complained.read_text())


def start_tandem(
    folder: Path,
    env: Mapping[str, str],
    log: Path,
    descriptors: int = 0,
    said: Path = NOWHERE,
    words: tuple[str, ...] = ("run",),
) -> Forked:
    """Start `tandem run`, which may open so many files if that is said; what it logs is added to `log`, what it prints to `said`."""
    return _fork(folder, env, words, said, log, descriptors)


def _fork(
    folder: Path, env: Mapping[str, str], words: tuple[str, ...], out: Path, err: Path, descriptors: int = 0
) -> Forked:
    told = {"folder": str(folder), "env": dict(env), "words": words, "out": str(out), "err": str(err)}
    asked = socket.socket(socket.AF_UNIX)
    asked.settimeout(SECONDS)
    asked.connect(os.environ.get(ADDRESS) or start_fork_server())
    asked.sendall(json.dumps({**told, "descriptors": descriptors}).encode() + b"\n")
    number = b""
    while not number.endswith(b"\n"):  # a byte at a time: the exit status may stand behind it
        number += (read := asked.recv(1))
        assert read, "the server of forks has ended"
    return Forked(asked, int(number))


@cache
def start_fork_server() -> str:
    """A server that ends with this process; gives its address."""
    folder = TemporaryDirectory(prefix="tandem-forks-")
    address = f"{folder.name}/server"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.stories.fork_server", address],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != ADDRESS},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline(), "the server of forks has not started"

    @atexit.register
    def end() -> None:
        server.communicate()
        folder.cleanup()

    return address
