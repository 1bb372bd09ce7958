"""The scheduler's work: its errors are logged, and a stop in the midst of it is none."""

import asyncio
import logging

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app.serve.scheduler import steadily


async def test_a_stop_in_the_midst_of_a_tick_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(steadily(work, "the tick failed"), "interval", seconds=0.01)
    scheduler.start()
    await begun.wait()
    scheduler.shutdown(wait=False)
    await ended.wait()
    await asyncio.sleep(0)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
