"""Durable "later": due rows that a tick turns into events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from loguru import logger

from core.clock import Clock
from core.db.session import Database, Row, Transaction, UnitOfWork
from core.errors import RaceLost
from core.events import TimerDue, TimersTaken
from core.lifecycle import Misfire
from core.rules.local_time import to_instant
from services.delivery.batches import run_batch
from services.delivery.schemas import DueTimer, Earlier, SetTimer
from services.delivery.store import timers as store
from utils.backoff import delay

BATCH = 500
SCHEDULE_FAILED = "SCHEDULE_FAILED"  # the code of what was given up; a dead letter
LAG_SECONDS = 2.0  # later than this is worth a line in the log
DAY = timedelta(days=1)
LATE = timedelta(minutes=5)  # past this a timer that may be skipped is


async def set_timer(
    uow: UnitOfWork,
    kind: str,
    key: str,
    due_at: datetime,
    payload: Mapping[str, Any],
    misfire: Misfire = Misfire.SEND,
    *,
    wall: datetime | None = None,
    zone: str | None = None,
) -> None:
    """Let `TimerDue(kind, key, payload)` happen at `due_at` (product's clock); the same key moves it.

    `wall` is what a clock in `zone` shows then, kept where a schedule is local.
    """
    local = {"local_wall": wall and wall.isoformat(timespec="minutes"), "zone": zone}
    row = {"kind": kind, "key": key, "due_at": due_at, "set_at": uow.now, "payload": dict(payload)}
    await _put(uow, {**row, **local, "misfire": misfire})


async def set_date(uow: UnitOfWork, kind: str, key: str, at: datetime, payload: Mapping[str, Any]) -> None:
    """The same for a moment that somebody named: no wait from now on, so a clock that is put right leaves it."""
    row = {"kind": kind, "key": key, "due_at": at, "set_at": None, "payload": dict(payload)}
    await _put(uow, {**row, "local_wall": None, "zone": None, "misfire": Misfire.SEND})


async def _put(uow: UnitOfWork, row: Row) -> None:
    await store.put(uow.conn, uow.account_id, {**row, "rule": None, "attempts": 0})


async def find_due_at(uow: UnitOfWork, kind: str, key: str) -> datetime | None:
    """When a timer fires, if it is set."""
    return await store.find_due_at(uow.conn, uow.account_id, kind, key)


async def find_first_due(uow: UnitOfWork) -> datetime | None:
    """When the next timer of the account fires, if any is set."""
    return await store.find_first_due(uow.conn, uow.account_id)


async def drop_timers(uow: UnitOfWork, kind: str, key_prefix: str) -> int:
    """Forget the timers of a kind whose key begins with `key_prefix`; says how many."""
    return await store.drop(uow.conn, uow.account_id, kind, key_prefix)


def _due(item: DueTimer) -> TimerDue:
    return TimerDue(item.kind, item.key, item.payload)


@dataclass
class _TimerWork:
    db: Database
    clock: Clock
    taken: set[int] = field(default_factory=set)

    def account_of(self, item: DueTimer) -> int:
        return item.account_id

    async def prepare(self, transaction: Transaction, items: Sequence[DueTimer]) -> None:
        self.taken = await store.take(transaction.conn, items)
        if len(items) == 1:
            return
        for account_id in sorted({item.account_id for item in items}):
            due = tuple(_due(item) for item in items if item.account_id == account_id)
            async with transaction.unit(account_id) as uow:
                uow.publish(TimersTaken(due))

    async def handle(self, uow: UnitOfWork, item: DueTimer) -> None:
        if item.id not in self.taken or self._is_missed(uow, item):
            return
        uow.publish(_due(item))

    def _is_missed(self, uow: UnitOfWork, item: DueTimer) -> bool:
        return item.misfire is Misfire.SKIP and uow.now - item.due_at > LATE

    async def seal(self, transaction: Transaction, items: Sequence[DueTimer]) -> None:
        pass  # taking them out of the table was the mark

    async def failed(self, item: DueTimer, error: Exception) -> None:
        tries = item.attempts + 1
        given_up = tries >= store.FAILED_TRIES
        log = logger.bind(event="timer.failed", kind=item.kind, key=item.key)
        log = log.bind(code=SCHEDULE_FAILED) if given_up else log
        lost = isinstance(error, RaceLost) and not given_up  # nothing is wrong: it rings again at once
        if lost:
            log.opt().warning("timer {} met another unit that was faster, try {}", item.kind, tries)
        else:
            log.opt(exception=error).error("timer {} failed, try {}", item.kind, tries)
        again = timedelta() if lost else delay(tries)
        said = f"{SCHEDULE_FAILED}: {error!r}" if given_up else repr(error)
        async with self.db.unit(item.account_id) as uow:
            await store.mark_failed(uow.conn, item.account_id, item.id, uow.now + again, said[:1000])


async def fire_due(db: Database) -> int:
    """Turn one batch of due timers into events; says how many there were."""
    now = db.clock.now()
    async with db.reading() as conn:
        due = await store.list_due(conn, now, BATCH)
    if due:
        _note_lag((now - due[0].due_at).total_seconds(), len(due))
        await run_batch(db, due, _TimerWork(db, db.clock))
    return len(due)


def _note_lag(seconds: float, count: int) -> None:
    if seconds > LAG_SECONDS:
        logger.bind(event="tick.lag", seconds=round(seconds, 1), timers=count).warning("timers fire late")


async def find_last_set(db: Database) -> datetime | None:
    """The latest moment at which a timer was set."""
    async with db.reading() as conn:
        return await store.find_last_set(conn)


async def put_earlier(uow: UnitOfWork, moment: datetime, by: timedelta) -> list[Earlier]:
    """Have timers that were set after a moment ring so much earlier, a batch of them; gives them as they were and are."""
    before = await store.list_set_after(uow.conn, uow.account_id, moment, BATCH)
    after = [_earlier(timer, by) for timer in before]
    if after:
        await store.put_earlier(uow.conn, uow.account_id, after)
    return [
        Earlier(old.kind, old.payload, old.due_at, new.due_at) for old, new in zip(before, after, strict=True)
    ]


def _earlier(timer: SetTimer, by: timedelta) -> SetTimer:
    """What keeps to a clock on a wall keeps its time of day: it is earlier by the nearest number of days."""
    moved = replace(timer, set_at=timer.set_at - by, due_at=timer.due_at - by)
    if timer.local_wall is None or timer.zone is None:
        return moved
    wall = datetime.fromisoformat(timer.local_wall) - round(by / DAY) * DAY
    return replace(moved, local_wall=wall.isoformat(timespec="minutes"), due_at=to_instant(wall, timer.zone))
