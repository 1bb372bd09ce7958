"""What a process does for its bots: it handles, ticks, sends and performs jobs, and stops so that nothing is lost."""

import asyncio
from collections.abc import Mapping, Sequence

from aiogram import Dispatcher
from loguru import logger

from app.boot.process import Process
from app.serve import wiring
from app.serve.job_loop import JobLoop
from app.serve.scheduler import build_scheduler
from bots.runtime.intake import Intake
from core.lifecycle import BotKind
from services.delivery.jobs import Lane

UPDATES_SECONDS = 1.0  # what is torn off is handled after the restart
JOBS_SECONDS = 8.0


class Workers:
    """Everything that runs for a process's bots, between their connection and the end of the process."""

    def __init__(
        self,
        process: Process,
        dispatchers: Mapping[BotKind, Dispatcher],
        lanes: Sequence[Lane],
    ) -> None:
        pool = self.pool = wiring.build_pool(
            process.settings, process.db, process.telegram, process.owner, process.list_bots
        )
        self.intake = Intake(process.db, dispatchers, pool.stations, process.providers, pool.is_behind)
        self.jobs = JobLoop(process.db, lanes)
        self.scheduler = build_scheduler(process.db, lambda: list(pool.stations()))

    async def start(self) -> None:
        """Take the bots, then handle, tick, send and perform."""
        await self.pool.start()
        self._handling = asyncio.create_task(self.intake.run())
        self._performing = asyncio.create_task(self.jobs.run())
        self.scheduler.start()

    async def stop(self) -> None:
        """Receive nothing more, and let what is under way come to its end within 11 s or be done after a restart.

        What is in flight lands beside the jobs: neither waits for the other.
        """
        logger.bind(event="process.stopping").info("stopping")
        await self.pool.stop_intake()
        self.scheduler.shutdown(wait=False)
        self.intake.stop()
        self.jobs.stop()
        await _end(self._handling, UPDATES_SECONDS)
        tell_awaited(self.jobs.count_under_way())
        await asyncio.gather(self.pool.stop(), _end(self._performing, JOBS_SECONDS))


def tell_awaited(calls: Mapping[str, int]) -> None:
    """Whom the stop waits for, so that nobody takes a server that hangs for a process that does."""
    if calls:
        named = ", ".join(f"{lane} {number}" for lane, number in calls.items())
        logger.bind(event="process.awaiting", calls=sum(calls.values())).info(
            "the stop waits up to {:.0f} s for calls under way ({}); what has no answer then is asked again after the start",
            JOBS_SECONDS,
            named,
        )


async def _end(loop: asyncio.Task[None], seconds: float) -> None:
    """Let a loop that was told to stop finish what it is at; after `seconds` that is torn off."""
    done, _ = await asyncio.wait({loop}, timeout=seconds)
    if not done:
        loop.cancel()
    await asyncio.gather(loop, return_exceptions=not done)
