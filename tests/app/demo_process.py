"""`tandem demo` as a process: in a terminal or without one, asked for lines, ended as a person ends it."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stories.school import TANDEM, answers, environment

READY = re.compile(r"open (http://127\.0\.0\.1:\d+) in a browser")
STOP_SECONDS = 60
CTRL_C = b"\x03"


class Demo:
    """A demo that writes into a pipe."""

    def __init__(self, folder: Path, port: int, *words: str) -> None:
        self.process = subprocess.Popen(
            [TANDEM, "demo", "--no-browser", "--port", str(port), *words],
            cwd=folder,
            env=environment({"DATABASE_URL": "a developer's own", "REVIEW_CHAT_ID": "of no interest here"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read on to the line with the pattern."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := pattern.search(line):
                return found
        raise AssertionError(f"it ended without a line like {pattern.pattern}: {self.lines} {self._errors()}")

    def address(self) -> str:
        """The address it says at the end of its preparations."""
        return self.wait_for(READY)[1]

    def end(self) -> str:
        """Press Ctrl-C; gives the last lines."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        rest, errors = self.process.communicate(timeout=STOP_SECONDS)
        assert time.monotonic() - began < STOP_SECONDS
        assert (self.process.returncode, errors) == (0, "")
        return rest

    def _errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()


@contextmanager
def running_demo(folder: Path, port: int, *words: str) -> Iterator[Demo]:
    """A demo that does not outlive the block."""
    demo = Demo(folder, port, *words)
    with demo.process:
        try:
            yield demo
        finally:
            if demo.process.poll() is None:
                demo.process.kill()


@contextmanager
def taken_port() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def break_off_in_terminal(folder: Path, port: int, wanted: str) -> tuple[int, str]:
    """Start in a terminal, press Ctrl-C once these words are shown; gives the status and all that was shown."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [TANDEM, "demo", "--no-browser", "--port", str(port)],
        cwd=folder,
        env={**environment({}), "TERM": "xterm", "COLUMNS": "100"},
        preexec_fn=lambda: os.login_tty(theirs),  # noqa: PLW1509 - a terminal of its own, as a person has
    )
    os.close(theirs)
    shown = b""
    with process:
        while chunk := _read(ours):
            if wanted in (shown := shown + chunk).decode(errors="replace"):
                os.write(ours, CTRL_C)
                break
        while chunk := _read(ours):
            shown += chunk
        status = process.wait(STOP_SECONDS)
    os.close(ours)
    assert not answers(f"http://127.0.0.1:{port}/clock"), "its Telegram outlived it"
    return status, shown.decode(errors="replace")


def _read(terminal: int) -> bytes:
    """What is shown next; nothing when the last process of the terminal has ended."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
