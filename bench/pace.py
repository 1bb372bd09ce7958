"""How much of Telegram's 30 messages a second is used without ever being refused, for ten minutes."""

import asyncio
from collections.abc import Sequence

from bench.figures import Figure, Scale
from bench.sending import TEXT, build_sender
from bench.stage import BOT, Stub, add_people, fresh_databases, hold_bot, open_database, start_stub
from bots.runtime.client import TelegramClient
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.starting import send_broadcast

LIMIT = 30
JITTER = 0.02  # seconds each way, at most
SECONDS = {Scale.FULL: 600, Scale.SHORT: 30, Scale.TINY: 2}


def run(scale: Scale) -> Sequence[Figure]:
    """Messages per second against a strict sliding window, and the refusals."""
    seconds = SECONDS[scale]
    with start_stub(limit=LIMIT, jitter=JITTER) as stub, fresh_databases("sqlite") as urls:
        asyncio.run(_broadcast(stub, urls["sqlite"], seconds))
        seen = stub.ask("figures")
    rate = (seen["sent"] - 1) / (seen["last"] - seen["first"])
    how = f"{seconds} s, sliding window of {LIMIT} per second, jitter 0–{JITTER * 1000:.0f} ms each way"
    return [
        Figure(f"pace of a broadcast, of {LIMIT}/s", rate, "msg/s", floor=29.1, how=how),
        Figure("429 met on the way", seen["refused"], "", floor=0, less_is_better=True, how=how),
    ]


async def _broadcast(stub: Stub, url: str, seconds: int) -> None:
    telegram = TelegramClient(stub.url)
    async with open_database(url) as db:
        await add_people(db, (seconds + 2) * LIMIT)
        sender = build_sender(db, telegram, await hold_bot(db), rate=LIMIT)
        await send_broadcast(db, BOT.account_id, BOT.id, Plan(name="News", text={"*": TEXT}))
        await sender.start()
        await asyncio.sleep(seconds)
        await sender.stop()
    await telegram.close()
