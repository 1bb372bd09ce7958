"""The tick: four times a second it turns what is due into events; it holds no truth of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from loguru import logger

from core.db.session import Database
from services.commerce.access.removal import sweep
from services.commerce.payments.comparing import compare
from services.commerce.payments.receipts import report_held
from services.delivery import inbox, jobs, outbox, timers
from services.delivery.feed import changes
from services.delivery.history import WordKeeper
from services.delivery.long_jobs.lists import forget_old_lines
from services.messaging.broadcasts.broadcasts import finish_broadcasts
from services.messaging.broadcasts.changes import gather_followers
from services.messaging.broadcasts.starting import fill_broadcasts
from services.tenancy.settings import AccountsWatch
from services.tenancy.sign_in.sweeping import forget_old
from services.tenancy.webhooks import deliveries
from services.workflows.set_back.watching import ClockWatch
from services.workflows.why.mending import heal

TICK_SECONDS = 0.25
ACCOUNTS_SECONDS = 0.5  # until another process sees what was set or connected in one
BROADCASTS_SECONDS = 1.0
WORDS_SECONDS = 3.0
RECEIPTS_SECONDS = 10.0
HEALING_SECONDS = 60.0
COMPARING_SECONDS = 600.0
FORGETTING_SECONDS = 20.0  # a thousand each time: four million a day


def build_scheduler(db: Database, bot_ids: Callable[[], Sequence[int]]) -> AsyncIOScheduler:
    """The process's scheduler; `bot_ids` are the bots it owns at that moment."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    watch, accounts, keeper = ClockWatch(db), AccountsWatch(db), WordKeeper(db)
    quiet = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    for seconds, work, trouble in (
        (TICK_SECONDS, lambda: run_tick(db, bot_ids()), "the tick failed"),
        (ACCOUNTS_SECONDS, accounts.look, "looking after the accounts failed"),
        (BROADCASTS_SECONDS, lambda: fill_broadcasts(db), "putting recipients in line failed"),
        (BROADCASTS_SECONDS, lambda: gather_followers(db), "lining up edits and recalls failed"),
        (BROADCASTS_SECONDS, lambda: finish_broadcasts(db), "closing broadcasts failed"),
        (WORDS_SECONDS, keeper.keep_up, "keeping the words of messages failed"),
        (RECEIPTS_SECONDS, lambda: report_held(db), "reporting held receipts failed"),
        (COMPARING_SECONDS, lambda: compare(db), "comparing with the providers failed"),
        (HEALING_SECONDS, lambda: sweep(db), "looking after the groups failed"),
        (HEALING_SECONDS, lambda: heal(db), "mending broken purchases failed"),
        (FORGETTING_SECONDS, lambda: inbox.forget_handled(db), "forgetting handled updates failed"),
        (HEALING_SECONDS, lambda: changes.forget_old(db), "forgetting old changes failed"),
        (HEALING_SECONDS, lambda: forget_old_lines(db), "forgetting old results failed"),
        (HEALING_SECONDS, lambda: deliveries.forget_old(db), "forgetting old calls to others failed"),
        (HEALING_SECONDS, lambda: forget_old(db), "forgetting old sessions failed"),
        (HEALING_SECONDS, watch.look, "looking after the clock failed"),
    ):
        scheduler.add_job(steadily(work, trouble), "interval", seconds=seconds, **quiet)
    return scheduler


def build_watch(db: Database) -> AsyncIOScheduler:
    """The scheduler of a process without bots: it sees what others change about accounts."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    look = steadily(AccountsWatch(db).look, "looking after the accounts failed")
    scheduler.add_job(look, "interval", seconds=ACCOUNTS_SECONDS, max_instances=1, coalesce=True)
    return scheduler


def steadily(work: Callable[[], Awaitable[object]], trouble: str) -> Callable[[], Awaitable[None]]:
    """The work without its errors, which are logged as `trouble`; torn off by the end of the process it is silent."""

    async def try_to_work() -> None:
        try:
            await work()
        except asyncio.CancelledError:
            logger.debug("torn off by the stop, done again after the restart")
        except Exception as error:  # loop edge: the next round tries again
            logger.opt(exception=error).error(trouble)

    return try_to_work


async def run_tick(db: Database, bot_ids: Sequence[int]) -> None:
    """Fire due timers, and wake whoever has rows that another process wrote or whose waiting is over."""
    while await timers.fire_due(db) == timers.BATCH:
        pass
    for topic in await outbox.list_waiting_topics(db, bot_ids):
        db.bell.ring(topic)
    db.bell.ring(inbox.TOPIC)
    db.bell.ring(jobs.TOPIC)
