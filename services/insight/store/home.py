"""What needs somebody now, and what comes next: each thing one question, with its number and its oldest."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import payments
from core.db.models.commerce_money import refunds
from core.db.models.commerce_partners import commissions, payouts
from core.db.models.delivery import inbox, jobs, outbox, timers
from core.db.models.learning import questions, submissions
from core.db.models.tenancy import bots
from core.lifecycle import (
    CommissionStatus,
    InboxState,
    JobState,
    OutboxState,
    PaymentStatus,
    PayoutStatus,
    Priority,
    QuestionStatus,
    RefundStatus,
    SubmissionStatus,
)
from services.commerce.payments.payments import CHECKS
from services.delivery.store.timers import FAILED_TRIES
from services.people.conditions.numbers.figures import SPOKEN

LATE = timedelta(days=1)  # for who waits for a person's word


def _dead(account_id: int, _: datetime) -> Select[Any]:
    """What could not be handled: an update, a job, a timer; the two latter do not say since when."""
    updates = select(inbox.c.received_at.label("at")).where(
        inbox.c.account_id == account_id, inbox.c.state == InboxState.DEAD
    )
    tasks = select(jobs.c.next_at.label("at")).where(
        jobs.c.account_id == account_id, jobs.c.state == JobState.DEAD
    )
    moments = select(timers.c.due_at.label("at")).where(
        timers.c.account_id == account_id, timers.c.attempts >= FAILED_TRIES
    )
    letters = union_all(updates, tasks, moments).subquery()
    return select(letters.c.at)  # each part names the account


def _works(account_id: int, now: datetime) -> Select[Any]:
    waiting = select(submissions.c.handed_in_at.label("at")).where(
        submissions.c.account_id == account_id, submissions.c.status == SubmissionStatus.IN_REVIEW
    )
    return waiting.where(submissions.c.handed_in_at < now - LATE)


def _questions(account_id: int, now: datetime) -> Select[Any]:
    waiting = select(questions.c.asked_at.label("at")).where(
        questions.c.account_id == account_id, questions.c.status == QuestionStatus.ASKED
    )
    return waiting.where(questions.c.asked_at < now - LATE)


def _bots(account_id: int, _: datetime) -> Select[Any]:
    return select(bots.c.created_at.label("at")).where(
        bots.c.account_id == account_id, bots.c.is_active, bots.c.trouble.is_not(None)
    )


def _held(account_id: int, _: datetime) -> Select[Any]:
    return select(payments.c.created_at.label("at")).where(
        payments.c.account_id == account_id, payments.c.status == PaymentStatus.HELD
    )


def _refunds(account_id: int, _: datetime) -> Select[Any]:
    return select(refunds.c.created_at.label("at")).where(
        refunds.c.account_id == account_id,
        refunds.c.status.in_((RefundStatus.ASKED, RefundStatus.PENDING)),
        refunds.c.checks >= len(CHECKS),
    )


def _by_hand(account_id: int, _: datetime) -> Select[Any]:
    return select(refunds.c.created_at.label("at")).where(
        refunds.c.account_id == account_id, refunds.c.status == RefundStatus.BY_HAND
    )


def _unknown(account_id: int, _: datetime) -> Select[Any]:
    return select(outbox.c.created_at.label("at")).where(
        outbox.c.account_id == account_id, outbox.c.state == OutboxState.HOLD
    )


def _doubts(account_id: int, _: datetime) -> Select[Any]:
    return select(commissions.c.created_at.label("at")).where(
        commissions.c.account_id == account_id,
        commissions.c.doubt.is_not(None),
        commissions.c.status == CommissionStatus.EARNED,
        commissions.c.refund_id == 0,
    )


def _payouts(account_id: int, _: datetime) -> Select[Any]:
    return select(payouts.c.created_at.label("at")).where(
        payouts.c.account_id == account_id, payouts.c.status == PayoutStatus.REQUESTED
    )


CAUSES: Mapping[str, Any] = {
    "bot-not-reached": _bots,
    "dead-letters": _dead,
    "outcome-unknown": _unknown,
    "refund-unknown": _refunds,
    "refund-by-hand": _by_hand,
    "money-held": _held,
    "works-late": _works,
    "questions-late": _questions,
    "payouts-asked": _payouts,
    "commissions-doubtful": _doubts,
}
"""Why somebody has to look, the worst first."""


async def measure_cause(
    conn: AsyncConnection, account_id: int, cause: str, now: datetime
) -> tuple[int, datetime | None]:
    """How many things there are of a cause, and since when the oldest of them waits."""
    waiting = CAUSES[cause](account_id, now).subquery()
    row = (await conn.execute(select(func.count(), func.min(waiting.c.at)).select_from(waiting))).one()
    return row[0], row[1]


async def count_lessons(conn: AsyncConnection, account_id: int, since: datetime) -> int:
    """Messages of lessons that were sent."""
    said = or_(*(outbox.c.method.like(method) for method in SPOKEN))
    lessons = (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.state == OutboxState.SENT, said)
    )
    return int(
        await conn.scalar(lessons.where(outbox.c.priority == Priority.LESSON, outbox.c.created_at >= since))
        or 0
    )


async def list_due(
    conn: AsyncConnection, account_id: int, kinds: Sequence[str], until: datetime
) -> Sequence[Any]:
    """By kind of what waits for its moment: how much of it is due until then, and when the first is."""
    rows = await conn.execute(
        select(timers.c.kind, func.count().label("number"), func.min(timers.c.due_at).label("at"))
        .where(timers.c.account_id == account_id, timers.c.kind.in_(kinds))
        .where(timers.c.due_at <= until, timers.c.attempts < FAILED_TRIES)
        .group_by(timers.c.kind)
        .order_by(func.min(timers.c.due_at), timers.c.kind)
    )
    return rows.all()
