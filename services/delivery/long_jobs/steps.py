"""Performs a long job step by step: what a step does and how far the job is land in one unit, so that nothing is done twice.

A kind of long jobs is a `LongJob` in `services/reactions/long_jobs.py`; `begin_long_job` begins one.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.db.models.delivery_long import job_lines
from core.db.session import Database, UnitOfWork
from core.lifecycle import JobState
from core.public_ids import JOB
from services.delivery.feed.changes import Topic, note_change
from services.delivery.jobs import HOLD, TOPIC, NotDoneYet, Perform
from services.delivery.schemas import AT_ONCE
from services.delivery.store import long_jobs as store
from utils import faultpoints
from utils.signing import random_id

TURN_SECONDS = 5.0  # then another job gets the slot
Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """What became of one of those it is about; `cells` stand in the order of the job's columns."""

    cells: Sequence[str | int | None]
    contact_id: int | None = None


@dataclass(frozen=True)
class Step:
    """What one unit has done: so many more, and from where the next step goes on (any JSON); None: that was the last one."""

    done: int
    lines: Sequence[Line] = field(default_factory=tuple)
    go_on: Any = None


TakeStep = Callable[[UnitOfWork, Payload, Any], Awaitable[Step]]


@dataclass(frozen=True)
class LongJob:
    """A kind: the columns of its file, which permission a look at it needs, and one step of it.

    A step gets the job's payload and from where it goes on, None at first. It takes a second at most: on SQLite nobody
    else writes meanwhile.
    """

    columns: tuple[str, ...]
    needs: str
    take_step: TakeStep


async def begin_long_job(
    uow: UnitOfWork, kind: str, needs: str, payload: Payload, asked_by: int, total: int | None = None
) -> int:
    """Have a long job begun once this unit has committed, and give its number; `total`: how many it is about."""
    row = {
        "kind": kind,
        "key": random_id(),
        "payload": dict(payload),
        "state": JobState.PENDING,
        "attempts": 0,
        "next_at": AT_ONCE,
        "asked_by": asked_by,
        "needs": needs,
        "total": total,
        "begun_at": uow.real_now,
    }
    job_id = await store.add(uow.conn, uow.account_id, row)
    note_change(uow, Topic.JOBS, JOB, job_id)
    uow.wake(TOPIC)
    return job_id


def build_performers(db: Database, kinds: Mapping[str, LongJob]) -> Mapping[str, Perform]:
    """Who performs them: each for some seconds, then it waits in line again."""

    def build(kind: LongJob) -> Perform:
        async def perform(payload: Payload) -> Payload:
            over = time.monotonic() + TURN_SECONDS
            while await _go_on(db, kind, payload):
                if time.monotonic() > over:
                    raise NotDoneYet
            return {}

        return perform

    return {name: build(kind) for name, kind in kinds.items()}


async def _go_on(db: Database, kind: LongJob, payload: Payload) -> bool:
    """One step; whether there is another one. Raises NotDoneYet for a job that was stopped meanwhile."""
    async with db.unit(payload["account_id"]) as uow:
        job_id = payload["job_id"]
        place = await store.hold(uow.conn, uow.account_id, job_id, uow.real_now + HOLD)
        if place is None:
            raise NotDoneYet
        step = await kind.take_step(uow, payload, place.go_on)
        for line in step.lines:
            row = {"account_id": uow.account_id, "job_id": job_id, "at": uow.real_now}
            uow.append(job_lines, {**row, "contact_id": line.contact_id, "cells": list(line.cells)})
        done = place.done + step.done
        await store.keep_place(uow.conn, uow.account_id, job_id, done, step.go_on)
        note_change(uow, Topic.JOBS, JOB, job_id)
    faultpoints.reach("step of a job done")
    return step.go_on is not None
