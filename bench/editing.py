"""An edit of what was sent to many (put in line, claimed, edited, results committed) beside the sending of the same."""

import asyncio
import time
from collections.abc import Sequence

from bench.figures import Figure, Scale
from bench.sending import sending_to, time_broadcast, until_over
from bench.stage import BOT, Stub, fresh_databases, start_stub
from core.db.session import Database
from services.delivery.sending.figures import take_figures
from services.messaging.broadcasts import changes

MESSAGES = {Scale.FULL: 10_000, Scale.SHORT: 2_000, Scale.TINY: 30}
NEWER = "Good morning, the third lesson waits for you, and a new teacher."


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases."""
    with start_stub() as stub, fresh_databases(*scale.databases) as urls:
        return [asyncio.run(_measure(stub, kind, url, MESSAGES[scale])) for kind, url in urls.items()]


async def _measure(stub: Stub, kind: str, url: str, messages: int) -> Figure:
    async with sending_to(stub, url, messages) as db:
        number, took = await time_broadcast(db)
        sent, edited = messages / took, messages / await _edit(db, number)
    return Figure(
        f"edit of {messages:,} ÷ sending them, {kind}",
        edited / sent,
        "x",
        floor=0.7,
        goal=0.9,
        how=f"{edited:,.0f} ÷ {sent:,.0f} messages/s, without a limit of Telegram's",
    )


async def _edit(db: Database, number: int) -> float:
    """Seconds until the last one is changed; not those after it in which a late message may still be found."""
    began = time.perf_counter()
    async with db.unit(BOT.account_id) as uow:
        await changes.edit_broadcast(uow, number, {"*": NEWER})
    await changes.gather_followers(db)
    while True:
        if not (await take_figures(db)).calls:
            break
        await asyncio.sleep(0.01)
    took = time.perf_counter() - began
    await asyncio.sleep(changes.SETTLING.total_seconds())
    await changes.gather_followers(db)
    await until_over(db)
    return took
