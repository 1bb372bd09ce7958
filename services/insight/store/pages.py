"""The rows of the numbers' pages: newcomers by day, runs by flow, what each reviewer has answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions, flows
from core.db.models.learning import questions, reviews, runs, submissions
from core.flow.events import Verdict
from services.people.conditions.numbers.figures import WHO, is_counted


async def count_newcomers(
    conn: AsyncConnection, account_id: int, begins: Sequence[datetime]
) -> Sequence[int]:
    """How many people opened the sales bot from each of these moments to the one before it in the list; the newest first."""
    counts = []
    for number, since in enumerate(begins):
        who = WHO["started"](account_id, since).subquery()
        counted = select(
            literal(number).label("day"), func.count(who.c.contact_id.distinct()).label("people")
        )
        counts.append(counted if number == 0 else counted.where(who.c.at < begins[number - 1]))
    rows = await conn.execute(union_all(*counts))
    people = {row.day: row.people for row in rows}
    return [people[number] for number in range(len(begins))]


async def count_runs(conn: AsyncConnection, account_id: int) -> Sequence[Any]:
    """By flow and what became of them: how many runs, of how many people."""
    rows = await conn.execute(
        select(
            flows.c.slug,
            flows.c.kind,
            flows.c.name,
            runs.c.status,
            func.count().label("runs"),
            func.count(runs.c.contact_id.distinct()).label("people"),
        )
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .where(runs.c.account_id == account_id, flows.c.account_id == account_id, is_counted(account_id))
        .group_by(flows.c.id, runs.c.status)  # its other columns follow from it
        .order_by(flows.c.slug)
    )
    return rows.all()


async def list_verdicts(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """Each verdict: whose, which, when the work came and when it was decided."""
    statement = (
        select(
            reviews.c.reviewer_id, reviews.c.verdict, submissions.c.handed_in_at.label("came"), reviews.c.at
        )
        .join(submissions, submissions.c.id == reviews.c.submission_id)
        .where(reviews.c.account_id == account_id, submissions.c.account_id == account_id)
        .where(reviews.c.verdict.in_([verdict.value for verdict in Verdict]))
    )
    return (await conn.execute(statement if since is None else statement.where(reviews.c.at >= since))).all()


async def list_answers(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """Each answered question: who answered, when it was asked and when it was answered."""
    statement = select(
        questions.c.answered_by.label("reviewer_id"),
        questions.c.asked_at.label("came"),
        questions.c.answered_at.label("at"),
    ).where(questions.c.account_id == account_id, questions.c.answered_by.is_not(None))
    if since is not None:
        statement = statement.where(questions.c.answered_at >= since)
    return (await conn.execute(statement)).all()
