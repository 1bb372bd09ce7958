"""Performs jobs as they come, one batch after the other."""

import asyncio
from collections.abc import Mapping

from loguru import logger

from core.db.session import Database
from services.delivery import jobs
from services.delivery.jobs import Perform

IDLE_SECONDS = 30.0  # the tick rings
RETRY_SECONDS = 1.0


class JobLoop:
    """Runs until told to stop; a job under way is finished, or put back in line if the task is cancelled."""

    def __init__(self, db: Database, performers: Mapping[str, Perform]) -> None:
        self._db = db
        self._performers = performers
        self._stopping = False

    async def run(self) -> None:
        """Claim, perform, store, again."""
        while not self._stopping:
            try:
                done = await jobs.run_due(self._db, self._performers)
            except Exception as error:  # loop edge: the database may be away for a moment
                logger.opt(exception=error).error("running jobs failed")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if not done:
                await self._db.bell.wait(jobs.TOPIC, IDLE_SECONDS)

    def stop(self) -> None:
        """Return from `run` after the batch at hand."""
        self._stopping = True
        self._db.bell.ring(jobs.TOPIC)
