"""A run's step through the shell beside a bare transaction of the same rows; 10,000 due of 100,000 active runs."""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, insert, select, update

from app.serve.scheduler import run_tick
from bench.figures import Figure, Scale
from bench.race import race, ratio
from bench.stage import BOT, CHUNK, FIRST_PERSON, ensure_people, fresh_databases, open_database
from core.db.models.delivery import outbox, timers
from core.db.models.learning import run_steps, runs
from core.db.models.people import contacts, tags, variables
from core.db.session import Database, Transaction
from core.environment import FIRST_ACCOUNT
from core.flow.definition import Flow, parse_flow
from core.flow.engine import advance
from core.flow.events import Entered, Pressed
from core.flow.history import Outcome
from core.flow.run import Run, View, dump_run_state
from core.lifecycle import Misfire, OutboxState, Priority
from services.content.flows import publish_flow
from services.learning.runs import effects
from services.learning.runs.runs import deliver
from services.learning.store.runs import COLUMNS

STEPS = {Scale.FULL: 3_000, Scale.SHORT: 1_000, Scale.TINY: 10}
RUNS = {Scale.FULL: 100_000, Scale.SHORT: 20_000, Scale.TINY: 50}
DUE = {Scale.FULL: 10_000, Scale.SHORT: 2_000, Scale.TINY: 20}
PRESSED = {"type": "message", "text": "One thought of the lesson", "button": "Next"}
WAITED = {"type": "delay", "wait": "1d"}
DAY = timedelta(days=1)
SOON = timedelta(days=30)


def run(scale: Scale) -> Sequence[Figure]:
    """The ratio and the drain, on both databases."""
    with fresh_databases(*scale.databases) as urls:
        stepped = [_ratio(kind, url, scale) for kind, url in urls.items()]
    with fresh_databases(*scale.databases) as urls:
        drained = [figure for kind, url in urls.items() for figure in asyncio.run(_drain(kind, url, scale))]
    return [*stepped, *drained]


def _ratio(kind: str, url: str, scale: Scale) -> Figure:
    steps = STEPS[scale]
    timings = race({"step": partial(step, url, steps), "bare": partial(transact, url, steps)}, scale)
    rates = {name: statistics.median(rate) for name, rate in timings.items()}
    return Figure(
        f"run step ÷ bare transaction of its rows, {kind}",
        ratio(timings, "step", "bare"),
        "x",
        floor=0.5,
        how=f"{rates['step']:,.0f} ÷ {rates['bare']:,.0f} /s, {steps:,} one after the other",
    )


def step(url: str, steps: int) -> float:
    """Load, advance, save and enqueue, each in a unit of its own."""
    return asyncio.run(_step(url, steps))


async def _step(url: str, steps: int) -> float:
    async with open_database(url) as db:
        ids = await _new_runs(db, _course(PRESSED), steps)
        began = time.perf_counter()
        for run_id in ids:
            async with db.unit(FIRST_ACCOUNT) as uow:
                outcome = await deliver(uow, run_id, Pressed(1, "1"))
                assert outcome is Outcome.MOVED
        return steps / (time.perf_counter() - began)


def transact(url: str, steps: int) -> float:
    """The same rows read and written by the plainest statements, with no engine between."""
    return asyncio.run(_transact(url, steps))


async def _transact(url: str, steps: int) -> float:
    async with open_database(url) as db:
        ids = await _new_runs(db, _course(PRESSED), steps)
        began = time.perf_counter()
        for run_id in ids:
            async with db.transaction() as transaction:
                await _read_and_write(transaction, run_id, db.clock.now())
        return steps / (time.perf_counter() - began)


async def _read_and_write(transaction: Transaction, run_id: int, now: datetime) -> None:
    conn = transaction.conn
    row = (await conn.execute(select(*COLUMNS).where(runs.c.id == run_id))).one()
    (await conn.execute(select(contacts).where(contacts.c.id == row.contact_id))).one()
    for table in (variables, tags):
        (await conn.execute(select(table).where(table.c.contact_id == row.contact_id))).all()
    changed = {"state": row.state, "status": "active", "spoke_at": now, "version": row.version + 1}
    await conn.execute(update(runs).where(runs.c.id == run_id, runs.c.version == row.version).values(changed))
    noted = {
        "account_id": FIRST_ACCOUNT,
        "run_id": run_id,
        "step": "step_0",
        "visit": 1,
        "event": "left",
        "at": now,
    }
    await conn.execute(
        insert(run_steps), [noted, {**noted, "step": "step_1", "visit": 2, "event": "entered"}]
    )
    await conn.execute(insert(outbox), [_call(run_id, row.chat_id, now)])


