"""Who is behind a number: each figure of people is one selection, counted and listed alike."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders
from core.db.models.delivery import outbox
from core.db.models.learning import runs, submissions
from core.db.models.people import chats, contacts
from core.db.models.tenancy import bots
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.lifecycle import BotKind, ChatState, OrderStatus, OutboxState, SubmissionStatus
from services.insight.store.students import is_counted

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


WHO: Mapping[str, Who] = {
    "started": _started,
    "chose": _chose,
    "paid": _paid,
    "entered": _entered,
    "finished": _finished,
    "in_review": _in_review,
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


def at_step(account_id: int, now: datetime, version_id: int, step: str) -> Select[Any]:
    """Those for whom a course or scenario has waited at this step for days."""
    stopped = _stopped(account_id, now).where(runs.c.flow_version_id == version_id)
    return stopped.where(runs.c.state["here"]["step"].as_string() == step)


async def list_stops(conn: AsyncConnection, account_id: int, now: datetime, limit: int) -> Sequence[Any]:
    """Where most of those stand for whom a course or scenario has waited for days: version, step, how many."""
    stopped = _stopped(account_id, now).add_columns(
        runs.c.flow_version_id, runs.c.state["here"]["step"].as_string().label("step")
    )
    found = stopped.where(runs.c.state["here"]["step"].as_string().is_not(None)).subquery()
    people = func.count(found.c.contact_id.distinct()).label("people")
    rows = await conn.execute(  # the runs are those of the account
        select(found.c.flow_version_id, found.c.step, people)
        .group_by(found.c.flow_version_id, found.c.step)
        .order_by(people.desc(), found.c.flow_version_id, found.c.step)
        .limit(limit)
    )
    return rows.all()


def _stopped(account_id: int, now: datetime) -> Select[Any]:
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


async def count_who(conn: AsyncConnection, account_id: int, who: Select[Any]) -> int:
    """How many people a selection of the account has, each counted once."""
    found = who.subquery()
    counted = select(func.count(found.c.contact_id.distinct()))
    named = counted.select_from(found.join(contacts, contacts.c.id == found.c.contact_id))
    return int(await conn.scalar(named.where(contacts.c.account_id == account_id)) or 0)


async def list_who(
    conn: AsyncConnection, account_id: int, who: Select[Any], *, limit: int, offset: int
) -> Sequence[Any]:
    """A page of them, whoever did it last first."""
    found = who.subquery()
    at = func.max(found.c.at).label("at")
    rows = await conn.execute(
        select(
            contacts.c.id,
            contacts.c.telegram_id,
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
            at,
        )
        .join(found, found.c.contact_id == contacts.c.id)
        .where(contacts.c.account_id == account_id)
        .group_by(contacts.c.id)  # its other columns follow from it
        .order_by(at.desc(), contacts.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return rows.all()


def _since(statement: Select[Any], column: Any, since: datetime | None) -> Select[Any]:
    return statement if since is None else statement.where(column >= since)
