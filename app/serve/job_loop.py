"""Performs jobs as they come: each beside the others, in the slots of its lane."""

import asyncio
from collections.abc import Sequence

from loguru import logger

from core.db.session import Database
from services.delivery import jobs
from services.delivery.jobs import Lane
from services.delivery.schemas import ClaimedJob

IDLE_SECONDS = 30.0  # the tick rings
RETRY_SECONDS = 1.0


class JobLoop:
    """Runs until told to stop; a job under way is finished, or put back in line if the task is cancelled."""

    def __init__(self, db: Database, lanes: Sequence[Lane]) -> None:
        self._db = db
        self._lanes = lanes
        self._under_way: dict[str, set[asyncio.Task[None]]] = {lane.name: set() for lane in lanes}
        self._stopping = False

    async def run(self) -> None:
        """Claim what there is a slot for, again as soon as there is more of either."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                try:
                    claimed = await jobs.claim_due(self._db, self._lanes, self._count_free())
                except Exception as error:  # loop edge: the database may be away for a moment
                    logger.opt(exception=error).error("claiming jobs failed")
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                for job in claimed:
                    self._begin(group, job)
                if not claimed:
                    await self._db.bell.wait(jobs.TOPIC, IDLE_SECONDS)

    def stop(self) -> None:
        """Claim no more, and return from `run` after the jobs under way."""
        self._stopping = True
        self._db.bell.ring(jobs.TOPIC)
        for lane in self._lanes:
            for task in self._under_way[lane.name] if lane.lets_go else ():
                task.cancel()

    def count_under_way(self) -> dict[str, int]:
        """How many jobs are being performed, by lane; only lanes that perform some."""
        return {name: len(tasks) for name, tasks in self._under_way.items() if tasks}

    def _count_free(self) -> dict[str, int]:
        return {lane.name: lane.slots - len(self._under_way[lane.name]) for lane in self._lanes}

    def _begin(self, group: asyncio.TaskGroup, job: ClaimedJob) -> None:
        lane = jobs.find_lane(self._lanes, job.kind)
        under_way = self._under_way[lane.name]
        task = group.create_task(self._perform(lane, job))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    async def _perform(self, lane: Lane, job: ClaimedJob) -> None:
        try:
            await jobs.perform(self._db, lane.performers, job)
        except Exception as error:  # loop edge: the database was away; the job counts as lost after its hold
            logger.opt(exception=error).error("storing the answer of a job failed")
        self._db.bell.ring(jobs.TOPIC)
