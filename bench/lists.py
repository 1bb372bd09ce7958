"""How long a page, a search and a count of people take among a million: the slowest of twenty, of each kind of condition."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, text

from bench.figures import Figure, Scale
from bench.stage import BOT, add_people, fresh_databases, open_database
from core.db.keyset import Slice
from core.db.models.people import tags
from core.db.session import Database, UnitOfWork
from services.people.conditions import pages

PEOPLE = {Scale.FULL: 1_000_000, Scale.SHORT: 100_000, Scale.TINY: 300}
ROUNDS = {Scale.FULL: 40, Scale.SHORT: 40, Scale.TINY: 2}
CHUNK = 10_000
LIMIT, MOST_COUNTED = 51, 10_001
COMMON, RARE = 3, 50_000  # every third has the one tag, every fifty-thousandth the other
SEARCHES: Mapping[str, Any] = {
    "everybody": {"all": []},
    "a common tag": {"tag": "warm"},
    "a rare tag": {"tag": "vip"},
    "a tag nobody has": {"tag": "gone"},
    "without a tag": {"not": {"tag": "warm"}},
    "who has not paid": {"all": ["has_not_paid", {"tag": "warm"}]},
    "who has paid": "has_paid",
    "a language": {"language": "en"},
    "a language nobody has": {"language": "de"},
    "seen within a week": {"last_seen_days": 7},
    "several": {"all": ["has_not_paid", {"any": [{"language": "de"}, {"tag": "vip"}]}]},
}
Ask = Callable[[UnitOfWork, Any], Awaitable[object]]


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases."""
    with fresh_databases(*scale.databases) as urls:
        return [figure for kind, url in urls.items() for figure in asyncio.run(_measure(kind, url, scale))]


async def _measure(kind: str, url: str, scale: Scale) -> list[Figure]:
    people = PEOPLE[scale]
    async with open_database(url) as db:
        await add_people(db, people)
        await _tag(db, people, COMMON, "warm")
        await _tag(db, people, RARE, "vip")
        async with db.transaction() as transaction:
            await transaction.conn.execute(text("ANALYZE"))
        figures = []
        for name, ask in (("page", _page), ("count", _count)):
            took = {what: await _ask(db, ask, tree, ROUNDS[scale]) for what, tree in SEARCHES.items()}
            slowest = max(took, key=lambda what: took[what])
            figures.append(
                Figure(
                    f"a {name} among {people:,} people, {kind}",
                    took[slowest] * 1_000,
                    "ms",
                    goal=100,
                    less_is_better=True,
                    how="p95; " + ", ".join(f"{what} {each * 1_000:.0f}" for what, each in took.items()),
                )
            )
    return figures


async def _ask(db: Database, ask: Ask, tree: Any, rounds: int) -> float:
    """The ninety-fifth of a hundred, in seconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        async with db.looking(BOT.account_id) as uow:
            await ask(uow, tree)
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=20)[-1]


async def _page(uow: UnitOfWork, tree: Any) -> object:
    people = await pages.read_people(uow, tree)
    first = await pages.list_people(uow, people, Slice(pages.ORDERS["-id"], LIMIT))
    if len(first) < LIMIT:
        return first
    place = pages.ORDERS["-id"].place_of(first[-1])
    return await pages.list_people(uow, people, Slice(pages.ORDERS["-id"], LIMIT, place))


async def _count(uow: UnitOfWork, tree: Any) -> object:
    return await pages.count_people(uow, await pages.read_people(uow, tree), MOST_COUNTED)


async def _tag(db: Database, people: int, every: int, name: str) -> None:
    for start in range(1, people + 1, CHUNK * every):
        some = range(start, min(start + CHUNK * every, people + 1), every)
        rows = [
            {"account_id": BOT.account_id, "contact_id": n, "name": name, "at": db.clock.now()} for n in some
        ]
        async with db.transaction() as transaction:
            await transaction.conn.execute(insert(tags), rows)
