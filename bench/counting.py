"""How long it takes to count an audience of three conditions, with who is left out and why."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from sqlalchemy import insert

from bench.figures import Figure, Scale
from bench.stage import BOT, add_people, fresh_databases, open_database
from core.db.models.people import tags
from core.db.session import Database
from services.messaging.broadcasts.starting import count_reach
from services.people.conditions.tree import read_tree

PEOPLE = {Scale.FULL: 1_000_000, Scale.SHORT: 100_000, Scale.TINY: 300}
TAGGED = 3  # every third
ROUNDS = {Scale.FULL: 5, Scale.SHORT: 5, Scale.TINY: 1}
CHUNK = 10_000
TREE = {"all": ["has_not_paid", {"not": {"tag": "cold"}}, {"any": [{"language": "en"}, {"tag": "warm"}]}]}


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases."""
    with fresh_databases(*scale.databases) as urls:
        return [asyncio.run(_measure(kind, url, scale)) for kind, url in urls.items()]


async def _measure(kind: str, url: str, scale: Scale) -> Figure:
    people, took = PEOPLE[scale], []
    async with open_database(url) as db:
        await add_people(db, people)
        await _tag(db, people)
        for _ in range(ROUNDS[scale]):
            began = time.perf_counter()
            async with db.unit(BOT.account_id) as uow:
                reach = await count_reach(uow, BOT.id, read_tree(TREE))
            took.append(time.perf_counter() - began)
    return Figure(
        f"live count over {people:,} contacts, {kind}",
        statistics.median(took),
        "s",
        goal=0.3,
        less_is_better=True,
        how=f"four conditions; {reach.count:,} fit; median of {len(took)}",
    )


async def _tag(db: Database, people: int) -> None:
    """A third of them are warm."""
    for start in range(1, people + 1, CHUNK * TAGGED):
        some = range(start, min(start + CHUNK * TAGGED, people + 1), TAGGED)
        rows = [
            {"account_id": BOT.account_id, "contact_id": n, "name": "warm", "at": db.clock.now()}
            for n in some
        ]
        async with db.transaction() as transaction:
            await transaction.conn.execute(insert(tags), rows)
