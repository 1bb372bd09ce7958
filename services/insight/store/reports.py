"""The sums of the numbers' pages: questions with points, money per person, what became of each bot's messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import narrow
from core.db.models.commerce import orders, payments
from core.db.models.content import flow_versions, flows
from core.db.models.delivery import outbox
from core.db.models.learning import run_steps, runs
from core.db.models.people import contacts
from core.db.models.tenancy import bots
from core.lifecycle import OutboxState, PaymentStatus
from services.people.conditions.numbers.figures import SPOKEN, is_counted


async def list_quizzes(
    conn: AsyncConnection, account_id: int, since: datetime | None, flow_id: int | None
) -> Sequence[Any]:
    """Each question with points: who answered, how often, how often all of it was right, points and the most there were."""
    right = case((run_steps.c.score >= run_steps.c.max_score, 1), else_=0)
    statement = (
        select(
            flows.c.slug,
            flow_versions.c.number,
            flow_versions.c.id.label("version_id"),
            run_steps.c.step,
            func.count().label("answers"),
            func.count(runs.c.contact_id.distinct()).label("people"),
            func.sum(right).label("right"),
            func.sum(run_steps.c.score).label("points"),
            func.sum(run_steps.c.max_score).label("most"),
        )
        .join(runs, runs.c.id == run_steps.c.run_id)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .where(run_steps.c.account_id == account_id, run_steps.c.max_score > 0, is_counted(account_id))
        .group_by(flows.c.slug, flow_versions.c.number, flow_versions.c.id, run_steps.c.step)
        .order_by(flows.c.slug, flow_versions.c.number, run_steps.c.step)
    )
    if since is not None:
        statement = statement.where(run_steps.c.at >= since)
    rows: Sequence[Any] = (await conn.execute(narrow(statement, {flows.c.id: flow_id}))).all()
    return rows


async def sum_payments(
    conn: AsyncConnection, account_id: int, since: datetime | None, clause: ColumnElement[bool]
) -> Sequence[Any]:
    """By currency, tests left out: what came of people a clause over `contacts` selects, what of it went back, and of how many it came."""
    statement = (
        select(
            payments.c.currency,
            func.count(orders.c.contact_id.distinct()).label("people"),
            func.sum(payments.c.amount).label("came"),
            func.sum(payments.c.refunded).label("back"),
        )
        .join(orders, orders.c.id == payments.c.order_id)
        .join(contacts, contacts.c.id == orders.c.contact_id)
        .where(payments.c.account_id == account_id, payments.c.status == PaymentStatus.SUCCEEDED)
        .where(payments.c.amount > 0, ~payments.c.is_test, clause)
        .group_by(payments.c.currency)
        .order_by(payments.c.currency)
    )
    if since is not None:
        statement = statement.where(payments.c.settled_at >= since)
    return (await conn.execute(statement)).all()


async def list_bots(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """Each bot with what became of the messages it had to send since then."""
    said = or_(*(outbox.c.method.like(method) for method in SPOKEN))
    theirs = and_(outbox.c.bot_id == bots.c.id, outbox.c.account_id == account_id, said)
    if since is not None:
        theirs = and_(theirs, outbox.c.created_at >= since)

    def number(*states: OutboxState) -> Any:
        return func.sum(case((outbox.c.state.in_(states), 1), else_=0))

    rows = await conn.execute(
        select(
            bots.c.id,
            bots.c.kind,
            bots.c.username,
            bots.c.is_active,
            bots.c.trouble,
            number(OutboxState.SENT).label("sent"),
            number(OutboxState.FAILED).label("failed"),
            number(OutboxState.HOLD).label("held"),
            number(OutboxState.PENDING, OutboxState.SENDING).label("waiting"),
        )
        .outerjoin(outbox, theirs)
        .where(bots.c.account_id == account_id)
        .group_by(bots.c.id)  # its other columns follow from it
        .order_by(bots.c.is_active.desc(), bots.c.id)
    )
    return rows.all()
