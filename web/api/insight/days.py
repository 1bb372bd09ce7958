"""Day by day: who came and what was earned."""

from datetime import date
from typing import Annotated

from fastapi import Query

from services.insight.pages.days import Day, list_days
from web.api.calls import Call
from web.api.insight.reports import NUMBER, READ, NumberItem, show_number, show_sums
from web.api.models import Answer, Money, example
from web.api.routes import Room

MOST, USUAL = 366, 30
room = Room("insight")
DAY = {"day": "2030-01-07", "newcomers": NUMBER, "revenue": [{"amount": 998000, "currency": "RUB"}]}


class DayItem(Answer):
    """A day of the first admin's calendar: who opened the shop, what came for what was sold."""

    model_config = example(**DAY)

    day: date
    newcomers: NumberItem
    revenue: list[Money]


class DaysAnswer(Answer):
    """The last days, today last."""

    model_config = example(days=[DAY])

    days: list[DayItem]


@room.get("/numbers/days", READ)
async def get_days(call: Call, days: Annotated[int, Query(ge=1, le=MOST)] = USUAL) -> DaysAnswer:
    """Day by day: who came and what was earned."""
    return DaysAnswer(days=[_show(day) for day in await list_days(call.uow, days)])


def _show(day: Day) -> DayItem:
    return DayItem(day=day.day, newcomers=show_number(day.newcomers), revenue=show_sums(day.sums))
