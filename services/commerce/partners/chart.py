"""The small picture below a partner's figures: sales by week."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from core.db.session import UnitOfWork
from core.text.catalog import say
from services.commerce.schemas import Partner
from services.commerce.store.partners import referrals as store
from services.content.messages.charts import ask_chart
from services.delivery.speech import Address
from services.people.contacts import get_contact
from utils.charts import Bar, standing

WEEKS = 12
WEEK = timedelta(weeks=1)


def count_weeks(sold: Sequence[datetime], now: datetime, zone: str) -> list[tuple[date, int]]:
    """How many of these moments fall into each of the last weeks on somebody's calendar, by its Monday, the oldest first."""
    monday = _monday(now, zone)
    counted = Counter(_monday(week, zone) for week in sold)
    return [(week, counted[week]) for week in (monday - WEEK * back for back in range(WEEKS - 1, -1, -1))]


def _monday(moment: datetime, zone: str) -> date:
    day = moment.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


async def ask_sales_chart(uow: UnitOfWork, partner: Partner, to: Address, key: str) -> bool:
    """Have the picture drawn and sent; False, and nothing happens, where nothing was sold in these weeks."""
    person = await get_contact(uow, partner.contact_id)
    since = uow.now - WEEK * (WEEKS + 1)
    sold = await store.list_sold_at(uow.conn, uow.account_id, partner.id, since)
    weeks = count_weeks(sold, uow.now, person.zone)
    if not any(count for _, count in weeks):
        return False
    bars = [
        Bar(label_week(begins, number, person.language), count, str(count) if count else "")
        for number, (begins, count) in enumerate(weeks)
    ]
    await ask_chart(uow, standing(say("partner-chart", person.language), bars), to, key, "sales")
    return True


def label_week(begins: date, number: int, language: str) -> str:
    """The first day of every second week, the last one among them: there is no room for more."""
    return str(format_date(begins, "d MMM", locale=language)) if number % 2 else ""
