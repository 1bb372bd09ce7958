"""How long it takes to make one row per recipient, and how much memory."""

import asyncio
import resource
import time
from collections.abc import Sequence

from bench.figures import Figure, Scale
from bench.sending import TEXT
from bench.stage import BOT, add_people, fresh_databases, open_database
from core.db.session import Database
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.starting import send_broadcast

PEOPLE = {Scale.FULL: 100_000, Scale.SHORT: 100_000, Scale.TINY: 500}
FLAT = 8.0  # MB: SQLite's page cache is allowed to fill


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases."""
    with fresh_databases(*scale.databases) as urls:
        return [figure for kind, url in urls.items() for figure in asyncio.run(_measure(kind, url, scale))]


async def _measure(kind: str, url: str, scale: Scale) -> list[Figure]:
    count = PEOPLE[scale]
    async with open_database(url) as db:
        await add_people(db, count)
        await _start(db)  # the same again, so that the measured one finds caches as they are in life
        before = _peak_mb()
        began = time.perf_counter()
        await _start(db)
        took = time.perf_counter() - began
    what = f"{count:,} recipients, {kind}"
    return [
        Figure(
            f"fan-out to {what}", took, "s", floor=0.5, less_is_better=True, how="one statement, one commit"
        ),
        Figure(
            f"memory of a fan-out to {what}",
            _peak_mb() - before,
            "MB",
            floor=FLAT,
            less_is_better=True,
            how="growth of the process's peak",
        ),
    ]


async def _start(db: Database) -> None:
    await send_broadcast(db, BOT.account_id, BOT.id, Plan(name="News", text={"*": TEXT}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
