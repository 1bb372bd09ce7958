"""Day by day: who came, what was earned, by the calendar on the first admin's wall."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.rules.local_time import to_instant
from services.insight.pages.reports import Number, Period, write_counted
from services.insight.store import figures, pages
from services.people.admins import find_zone


@dataclass(frozen=True)
class Day:
    """A day: when it begins, who opened the shop, what came for what was sold by currency."""

    day: date
    newcomers: Number
    sums: Mapping[str, int]


async def list_days(uow: UnitOfWork, number: int) -> list[Day]:
    """The last days, the oldest first, today last."""
    zone = await find_zone(uow)
    days = [uow.now.astimezone(ZoneInfo(zone)).date() - timedelta(days=back) for back in range(number)]
    begins = [to_instant(datetime.combine(day, time()), zone) for day in days]
    people = await pages.count_newcomers(uow.conn, uow.account_id, begins)
    income: dict[date, Counter[str]] = {day: Counter() for day in days}
    for row in await figures.list_income(uow.conn, uow.account_id, begins[-1]):
        day = row.at.astimezone(ZoneInfo(zone)).date()
        income[min(day, days[0])][row.currency] += int(row.amount)
    ends = [None, *begins]
    listed = [
        Day(day, Number(people[at], write_counted("started", Period(begins[at], ends[at]))), income[day])
        for at, day in enumerate(days)
    ]
    return listed[::-1]
