"""Who is behind a number: each figure of people is one selection, counted and listed alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_plans import gifts
from core.db.models.content import deployments, flow_versions, flows
from core.db.models.delivery import outbox
from core.db.models.learning import questions, run_steps, runs, submissions
from core.db.models.messaging_clicks import broadcast_clicks
from core.db.models.people import chats, contacts
from core.db.models.tenancy import bots
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.lifecycle import (
    BotKind,
    ChatState,
    OrderStatus,
    OutboxState,
    PaymentStatus,
    QuestionStatus,
    Stage,
    SubmissionStatus,
)
from services.people.conditions.numbers import responses


class Part(StrEnum):
    """A number of a broadcast that tells of people."""

    SENT = "sent"
    FAILED = "failed"
    BLOCKED = "blocked"
    HELD = "held"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    CLICKED = "clicked"
    REPLIED = "replied"
    BOUGHT = "bought"
    FINISHED = "finished"


STATES_OF: Mapping[Part, tuple[OutboxState, ...]] = {
    Part.SENT: (OutboxState.SENT,),
    Part.FAILED: (OutboxState.FAILED,),
    Part.BLOCKED: (OutboxState.FAILED,),
    Part.HELD: (OutboxState.HOLD,),
    Part.CANCELLED: (OutboxState.CANCELLED,),
    Part.WAITING: (OutboxState.PENDING, OutboxState.SENDING, OutboxState.PLANNED),
}
ACTS: Mapping[Part, Callable[[int, int], Select[Any]]] = {
    Part.REPLIED: responses.who_replied,
    Part.BOUGHT: responses.who_bought,
    Part.FINISHED: responses.who_finished,
}
MOST_DIGITS = 9  # of a number that the database can look for
SPOKEN = ("send%", "copy%")  # the methods that say something to somebody
STOPPED = timedelta(days=3)  # a course or scenario that waits so long for somebody has lost them, it seems
Who = Callable[[int, datetime | None], Select[Any]]


def _started(account_id: int, since: datetime | None) -> Select[Any]:
    """People who opened the sales bot."""
    opened = (
        select(chats.c.contact_id, chats.c.opened_at.label("at"))
        .join(bots, bots.c.id == chats.c.bot_id)
        .where(chats.c.account_id == account_id, bots.c.kind == BotKind.SALES)
    )
    return _since(opened, chats.c.opened_at, since)


def _chose(account_id: int, since: datetime | None) -> Select[Any]:
    """People who chose a tariff, whatever became of it."""
    chosen = select(orders.c.contact_id, orders.c.created_at.label("at"))
    return _since(chosen.where(orders.c.account_id == account_id), orders.c.created_at, since)


def _paid(account_id: int, since: datetime | None) -> Select[Any]:
    paid = select(orders.c.contact_id, orders.c.paid_at.label("at")).where(
        orders.c.account_id == account_id, orders.c.status == OrderStatus.PAID
    )
    return _since(paid, orders.c.paid_at, since)


def _entered(account_id: int, since: datetime | None) -> Select[Any]:
    """People who began a course."""
    begun = select(runs.c.contact_id, runs.c.started_at.label("at")).where(
        runs.c.account_id == account_id, runs.c.kind == FlowKind.COURSE, is_counted(account_id)
    )
    return _since(begun, runs.c.started_at, since)


def _finished(account_id: int, since: datetime | None) -> Select[Any]:
    """People who came to the end of a course."""
    done = select(runs.c.contact_id, runs.c.finished_at.label("at")).where(
        runs.c.account_id == account_id,
        runs.c.kind == FlowKind.COURSE,
        runs.c.status == RunStatus.COMPLETED,
        is_counted(account_id),
    )
    return _since(done, runs.c.finished_at, since)


def _in_review(account_id: int, _: datetime | None) -> Select[Any]:
    """People whose work waits for a reviewer now."""
    return (
        select(runs.c.contact_id, submissions.c.handed_in_at.label("at"))
        .join(runs, runs.c.id == submissions.c.run_id)
        .where(submissions.c.account_id == account_id, submissions.c.status == SubmissionStatus.IN_REVIEW)
    )


def _closed(account_id: int, _: datetime | None) -> Select[Any]:
    """People whom at least one bot cannot write to now."""
    return select(chats.c.contact_id, chats.c.seen_at.label("at")).where(
        chats.c.account_id == account_id, chats.c.state == ChatState.BLOCKED
    )


def _missed(state: OutboxState, *, shut_out: bool) -> Who:
    def who(account_id: int, since: datetime | None) -> Select[Any]:
        there = and_(chats.c.bot_id == outbox.c.bot_id, chats.c.telegram_id == outbox.c.chat_id)
        missed = (
            select(chats.c.contact_id, outbox.c.created_at.label("at"))
            .join(chats, there)
            .where(outbox.c.account_id == account_id, outbox.c.state == state)
            .where(or_(*(outbox.c.method.like(method) for method in SPOKEN)))
        )
        if state is OutboxState.FAILED:
            is_blocked = chats.c.state == ChatState.BLOCKED
            missed = missed.where(is_blocked if shut_out else ~is_blocked)
        return _since(missed, outbox.c.created_at, since)

    return who


def select_ungranted(before: datetime | None, *columns: Any) -> Select[Any]:
    """Orders paid before a moment that keep the money and have opened nothing, nor are a gift that waits for its person."""
    other = payments.alias()
    opened = exists().where(accesses.c.payment_id == other.c.id, other.c.order_id == orders.c.id)
    ungranted = (
        select(orders.c.account_id, orders.c.id, *columns)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(orders.c.status == OrderStatus.PAID, ~opened)
        .where(payments.c.status == PaymentStatus.SUCCEEDED)
        .where(or_(payments.c.amount == 0, payments.c.refunded < payments.c.amount))
        .where(orders.c.id.not_in(select(gifts.c.order_id)))
        .group_by(orders.c.account_id, orders.c.id)
    )
    return ungranted if before is None else ungranted.where(orders.c.paid_at < before)


def _unopened(account_id: int, since: datetime | None) -> Select[Any]:
    """People who paid for something that has opened nothing."""
    paid_at = func.min(orders.c.paid_at).label("at")
    waiting = select_ungranted(None, orders.c.contact_id, paid_at).where(orders.c.account_id == account_id)
    return _since(waiting.group_by(orders.c.contact_id), orders.c.paid_at, since)


def _asked(account_id: int, _: datetime | None) -> Select[Any]:
    """People whose question nobody has answered."""
    return select(questions.c.contact_id, questions.c.asked_at.label("at")).where(
        questions.c.account_id == account_id, questions.c.status == QuestionStatus.ASKED
    )


WHO: Mapping[str, Who] = {
    "started": _started,
    "chose": _chose,
    "paid": _paid,
    "entered": _entered,
    "finished": _finished,
    "unopened": _unopened,
    "in_review": _in_review,
    "asked": _asked,
    "closed": _closed,
    "blocked": _missed(OutboxState.FAILED, shut_out=True),
    "failed": _missed(OutboxState.FAILED, shut_out=False),
    "held": _missed(OutboxState.HOLD, shut_out=False),
}
"""The people of each figure, with the moment it happened."""


def from_source(account_id: int, since: datetime | None, source: str | None) -> Select[Any]:
    """Those who paid and came by a link with this mark; None for without any."""
    marked = orders.c.utm["utm_source"].as_string()
    bought = select(orders.c.contact_id, orders.c.paid_at.label("at")).where(
        orders.c.account_id == account_id, orders.c.paid_at.is_not(None)
    )
    bought = bought.where(marked.is_(None) if source is None else marked == source)
    return _since(bought, orders.c.paid_at, since)


def at_step(account_id: int, now: datetime, place: "Place") -> Select[Any]:
    """Those for whom a course or scenario has waited at this step for days."""
    waiting = select_stopped(account_id, now).where(runs.c.flow_version_id == place.version(account_id))
    return waiting.where(runs.c.state["here"]["step"].as_string() == place.step)


def of_payers(account_id: int, since: datetime | None, currency: str) -> Select[Any]:
    """Those whose money in a currency has come, whatever of it went back."""
    came = (
        select(orders.c.contact_id, payments.c.settled_at.label("at"))
        .join(payments, payments.c.order_id == orders.c.id)
        .where(orders.c.account_id == account_id, payments.c.account_id == account_id)
        .where(payments.c.status == PaymentStatus.SUCCEEDED, payments.c.amount > 0, ~payments.c.is_test)
        .where(payments.c.currency == currency)
    )
    return _since(came, payments.c.settled_at, since)


def of_broadcast(account_id: int, broadcast_id: int, part: Part) -> Select[Any]:
    """Those of its recipients of whom one of its numbers tells."""
    if part in ACTS:
        return ACTS[part](account_id, broadcast_id)
    theirs = and_(contacts.c.telegram_id == outbox.c.chat_id, contacts.c.account_id == account_id)
    people = (
        select(contacts.c.id.label("contact_id"), outbox.c.created_at.label("at"))
        .join(outbox, theirs)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
    )
    if part is Part.CLICKED:
        return people.where(_has_clicked(account_id, broadcast_id))
    people = people.where(outbox.c.state.in_(STATES_OF[part]))
    if part in {Part.FAILED, Part.BLOCKED}:
        gone = exists().where(chats.c.bot_id == outbox.c.bot_id, chats.c.telegram_id == outbox.c.chat_id)
        gone = gone.where(chats.c.account_id == account_id, chats.c.state == ChatState.BLOCKED)
        people = people.where(gone if part is Part.BLOCKED else ~gone)
    return people


def _has_clicked(account_id: int, broadcast_id: int) -> ColumnElement[bool]:
    return exists().where(
        broadcast_clicks.c.account_id == account_id,
        broadcast_clicks.c.broadcast_id == broadcast_id,
        broadcast_clicks.c.chat_id == outbox.c.chat_id,
    )


def shut_out_of(account_id: int, bot_id: int) -> Select[Any]:
    """Those whom a bot cannot write to now."""
    return _closed(account_id, None).where(chats.c.bot_id == bot_id)


def answered(account_id: int, since: datetime | None, place: "Place") -> Select[Any]:
    """Those who have answered a question with points at a step of a version."""
    scored = (
        select(runs.c.contact_id, run_steps.c.at.label("at"))
        .join(runs, runs.c.id == run_steps.c.run_id)
        .where(run_steps.c.account_id == account_id, runs.c.account_id == account_id)
        .where(run_steps.c.max_score > 0, is_counted(account_id))
        .where(runs.c.flow_version_id == place.version(account_id), run_steps.c.step == place.step)
    )
    return _since(scored, run_steps.c.at, since)


def on_the_way(account_id: int, slug: str, status: RunStatus) -> Select[Any]:
    """Those with a run of a flow, of any version, that stands so now."""
    return (
        select(runs.c.contact_id, runs.c.started_at.label("at"))
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .where(runs.c.account_id == account_id, flows.c.account_id == account_id, flows.c.slug == slug)
        .where(runs.c.status == status, is_counted(account_id))
    )


@dataclass(frozen=True)
class Place:
    """A step of a version of a flow, as it is written: `words/3/day1`."""

    slug: str
    number: int
    step: str

    def version(self, account_id: int) -> Any:
        """The version's row."""
        return (
            select(flow_versions.c.id)
            .join(flows, flows.c.id == flow_versions.c.flow_id)
            .where(flow_versions.c.account_id == account_id, flows.c.slug == self.slug)
            .where(flow_versions.c.number == self.number)
            .scalar_subquery()
        )


