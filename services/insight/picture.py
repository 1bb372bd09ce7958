"""The picture of the numbers: the way through the funnel, money by day or week, where people stop."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from core.db.session import UnitOfWork
from core.money import NO_BREAK, show_money
from core.text.catalog import say
from core.text.message import localize
from services.content.messages.charts import ask_chart
from services.delivery.speech import Address
from services.insight.schemas import Figures, Stop
from services.insight.store import figures as store
from services.people.schemas import Contact
from utils.charts import Bar, Chart, below, lying, standing

COLUMNS = 8
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FUNNEL = ("started", "chose", "paid", "entered", "finished")


async def ask_picture(
    uow: UnitOfWork, figures: Figures, by: timedelta, reader: Contact, to: Address, key: str
) -> bool:
    """Have the picture drawn and sent, with money by `DAY` or `WEEK`; False, and nothing happens, where there is nothing to draw."""
    charts = await list_charts(uow, figures, by, reader)
    if charts:
        await ask_chart(uow, below(*charts), to, key, "numbers")
    return bool(charts)


async def list_charts(uow: UnitOfWork, figures: Figures, by: timedelta, reader: Contact) -> list[Chart]:
    """Its parts, in the reader's language and by their calendar; those without a number are left out."""
    language = reader.language
    rows = await store.list_income(uow.conn, uow.account_id, uow.now - by * (COLUMNS + 1))
    charts = []
    if any(getattr(figures, name) for name in FUNNEL):
        bars = [_count(say(f"chart-{name}", language), getattr(figures, name)) for name in FUNNEL]
        charts.append(lying(say("chart-funnel", language), bars))
    if rows:
        currency = Counter(row.currency for row in rows).most_common(1)[0][0]
        income = [(row.at, int(row.amount)) for row in rows if row.currency == currency]
        places = count_periods(income, uow.now, reader.zone, by)
        title = "chart-money-days" if by == DAY else "chart-money-weeks"
        shown = [_sum(begins, amount, currency, language) for begins, amount in places]
        charts.append(standing(say(title, language, {"currency": currency}), shown))
    if figures.stops:
        stops = [_count(_name(stop, language), stop.people) for stop in figures.stops]
        charts.append(lying(say("chart-stops", language), stops))
    return charts


def count_periods(
    income: Sequence[tuple[datetime, int]], now: datetime, zone: str, by: timedelta
) -> list[tuple[date, int]]:
    """What came in each of the last days or weeks of somebody's calendar, by its first day, the oldest first."""
    came: Counter[date] = Counter()
    for at, amount in income:
        came[_begins(at, zone, by)] += amount
    last = _begins(now, zone, by)
    return [(last - by * back, came[last - by * back]) for back in range(COLUMNS - 1, -1, -1)]


def _begins(moment: datetime, zone: str, by: timedelta) -> date:
    day = moment.astimezone(ZoneInfo(zone)).date()
    return day if by == DAY else day - timedelta(days=day.weekday())


def _count(name: str, number: int) -> Bar:
    return Bar(name, number, str(number))


def _sum(begins: date, amount: int, currency: str, language: str) -> Bar:
    """The currency stands in the title: there is no room for its sign."""
    day = str(format_date(begins, "d MMM", locale=language))
    return Bar(day, amount, _digits(amount, currency, language) if amount else "")


def _digits(amount: int, currency: str, language: str) -> str:
    shown = show_money(amount, currency, language)
    return "".join(sign for sign in shown if sign.isdigit() or sign in f"-,.{NO_BREAK}").strip(
        f",.{NO_BREAK}"
    )


def _name(stop: Stop, language: str) -> str:
    """A step's own title where it has one: the name of its course stands in the words."""
    return localize(stop.title, language)
