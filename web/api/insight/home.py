"""The first page: what needs somebody, what today has brought, what comes next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.text.catalog import say
from services.insight.pages import home
from services.insight.pages.home import Home, RedLine
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.insight.reports import NUMBER, NumberItem, show_number, show_sums
from web.api.models import Answer, Money, example, money
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.NUMBERS)
FIXES: Mapping[str, tuple[str, str | None]] = {
    "no-access": ("people", "listOrders"),
    "bot-not-reached": ("settings", "getAvailability"),
    "dead-letters": ("settings", None),
    "outcome-unknown": ("inbox", "listConversations"),
    "refund-unknown": ("money", "listOrders"),
    "refund-by-hand": ("money", "listOrders"),
    "money-held": ("money", "listPayments"),
    "works-late": ("review", "listReviews"),
    "questions-late": ("questions", "listQuestions"),
    "payouts-asked": ("money", "listPayouts"),
    "commissions-doubtful": ("money", "listPartners"),
}
"""On which screen, and by which operation if there is one, what a red line is about is found."""
room = Room("insight")


RED = {
    "cause": "works-late",
    "number": 3,
    "words": "home-works-late",
    "text": "3 works have waited for longer than a day",
    "since": "2030-01-06T07:00:00Z",
    "fix": {"screen": "review", "operation": "listReviews"},
    "condition": {"counted": {"number": "in_review", "until": "2030-01-06T09:00:00+00:00"}},
}
TODAY = {
    "since": "2030-01-06T21:00:00Z",
    "zone": "Europe/Moscow",
    "revenue": [{"amount": 998000, "currency": "RUB"}],
    "refunds": [],
    "test_revenue": [],
    "newcomers": NUMBER,
    "lessons_sent": 48,
}
DUE = {"what": "lessons", "number": 48, "at": "2030-01-08T06:00:00Z"}


class FixItem(Answer):
    """Where something is mended: a screen, and the operation that lists it, null where it is mended on the console."""

    model_config = example(screen="money", operation="listOrders")

    screen: str
    operation: str | None


class RedItem(Answer):
    """Why somebody has to look; `words` is the key of the sentence, `text` the sentence in the caller's language."""

    model_config = example(**RED)

    cause: str
    number: int
    words: str
    text: str
    since: datetime | None
    fix: FixItem
    condition: dict[str, Any] | None


class TodayItem(Answer):
    """What today has brought, from midnight on the first admin's wall; sums are a list, one per currency, tests apart."""

    model_config = example(**TODAY)

    since: datetime
    zone: str
    revenue: list[Money]
    refunds: list[Money]
    test_revenue: list[Money]
    newcomers: NumberItem
    lessons_sent: int


class DueItem(Answer):
    """What comes within a day: lessons, broadcasts or charges."""

    model_config = example(**DUE)

    what: str
    number: int
    at: datetime


class HomeAnswer(Answer):
    """The first page."""

    model_config = example(red=[RED], today=TODAY, due=[DUE])

    red: list[RedItem]
    today: TodayItem
    due: list[DueItem]


@room.get("/numbers/home", READ)
async def get_home(call: Call) -> HomeAnswer:
    """What needs somebody, what today has brought, what comes next."""
    page = await home.look(call.uow)
    due = [DueItem(what=coming.what, number=coming.number, at=coming.at) for coming in page.due]
    return HomeAnswer(red=[_show_red(line, call.language) for line in page.red], today=_show(page), due=due)


def _show_red(line: RedLine, language: str) -> RedItem:
    words = f"home-{line.cause}"
    screen, operation = FIXES[line.cause]
    return RedItem(
        cause=line.cause,
        number=line.number,
        words=words,
        text=say(words, language, {"count": line.number}, escape=False),
        since=line.since,
        fix=FixItem(screen=screen, operation=operation),
        condition=dict(line.condition) if line.condition else None,
    )


def _show(page: Home) -> TodayItem:
    return TodayItem(
        since=page.since,
        zone=page.zone,
        revenue=[money(amount, currency) for currency, amount in sorted(page.money.revenue.items())],
        refunds=[money(amount, currency) for currency, amount in sorted(page.money.refunds.items())],
        test_revenue=show_sums(page.money.tests.sums),
        newcomers=show_number(page.newcomers),
        lessons_sent=page.lessons,
    )