def read_place(written: str) -> Place | None:
    """A step as it is written; None for what is none."""
    slug, _, rest = written.partition("/")
    number, _, step = rest.partition("/")
    is_number = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    return Place(slug, int(number), step) if slug and step and is_number else None


def select_stopped(account_id: int, now: datetime) -> Select[Any]:
    """Those for whom a course or scenario has waited for days, not they for us."""
    reviewed = exists().where(
        submissions.c.account_id == account_id,
        submissions.c.run_id == runs.c.id,
        submissions.c.status == SubmissionStatus.IN_REVIEW,
    )
    return select(runs.c.contact_id, runs.c.spoke_at.label("at")).where(
        runs.c.account_id == account_id,
        runs.c.status == RunStatus.ACTIVE,
        runs.c.spoke_at <= now - STOPPED,
        is_counted(account_id),
        ~reviewed,  # it is we whom these wait for
    )


def is_counted(account_id: int) -> ColumnElement[bool]:
    """Whether a run is a student's: what happens in test deployments is nobody's way through a course."""
    tests = select(deployments.c.id).where(
        deployments.c.account_id == account_id, deployments.c.environment == Stage.TEST
    )
    return or_(runs.c.deployment_id.is_(None), runs.c.deployment_id.not_in(tests))


def _since(statement: Select[Any], column: Any, since: datetime | None) -> Select[Any]:
    return statement if since is None else statement.where(column >= since)
