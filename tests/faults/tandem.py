"""`tandem run` as a process: started, asked to stop, killed by its own number."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.town import COURSE, ROOT, SALES
from tests.faults.waiting import until

READY = "is ours, epoch"
BOTS = 2
STARTING = 300  # seconds: a process that yields to eight busy ones has imported itself after 50
LAST = 3_000  # letters of a log that are shown


@dataclass
class Tandem:
    """One `tandem run`; its log is kept in `folder`. Restart it as often as you like."""

    folder: Path
    env: dict[str, str]
    starts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _log: Path = field(init=False)

    async def start(self, *, strike_at: int = 0) -> None:
        """Start and wait until both bots are owned."""
        self.starts += 1
        self._log = self.folder / f"tandem-{self.starts}.log"
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command("run"),
                env=self.env | {"FAULT_AT": str(strike_at)},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        await self.wait_for_line(READY, BOTS, STARTING)
        assert strike_at or self._process.returncode is None, self.log()[-LAST:]

    async def wait_for_line(self, words: str, times: int = 1, seconds: float = 60) -> None:
        """Until the log has a line with these words so often, or the process has ended."""

        def is_so() -> bool:
            assert self._process is not None
            return self.log().count(words) >= times or self._process.returncode is not None

        await self.showing_log(until(is_so, seconds, words))

    async def showing_log(self, waiting: Awaitable[None]) -> None:
        """Wait; what does not come fails with the last words of the log."""
        try:
            await waiting
        except AssertionError as late:
            raise AssertionError(
                f"{late}; exit status {self._process and self._process.returncode}\n{self.log()[-LAST:]}"
            ) from None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def wait(self) -> int:
        """Its exit status, once it has ended by itself."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and wait; it must say goodbye with 0."""
        self.signal(signal.SIGTERM)
        status = await self.wait()
        assert status == 0, self.log()[-LAST:]

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL, unless it has ended or never begun."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            await self.wait()


def command(*words: str) -> list[str]:
    """The `tandem` command with these words, by this Python."""
    return [sys.executable, "-c", "from app.cli.main import main; main()", *words]


def environment(url: str, api: str, folder: Path, **more: str) -> dict[str, str]:
    """What a `tandem` process of a drill is told."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_API_URL": api,
        "SALES_BOT_TOKEN": SALES,
        "COURSE_BOT_TOKEN": COURSE,
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "HTTP_PORT": "0",
        "MESSAGES_PER_SECOND": "5000",
        "LEASE_SECONDS": "1",
        **more,
    }


async def say(env: dict[str, str], folder: Path, *words: str) -> tuple[int, str]:
    """Run a short `tandem` command; gives its exit status and all it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*words),
        env=env,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()