def _call(run_id: int, chat_id: int, now: datetime) -> dict[str, Any]:
    return {
        "account_id": FIRST_ACCOUNT,
        "bot_id": BOT.id,
        "chat_id": chat_id,
        "priority": Priority.INTERACTIVE,
        "dedupe_key": f"bare:{run_id}",
        "method": "sendMessage",
        "payload": json.dumps({"chat_id": chat_id, "text": PRESSED["text"]}),
        "frozen": False,
        "state": OutboxState.PENDING,
        "not_before": now,
        "attempt": 0,
        "possibly_twice": False,
        "created_at": now,
    }


async def _drain(kind: str, url: str, scale: Scale) -> list[Figure]:
    async with open_database(url) as db:
        ids = await _new_runs(db, _course(WAITED, PRESSED), RUNS[scale])
        await _set_timers(db, ids, DUE[scale])
        began = time.perf_counter()
        await run_tick(db, [BOT.id])
        took = time.perf_counter() - began
        late = await _count_late(db, DUE[scale])
    how = f"{DUE[scale]:,} due of {RUNS[scale]:,} active runs, in {took:.1f} s"
    return [
        Figure(f"due runs advanced, {kind}", DUE[scale] / took, "/s", floor=1_000, how=how),
        Figure(f"due runs left after the tick, {kind}", late, "runs", floor=0, less_is_better=True, how=how),
    ]


async def _set_timers(db: Database, ids: Sequence[int], due: int) -> None:
    now = db.clock.now()
    common = {"account_id": FIRST_ACCOUNT, "kind": effects.TIMER, "misfire": Misfire.SEND, "attempts": 0}
    rows = [
        {
            "key": f"run:{run_id}:1:delay",
            "due_at": now if place < due else now + SOON,
            "payload": {"run_id": run_id, "visit": 1, "name": "delay"},
            **common,
        }
        for place, run_id in enumerate(ids)
    ]
    for start in range(0, len(rows), CHUNK):
        async with db.transaction() as transaction:
            await transaction.conn.execute(insert(timers), rows[start : start + CHUNK])


async def _count_late(db: Database, due: int) -> float:
    """Timers that are due and still there, and runs that should have moved and have not."""
    async with db.reading() as conn:
        late = await conn.scalar(
            select(func.count()).select_from(timers).where(timers.c.due_at <= db.clock.now())
        )
        said = await conn.scalar(select(func.count()).select_from(outbox))
        moved = await conn.scalar(select(func.count()).select_from(runs).where(runs.c.version == 1))
    assert said == moved == due, f"{moved} runs moved, {said} messages"
    return float(late or 0)


def _course(*steps: dict[str, Any]) -> Flow:
    numbered = [{"key": f"step_{number}", **each_step} for number, each_step in enumerate([*steps] * 10)]
    return parse_flow({"kind": "course", "slug": "bench", "name": "Bench", "steps": numbered})


async def _new_runs(db: Database, flow: Flow, count: int) -> list[int]:
    """So many people, each at the flow's first step since yesterday; the runs of a former round are over."""
    await ensure_people(db, count)
    async with db.unit(FIRST_ACCOUNT) as uow:
        version = await publish_flow(uow, flow)
        await uow.conn.execute(update(runs).values(status="completed"))
    yesterday = db.clock.now() - DAY
    state = dump_run_state(advance(flow, Run.new(), Entered(), yesterday, View()).run)
    common = {"account_id": FIRST_ACCOUNT, "bot_id": BOT.id, "flow_version_id": version.id, "kind": flow.kind}
    common |= {
        "status": "active",
        "state": state,
        "version": 0,
        "spoke_at": yesterday,
        "started_at": yesterday,
    }
    for start in range(1, count + 1, CHUNK):
        people = range(start, min(start + CHUNK, count + 1))
        rows = [{"contact_id": n, "chat_id": FIRST_PERSON + n, **common} for n in people]
        async with db.transaction() as transaction:
            await transaction.conn.execute(insert(runs), rows)
    async with db.reading() as conn:
        return [*await conn.scalars(select(runs.c.id).where(runs.c.status == "active").order_by(runs.c.id))]
