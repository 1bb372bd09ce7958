"""Puts right, piece by piece, what was stored while the clock was ahead; done again, it changes nothing more."""

from datetime import datetime, timedelta

from core.db import clock_set_back
from core.db.session import Database
from services.delivery import timers
from services.learning.runs import clock_set_back as runs
from services.messaging.broadcasts import scheduling, waves
from services.tenancy.accounts import list_accounts

PIECE = 500


async def put_right(db: Database, moment: datetime, by: timedelta) -> None:
    """Have what was stored after a moment lie so much earlier.

    Timers come last: torn off before its end, it is begun again because of them.
    """
    accounts = [account.id for account in await list_accounts(db)]
    for account_id in accounts:
        await _runs(db, account_id, moment, by)
        async with db.unit(account_id) as uow:
            await scheduling.put_right(uow, moment)
    for mark in clock_set_back.MARKS:
        await _marks(db, mark, moment, by)
    for account_id in accounts:
        await _timers(db, account_id, moment, by)


async def _runs(db: Database, account_id: int, moment: datetime, by: timedelta) -> None:
    last: int | None = 0
    while last is not None:
        async with db.unit(account_id) as uow:
            last = await runs.put_right(uow, moment, by, last)


async def _marks(db: Database, mark: clock_set_back.Mark, moment: datetime, by: timedelta) -> None:
    more = True
    while more:
        async with db.transaction() as transaction:
            more = await clock_set_back.put_earlier(transaction.conn, mark, moment, by, PIECE)


async def _timers(db: Database, account_id: int, moment: datetime, by: timedelta) -> None:
    more = True
    while more:
        async with db.unit(account_id) as uow:
            moved = await timers.put_earlier(uow, moment, by)
            await runs.follow_timers(uow, moved)
            await waves.follow_timers(uow, moved)
            more = bool(moved)
