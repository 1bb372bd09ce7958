"""Which curator has which work or question before them, and until when."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Table, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.learning import questions, reviews, submissions
from core.flow.events import Verdict
from core.lifecycle import CardKind, QuestionStatus, SubmissionStatus
from services.learning.schemas import Claim

PLACES: Mapping[CardKind, tuple[Table, str]] = {
    CardKind.WORK: (submissions, SubmissionStatus.IN_REVIEW.value),
    CardKind.QUESTION: (questions, QuestionStatus.ASKED.value),
}


def is_free_for(table: Table, curator_id: int, now: datetime) -> ColumnElement[bool]:
    """Whether nobody else has it before them."""
    mine = table.c.claimed_by == curator_id
    return or_(table.c.claimed_by.is_(None), mine, table.c.claimed_until <= now)


async def claim(
    conn: AsyncConnection,
    account_id: int,
    kind: CardKind,
    subject_id: int,
    curator_id: int,
    now: datetime,
    until: datetime,
) -> bool:
    """Let a curator have what waits, or have it longer; False if it waits no more or somebody else has it."""
    table, waits = PLACES[kind]
    done = await conn.execute(
        update(table)
        .where(table.c.id == subject_id, table.c.account_id == account_id, table.c.status == waits)
        .where(is_free_for(table, curator_id, now))
        .values(claimed_by=curator_id, claimed_until=until)
    )
    return done.rowcount == 1


async def hand_over(
    conn: AsyncConnection,
    account_id: int,
    kind: CardKind,
    subject_id: int,
    claimed: Claim,
    heir: Claim | None,
) -> bool:
    """Give what one curator has to an heir, or to nobody; False if that very claim is over."""
    table, waits = PLACES[kind]
    done = await conn.execute(
        update(table)
        .where(table.c.id == subject_id, table.c.account_id == account_id, table.c.status == waits)
        .where(table.c.claimed_by == claimed.curator_id, table.c.claimed_until == claimed.until)
        .values(claimed_by=heir and heir.curator_id, claimed_until=heir and heir.until)
    )
    return done.rowcount == 1


async def find_claim(conn: AsyncConnection, account_id: int, kind: CardKind, subject_id: int) -> Claim | None:
    """Who took what still waits, and until when, over or not."""
    table, waits = PLACES[kind]
    rows = await conn.execute(
        select(table.c.claimed_by, table.c.claimed_until)
        .where(table.c.id == subject_id, table.c.account_id == account_id)
        .where(table.c.status == waits, table.c.claimed_by.is_not(None))
    )
    row = rows.one_or_none()
    return Claim(row.claimed_by, row.claimed_until) if row else None


async def list_claimed(conn: AsyncConnection, account_id: int, curator_id: int) -> list[tuple[CardKind, int]]:
    """What somebody took of what still waits, over or not."""
    claimed: list[tuple[CardKind, int]] = []
    for kind, (table, waits) in PLACES.items():
        rows = await conn.execute(
            select(table.c.id)
            .where(table.c.account_id == account_id, table.c.claimed_by == curator_id)
            .where(table.c.status == waits)
            .order_by(table.c.id)
        )
        claimed += [(kind, subject_id) for subject_id in rows.scalars()]
    return claimed


async def count_answered(conn: AsyncConnection, account_id: int, since: datetime) -> dict[int, int]:
    """How much each curator has decided and answered since then, by Telegram id."""
    decided = await conn.execute(
        select(reviews.c.reviewer_id, func.count())
        .where(reviews.c.account_id == account_id, reviews.c.at >= since)
        .where(reviews.c.verdict.in_([verdict.value for verdict in Verdict]))
        .group_by(reviews.c.reviewer_id)
    )
    answered = await conn.execute(
        select(questions.c.answered_by, func.count())
        .where(questions.c.account_id == account_id, questions.c.answered_at >= since)
        .group_by(questions.c.answered_by)
    )
    counts: dict[int, int] = {}
    for curator, count in (*decided, *answered):
        counts[curator] = counts.get(curator, 0) + count
    return counts
