"""Calls to the outside world: claimed and committed, then made, then one commit stores the answer as an event."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import Database, Row, UnitOfWork, until_won
from core.events import JobFinished
from core.lifecycle import JobState
from core.public_ids import JOB
from services.delivery.feed.changes import Topic, note_change
from services.delivery.schemas import AT_ONCE, ClaimedJob
from services.delivery.store import jobs as store
from utils import faultpoints
from utils.backoff import delay
from utils.redaction import redact

MOST_TRIES = 8
HOLD = timedelta(seconds=60)  # how long a performer may take before its job counts as lost
TOPIC = "jobs"
FOR = "."  # between a kind's subject and who is asked

# What a job carries, with the `account_id` it was added for and its own `job_id`.
Perform = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class PermanentFailure(Exception):  # noqa: N818 - it states a fact, as all our errors do
    """The outside world said no for good; trying again is useless."""


class NotDoneYet(Exception):  # noqa: N818 - it states a fact, as all our errors do
    """A performer has done a part, which is kept; it goes on when its turn comes again."""


@dataclass(frozen=True)
class Lane:
    """Jobs that share `slots` and wait for no other lane's; with `lets_go` a stop of the process tears them off at once."""

    name: str
    slots: int
    performers: Mapping[str, Perform]
    lets_go: bool = False


async def add_job(uow: UnitOfWork, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
    """Have `kind`'s performer called once this unit has committed; the same key is done once, and False the second time."""
    row = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "state": JobState.PENDING,
        "attempts": 0,
        "next_at": AT_ONCE,
    }
    job_id = await store.add(uow.conn, uow.account_id, row)
    if job_id is not None:
        note_change(uow, Topic.JOBS, JOB, job_id)
    uow.wake(TOPIC)
    return job_id is not None


async def is_any_at_work(db: Database) -> bool:
    """Whether a call to the outside world is being made, or is to be made now."""
    async with db.reading() as conn:
        return await store.is_any_at_work(conn, db.clock.real_now())


async def claim_due(db: Database, lanes: Sequence[Lane], free: Mapping[str, int]) -> list[ClaimedJob]:
    """Claim what is due, in each lane as many as it has `free` slots, by the lane's name."""
    now = db.clock.real_now()
    async with db.reading() as conn:
        due = await store.list_due_kinds(conn, now)
    wanted = {lane.name: [kind for kind in due if find_lane(lanes, kind) is lane] for lane in lanes}
    wanted = {name: kinds for name, kinds in wanted.items() if kinds and free[name] > 0}
    if not wanted:
        return []
    claimed = []
    async with db.transaction() as transaction:
        for name, kinds in wanted.items():
            claimed += await store.claim(transaction.conn, now, HOLD, kinds, free[name])
        for job in claimed:
            async with transaction.unit(job.account_id) as uow:
                note_change(uow, Topic.JOBS, JOB, job.id)
    faultpoints.reach("job claimed")
    return claimed


def kind_for(kind: str, whom: str) -> str:
    """A kind of jobs of its own for one of those who are asked, so that the others need not wait for them."""
    return f"{kind}{FOR}{whom}"


def subject_of(kind: str) -> str:
    """What a kind is about, whoever is asked."""
    return kind.partition(FOR)[0]


def find_lane(lanes: Sequence[Lane], kind: str) -> Lane:
    """The lane of a kind, else of its subject; the last one takes what no lane performs, and its failure is seen."""
    own = next((lane for lane in lanes if kind in lane.performers), None)
    return own or next((lane for lane in lanes if subject_of(kind) in lane.performers), lanes[-1])


async def perform(db: Database, performers: Mapping[str, Perform], job: ClaimedJob) -> None:
    """Perform a claimed job and store its answer; cancelled before there is one, it puts the job back in line."""
    try:
        async with asyncio.timeout(HOLD.total_seconds() * 0.8):
            perform_it = performers.get(job.kind) or performers[subject_of(job.kind)]
            result = await perform_it({**job.payload, "account_id": job.account_id, "job_id": job.id})
    except asyncio.CancelledError:
        logger.bind(event="job.interrupted", kind=job.kind, key=job.key).info("job {} is put back", job.kind)
        await _give_back(db, job)
        raise
    except NotDoneYet:
        await _give_back(db, job)
        return
    except Exception as error:  # loop edge: one call's trouble is not the others'
        await _store_failure(db, job, error)
        return
    faultpoints.reach("job performed")
    await until_won(lambda: _store_answer(db, job, result))


async def _store_answer(db: Database, job: ClaimedJob, result: Mapping[str, Any]) -> None:
    async with db.unit(job.account_id) as uow:
        done = await _finish(
            uow, job, {"state": JobState.DONE, "result": dict(result), "ended_at": uow.real_now}
        )
        if done:
            uow.publish(JobFinished(job.kind, job.key, job.payload, ok=True, result=result))


async def _finish(uow: UnitOfWork, job: ClaimedJob, values: Row) -> bool:
    """Store a claimed job's outcome; False if it was claimed anew meanwhile."""
    done = await store.finish(uow.conn, uow.account_id, job, values)
    if done:
        note_change(uow, Topic.JOBS, JOB, job.id)
    return done


async def _give_back(db: Database, job: ClaimedJob) -> None:
    """The next one need not wait until the job counts as lost, and this try is not counted."""
    async with db.unit(job.account_id) as uow:
        values = {"state": JobState.PENDING, "next_at": uow.real_now, "attempts": job.attempts - 1}
        await _finish(uow, job, values)


async def _store_failure(db: Database, job: ClaimedJob, error: Exception) -> None:
    given_up = isinstance(error, PermanentFailure) or job.attempts >= MOST_TRIES
    logger.bind(event="job.failed", kind=job.kind, key=job.key, given_up=given_up).warning(
        "job {} failed, try {}: {}", job.kind, job.attempts, redact(repr(error))
    )
    async with db.unit(job.account_id) as uow:
        values = {
            "state": JobState.DEAD if given_up else JobState.PENDING,
            "next_at": uow.real_now + delay(job.attempts),
            "ended_at": uow.real_now if given_up else None,
            "error": redact(repr(error))[:1000],
        }
        if await _finish(uow, job, values) and given_up:
            failure = {"error": redact(str(error)), "permanent": isinstance(error, PermanentFailure)}
            uow.publish(JobFinished(job.kind, job.key, job.payload, ok=False, result=failure))
