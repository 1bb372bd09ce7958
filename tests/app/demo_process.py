"""`tandem demo` as a process: in a terminal or without one, asked for lines, ended as a person ends it."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stories.forked import start_tandem
from tests.stories.school import TANDEM, answers, environment

READY = re.compile(r"open (http://127\.0\.0\.1:\d+) in a browser")
STOP_SECONDS = 180
CTRL_C = b"\x03"


class Demo:
    """A demo that writes into a pipe; forked, for a terminal shows what a start of its own is."""

    def __init__(self, folder: Path, port: int) -> None:
        said, self._complained = folder / "demo.said", folder / "demo.err"
        os.mkfifo(said)
        env = environment({"DATABASE_URL": "a developer's own", "REVIEW_CHAT_ID": "of no interest here"})
        words = ("demo", "--no-browser", "--port", str(port))
        self.process = start_tandem(folder, env, self._complained, said=said, words=words)
        self._said = said.open()
        said.unlink()
        self.lines: list[str] = []

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read on to the line with the pattern."""
        for line in self._said:
            self.lines.append(line)
            if found := pattern.search(line):
                return found
        raise AssertionError(
            f"it ended without a line like {pattern.pattern}: {self.lines} {self._complained.read_text()}"
        )

    def address(self) -> str:
        """The address it says at the end of its preparations."""
        return self.wait_for(READY)[1]

    def end(self) -> str:
        """Press Ctrl-C; gives the last lines."""
        self.process.send_signal(signal.SIGINT)
        rest = self._said.read()
        assert (self.process.wait(STOP_SECONDS), self._complained.read_text()) == (0, "")
        return rest

    def kill(self) -> None:
        """As nobody ends it; once it has ended that does nothing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
        self._said.close()


@contextmanager
def running_demo(folder: Path, port: int) -> Iterator[Demo]:
    """A demo that does not outlive the block."""
    demo = Demo(folder, port)
    try:
        yield demo
    finally:
        demo.kill()


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
