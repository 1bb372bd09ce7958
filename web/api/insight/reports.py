"""The numbers page by page; each number of people carries the condition that lists them in `contacts/search`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from core.lifecycle import BotKind
from core.rules import moments
from services.insight.pages import reports
from services.insight.pages.reports import Availability, Cohort, Number, Period, Quiz, Source, Worth
from services.insight.schemas import NoMoney, Stop
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import BotId, FlowRef
from web.api.models import Answer, Money, example, money
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.NUMBERS)
MOST_MONTHS, MONTHS = 24, 6
room = Room("insight")

NUMBER = {"people": 12, "condition": {"counted": {"number": "paid", "since": "2030-01-01T00:00:00+00:00"}}}
SUM = {"amount": 998000, "currency": "RUB"}
STAGE = {"stage": "paid", **NUMBER}
SOURCE = {
    "source": "channel",
    "orders": 4,
    "revenue": [SUM],
    "test_orders": 0,
    "test_revenue": [],
    "buyers": NUMBER,
}
COHORT = {
    "since": "2030-01-01T00:00:00Z",
    "until": "2030-02-01T00:00:00Z",
    "came": NUMBER,
    "paid": NUMBER,
    "finished": NUMBER,
    "revenue": [SUM],
}
STOP = {"flow": "words", "version": 3, "step": "day1", "title": {"*": "Day 1"}, "stopped": NUMBER}
QUIZ = {
    "flow": "words",
    "version": 3,
    "step": "quiz1",
    "title": {"*": "What is a noun?"},
    "answers": 40,
    "right": 22,
    "points": 31.0,
    "most": 40.0,
    "answered": NUMBER,
}
WORTH = {"revenue": SUM, "refunds": {"amount": 0, "currency": "RUB"}, "average": SUM, "payers": NUMBER}
BOT = {
    "bot": f"bot_{'a' * 26}",
    "kind": "course",
    "username": "school_course_bot",
    "is_active": True,
    "trouble": None,
    "sent": 4000,
    "failed": 3,
    "held": 0,
    "waiting": 1,
    "shut_out": NUMBER,
}


class NumberItem(Answer):
    """How many people, and the condition that lists them."""

    model_config = example(**NUMBER)

    people: int
    condition: dict[str, Any]


class StageItem(NumberItem):
    """A stage of the way: started, chose, paid, entered, finished."""

    model_config = example(**STAGE)

    stage: str


class FunnelAnswer(Answer):
    """The way from the first start to the finished course."""

    model_config = example(stages=[STAGE])

    stages: list[StageItem]


class SourceItem(Answer):
    """The mark of a link, null for none: paid orders, what came for them, the buyers; tests brought no money and stand apart."""

    model_config = example(**SOURCE)

    source: str | None
    orders: int
    revenue: list[Money]
    test_orders: int
    test_revenue: list[Money]
    buyers: NumberItem


class SourcesAnswer(Answer):
    """Where buyers came from, whoever brought most orders first."""

    model_config = example(sources=[SOURCE])

    sources: list[SourceItem]


class CohortFigures(Answer):
    """Who opened the shop in one month, and what became of them by now; `revenue` is what stayed of their money."""

    model_config = example(**COHORT)

    since: datetime
    until: datetime
    came: NumberItem
    paid: NumberItem
    finished: NumberItem
    revenue: list[Money]


class CohortsAnswer(Answer):
    """The people of the last months, this month first."""

    model_config = example(cohorts=[COHORT])

    cohorts: list[CohortFigures]


class StopItem(Answer):
    """A step that has waited for so many people for days."""

    model_config = example(**STOP)

    flow: str
    version: int
    step: str
    title: dict[str, str]
    stopped: NumberItem


class DropOffAnswer(Answer):
    """Where people stop, the step with most of them first."""

    model_config = example(stops=[STOP])

    stops: list[StopItem]


class QuizItem(Answer):
    """A question with points: how often it was answered, how often all of it was right."""

    model_config = example(**QUIZ)

    flow: str
    version: int
    step: str
    title: dict[str, str]
    answers: int
    right: int
    points: float
    most: float
    answered: NumberItem


class QuizzesAnswer(Answer):
    """How hard the questions with points are."""

    model_config = example(quizzes=[QUIZ])

    quizzes: list[QuizItem]


class WorthItem(Answer):
    """What came of people in one currency, what went back, and what stayed of a payer on average."""

    model_config = example(**WORTH)

    revenue: Money
    refunds: Money
    average: Money
    payers: NumberItem


class LtvAnswer(Answer):
    """What a person is worth, a line per currency."""

    model_config = example(worth=[WORTH])

    worth: list[WorthItem]


class AvailabilityItem(Answer):
    """A bot, what became of its messages, and whom it cannot write to now."""

    model_config = example(**BOT)

    bot: BotId
    kind: BotKind
    username: str
    is_active: bool
    trouble: str | None
    sent: int
    failed: int
    held: int
    waiting: int
    shut_out: NumberItem


class AvailabilityAnswer(Answer):
    """The bots, those that work first."""

    model_config = example(bots=[BOT])

    bots: list[AvailabilityItem]


Moment = Annotated[moments.Moment | None, Query(description="ISO 8601 with an offset.")]
Months = Annotated[int, Query(ge=1, le=MOST_MONTHS)]


def show_number(number: Number) -> NumberItem:
    """A number as the API shows it."""
    return NumberItem(people=number.people, condition=dict(number.condition))


def show_sums(sums: Mapping[str, int]) -> list[Money]:
    """Sums by currency, as the API shows them; none of nothing."""
    return [money(amount, currency) for currency, amount in sorted(sums.items()) if amount]


def show_tests(tests: NoMoney) -> dict[str, Any]:
    """The two fields of what was bought for a test."""
    return {"test_orders": tests.paid, "test_revenue": show_sums(tests.sums)}


def _source(source: Source) -> SourceItem:
    return SourceItem(
        source=source.name,
        orders=source.orders,
        revenue=show_sums(source.sums),
        **show_tests(source.tests),
        buyers=show_number(source.buyers),
    )


def _cohort(cohort: Cohort) -> CohortFigures:
    numbers = {name: show_number(getattr(cohort, name)) for name in ("came", "paid", "finished")}
    return CohortFigures(since=cohort.since, until=cohort.until, revenue=show_sums(cohort.sums), **numbers)


def _stop(stop: Stop, stopped: Number) -> StopItem:
    place = stop.place
    return StopItem(
        flow=place.slug,
        version=place.number,
        step=place.step,
        title=dict(stop.title),
        stopped=show_number(stopped),
    )


def _quiz(quiz: Quiz) -> QuizItem:
    names = ("flow", "version", "step", "title", "answers", "right", "points", "most")
    return QuizItem(**{name: getattr(quiz, name) for name in names}, answered=show_number(quiz.answered))


def _worth(worth: Worth) -> WorthItem:
    sums = {"revenue": worth.came, "refunds": worth.back, "average": worth.average}
    return WorthItem(
        **{name: money(amount, worth.currency) for name, amount in sums.items()},
        payers=show_number(worth.payers),
    )


def _bot(line: Availability) -> AvailabilityItem:
    names = ("kind", "username", "is_active", "trouble", "sent", "failed", "held", "waiting")
    shown = {name: getattr(line.bot, name) for name in names}
    return AvailabilityItem(bot=line.bot.id, **shown, shut_out=show_number(line.shut_out))


@room.get("/numbers/funnel", READ)
async def get_funnel(call: Call, since: Moment = None, until: Moment = None) -> FunnelAnswer:
    """The way from the first start to the finished course."""
    stages = await reports.list_funnel(call.uow, Period(since, until))
    return FunnelAnswer(
        stages=[StageItem(stage=stage, **dict(show_number(number))) for stage, number in stages]
    )


@room.get("/numbers/sources", READ)
async def get_sources(call: Call, since: Moment = None) -> SourcesAnswer:
    """Where buyers came from."""
    sources = await reports.list_sources(call.uow, since)
    return SourcesAnswer(sources=[_source(source) for source in sources])


@room.get("/numbers/cohorts", READ)
async def get_cohorts(call: Call, months: Months = MONTHS) -> CohortsAnswer:
    """What became of the people of each month."""
    cohorts = await reports.list_cohorts(call.uow, months)
    return CohortsAnswer(cohorts=[_cohort(cohort) for cohort in cohorts])


@room.get("/numbers/drop-off", READ)
async def get_drop_off(call: Call) -> DropOffAnswer:
    """Where people stop."""
    stops = await reports.list_drop_off(call.uow)
    return DropOffAnswer(stops=[_stop(stop, number) for stop, number in stops])


@room.get("/numbers/quizzes", READ)
async def get_quizzes(call: Call, since: Moment = None, flow: FlowRef | None = None) -> QuizzesAnswer:
    """How hard the questions with points are."""
    quizzes = await reports.list_quizzes(call.uow, since, flow)
    return QuizzesAnswer(quizzes=[_quiz(quiz) for quiz in quizzes])


@room.get("/numbers/ltv", READ)
async def get_ltv(call: Call, since: Moment = None) -> LtvAnswer:
    """What a person is worth."""
    worth = await reports.list_worth(call.uow, since)
    return LtvAnswer(worth=[_worth(line) for line in worth])


@room.get("/numbers/availability", READ)
async def get_availability(call: Call, since: Moment = None) -> AvailabilityAnswer:
    """How the bots do."""
    bots = await reports.list_availability(call.uow, since)
    return AvailabilityAnswer(bots=[_bot(line) for line in bots])
