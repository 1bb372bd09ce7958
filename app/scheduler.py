"""The tick: four times a second it turns what is due into events; it holds no truth of its own."""

from collections.abc import Callable, Sequence

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from loguru import logger

from core.db.session import Database
from services.commerce.receipts import report_held
from services.delivery import inbox, jobs, outbox, timers
from services.messaging.broadcasts import finish_broadcasts

TICK_SECONDS = 0.25
BROADCASTS_SECONDS = 1.0
RECEIPTS_SECONDS = 10.0


def build_scheduler(db: Database, bot_ids: Callable[[], Sequence[int]]) -> AsyncIOScheduler:
    """The process's scheduler; `bot_ids` are the bots it owns at that moment."""
    scheduler = AsyncIOScheduler(timezone="UTC")

    async def tick() -> None:
        try:
            await run_tick(db, bot_ids())
        except Exception as error:  # loop edge: the next tick tries again
            logger.opt(exception=error).error("the tick failed")

    async def look_after_broadcasts() -> None:
        try:
            await finish_broadcasts(db)
        except Exception as error:  # loop edge: the next round tries again
            logger.opt(exception=error).error("closing broadcasts failed")

    async def look_after_receipts() -> None:
        try:
            await report_held(db)
        except Exception as error:  # loop edge: the next round tries again
            logger.opt(exception=error).error("reporting held receipts failed")

    quiet = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, **quiet)
    scheduler.add_job(look_after_broadcasts, "interval", seconds=BROADCASTS_SECONDS, **quiet)
    scheduler.add_job(look_after_receipts, "interval", seconds=RECEIPTS_SECONDS, **quiet)
    return scheduler


async def run_tick(db: Database, bot_ids: Sequence[int]) -> None:
    """Fire due timers, and wake whoever has rows that another process wrote or whose waiting is over."""
    while await timers.fire_due(db) == timers.BATCH:
        pass
    for topic in await outbox.list_waiting_topics(db, bot_ids):
        db.bell.ring(topic)
    db.bell.ring(inbox.TOPIC)
    db.bell.ring(jobs.TOPIC)
