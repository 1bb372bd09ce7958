"""`tandem run` as a process: started, asked to stop, killed by its own number."""

import asyncio
import os
import signal
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.town import COURSE, ROOT, SALES
from tests.faults.waiting import until
from tests.stories.forked import Forked, run_tandem, start_tandem

READY = "is ours, epoch"
BOTS = 2
STARTING = 300  # seconds: a process that yields to eight busy ones has imported itself after 50
LAST = 3_000  # letters of a log that are shown


@dataclass
class Tandem:
    """One `tandem run` or a `part` of it; its log is kept in `folder`. Restart it as often as you like."""

    folder: Path
    env: dict[str, str]
    part: str = "run"
    name: str = "tandem"
    starts: int = 0
    _process: Forked | None = None
    _log: Path = field(init=False)

    async def start(self, *, strike_at: int = 0, line: str = READY, times: int = BOTS) -> None:
        """Start and wait until both bots are owned, or for another line."""
        self.starts += 1
        self._log = self.folder / f"{self.name}-{self.starts}.log"
        self._log.touch()
        told = self.env | {"FAULT_AT": str(strike_at)}
        self._process = await asyncio.to_thread(
            start_tandem, self.folder, told, self._log, words=(self.part,)
        )
        await self.wait_for_line(line, times, STARTING)
        assert strike_at or self._process.poll() is None, self.log()[-LAST:]

    async def wait_for_line(self, words: str, times: int = 1, seconds: float = 60) -> None:
        """Until the log has a line with these words so often, or the process has ended."""

        def is_so() -> bool:
            assert self._process is not None
            return self.log().count(words) >= times or self._process.poll() is not None

        await self.showing_log(until(is_so, seconds, words))

    async def showing_log(self, waiting: Awaitable[None]) -> None:
        """Wait; what does not come fails with the last words of the log."""
        try:
            await waiting
        except AssertionError as late:
            raise AssertionError(
                f"{late}; exit status {self._process and self._process.poll()}\n{self.log()[-LAST:]}"
            ) from None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.number

    async def wait(self) -> int:
        """Its exit status, once it has ended by itself."""
        process = self._process
        assert process is not None
        await until(lambda: process.poll() is not None, STARTING, "the end of the process")
        return process.wait(0)

    async def stop(self) -> None:
        """SIGTERM, and wait; it must say goodbye with 0."""
        self.signal(signal.SIGTERM)
        status = await self.wait()
        assert status == 0, self.log()[-LAST:]

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL, unless it has ended or never begun."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            await self.wait()


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
    done = await asyncio.to_thread(run_tandem, folder, env, *words)
    return done.returncode, done.stdout + done.stderr
