"""What `tandem run` builds, inside the test's process: started, stopped with grace, or torn apart as by a kill."""

import asyncio
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiogram import Dispatcher

from app.boot.bots import connect_bots
from app.boot.process import Process
from app.boot.settings import Settings
from app.serve import wiring
from app.serve.workers import Workers
from bots.runtime.pool import Pool
from core.db.session import Database
from core.lifecycle import BotKind
from services.delivery.jobs import Lane
from tests.fakes.tasks import bury
from tests.faults.waiting import until
from utils import faultpoints

Dispatchers = Callable[[], Mapping[BotKind, Dispatcher]]
PATIENCE = 120.0
_INSIDE: ContextVar["Kernel | None"] = ContextVar("kernel", default=None)


class Struck(BaseException):
    """What a planted fault point raises; no loop's `except Exception` survives it."""


@dataclass
class Kernel:
    """One process's worth of Tandem. Its tasks are known by the context they were started in."""

    settings: Settings
    build_dispatchers: Dispatchers = wiring.build_dispatchers
    lanes: Sequence[Lane] | None = None  # the product's own, unless a drill has others
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: "weakref.WeakSet[asyncio.Task[Any]]" = field(default_factory=weakref.WeakSet)
    _process: Process | None = None

    @property
    def db(self) -> Database:
        assert self._process is not None
        return self._process.db

    @property
    def pool(self) -> Pool:
        assert self._process is not None
        assert self._process.pool is not None
        return self._process.pool

    async def start(self, *, strike_at: int = 0) -> None:
        """Come up, without waiting for the leases of a dead one; the `strike_at`-th dangerous moment is the last one."""
        self.struck = asyncio.Event()
        asyncio.get_running_loop().set_task_factory(_remember)
        inside = _INSIDE.set(self)
        try:
            await self._begin()
        finally:
            _INSIDE.reset(inside)
        faultpoints.arm(strike_at, self._strike)

    async def _begin(self) -> None:
        process = self._process = Process(self.settings)
        await connect_bots(process.db, process.keys, process.telegram, self.settings)
        lanes = wiring.build_lanes(process) if self.lanes is None else self.lanes
        self._work = Workers(process, self.build_dispatchers(), lanes)
        process.pool = self._work.pool
        await self._work.start()

    async def wait_until_ready(self) -> None:
        """Until both bots are owned and polled."""
        assert self._process is not None
        await until(self._process.is_ready, what="both bots are polled")

    def _strike(self, name: str) -> None:
        self.struck.set()
        raise Struck(name)

    async def stop(self) -> None:
        """As after SIGTERM, in the product's own order."""
        faultpoints.arm(0)
        await self._work.stop()
        await self._close()

    async def kill(self) -> None:
        """Nothing is finished, released or told: all that was not committed is gone."""
        faultpoints.arm(0)
        self._work.scheduler.shutdown(wait=False)
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=PATIENCE)  # a second blow would hit the clearing up
        if self.pool._session:
            await self.pool._session.close()
        await self._close()
        bury()

    async def _close(self) -> None:
        assert self._process is not None
        await self._process.close()


def _remember(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
    task = asyncio.Task(work, loop=loop, **more)
    kernel = _INSIDE.get()
    if kernel is not None:
        kernel._tasks.add(task)
    return task
