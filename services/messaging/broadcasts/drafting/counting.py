"""Whom a message to many reaches: counted at once among few people, by a job among very many, so that no press waits for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Database, UnitOfWork
from core.events import JobFinished
from core.lifecycle import BroadcastStatus
from core.text.refusal import Refused
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.messaging.broadcasts.starting import count_reach, load_audience
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store
from services.people.conditions import audience
from services.people.conditions.audience import Reach
from services.people.conditions.base import Scope
from services.people.conditions.tree import Node, load_tree

COUNT = "broadcast_count"  # job
MANY = 20_000  # people of an account: so many are counted in some hundredths of a second
COUNTED = (BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED)  # whose cards say whom they reach


async def read_reach(uow: UnitOfWork, broadcast: Broadcast) -> Reach | None:
    """Who would get it and who would not; None while very many are to be counted. Raises BROADCAST_AUDIENCE."""
    tree = broadcast.plan.tree if broadcast.plan else None
    if broadcast.reach is not None:
        return broadcast.reach
    if await is_for_a_job(uow):
        await load_audience(uow, tree)
        return None
    return await count_reach(uow, broadcast.bot_id, tree)


async def count_beside(uow: UnitOfWork, broadcast: Broadcast, view: str, key: str) -> None:
    """Have very many counted for what its card shows now: `view`, until the next press."""
    if broadcast.status not in COUNTED or broadcast.plan is None or broadcast.change is not None:
        return
    if not await is_for_a_job(uow):
        return
    await store.change_broadcast(uow.conn, uow.account_id, broadcast.id, {"counting": key})
    await add_job(uow, COUNT, key, {"broadcast_id": broadcast.id, "view": view})


async def is_for_a_job(uow: UnitOfWork) -> bool:
    """Whether so many are to be counted that nobody who writes may wait for it."""
    return await audience.has_more_than(uow.conn, uow.account_id, MANY)


def with_found(broadcast: Broadcast, finished: JobFinished) -> Broadcast:
    """The broadcast with what the job found; without it where the job failed."""
    return replace(broadcast, reach=Reach(**finished.result)) if finished.ok else broadcast


def build_performer(db: Database) -> Mapping[str, Perform]:
    """The job that counts."""

    async def count(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        account_id = payload["account_id"]
        async with db.reading() as conn:
            broadcast = await store.find_broadcast(conn, account_id, payload["broadcast_id"])
        if broadcast is None or broadcast.plan is None:
            raise PermanentFailure("there is nothing to count")
        try:
            return asdict(await count_apart(db, account_id, broadcast.bot_id, broadcast.plan.tree))
        except Refused as refused:
            raise PermanentFailure(str(refused)) from None

    return {COUNT: count}


async def count_apart(db: Database, account_id: int, bot_id: int, tree: Node | None) -> Reach:
    """Who would get it, counted without holding up anybody who writes; raises Refused where a segment has been dropped since."""
    async with _looking(db) as conn:
        asked = tree and await load_tree(conn, account_id, tree)
        return await audience.count_reach(conn, bot_id, asked, Scope(account_id, db.clock.now()))


@asynccontextmanager
async def _looking(db: Database) -> AsyncIterator[AsyncConnection]:
    """SQLite has one writer, and readers of their own; what is set for a count on PostgreSQL lasts for a transaction."""
    if db.is_sqlite:
        async with db.reading() as conn:
            yield conn
    else:
        async with db.transaction() as transaction:
            yield transaction.conn
