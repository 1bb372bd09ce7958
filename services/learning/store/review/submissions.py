"""Work handed in and its reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import reviews, submissions
from core.db.session import Row, dialect_insert
from core.flow.events import Verdict
from core.lifecycle import SubmissionStatus
from services.learning.schemas import Claim, Submission
from services.learning.store.review.claims import is_free_for

COLUMNS = (
    submissions.c.id,
    submissions.c.run_id,
    submissions.c.visit,
    submissions.c.attempt,
    submissions.c.title,
    submissions.c.status,
    submissions.c.work,
    submissions.c.step,
)


def _submission(row: Any) -> Submission:
    return Submission(
        id=row.id,
        run_id=row.run_id,
        visit=row.visit,
        attempt=row.attempt,
        title=row.title,
        status=SubmissionStatus(row.status),
        work=row.work,
        step=row.step,
    )


async def add_submission(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Add work; None if this attempt is there already."""
    rows = await conn.execute(
        dialect_insert(conn, submissions)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(submissions.c.id)
    )
    submission_id: int | None = rows.scalar_one_or_none()
    return submission_id


async def find_submission(conn: AsyncConnection, account_id: int, submission_id: int) -> Submission | None:
    """Work by its id."""
    row = (
        await conn.execute(
            select(*COLUMNS).where(submissions.c.id == submission_id, submissions.c.account_id == account_id)
        )
    ).one_or_none()
    return _submission(row) if row else None


async def find_attempt(
    conn: AsyncConnection, account_id: int, run_id: int, visit: int, attempt: int
) -> Submission | None:
    """Work by the engine's numbers."""
    row = (
        await conn.execute(
            select(*COLUMNS).where(
                submissions.c.account_id == account_id,
                submissions.c.run_id == run_id,
                submissions.c.visit == visit,
                submissions.c.attempt == attempt,
            )
        )
    ).one_or_none()
    return _submission(row) if row else None


async def list_of_run(conn: AsyncConnection, account_id: int, run_id: int) -> list[Submission]:
    """All work handed in during a run, the latest attempt last."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(submissions.c.account_id == account_id, submissions.c.run_id == run_id)
        .order_by(submissions.c.visit, submissions.c.attempt)
    )
    return [_submission(row) for row in rows]


async def add_review(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep a verdict or a note of a reviewer."""
    await conn.execute(dialect_insert(conn, reviews).values(account_id=account_id, **row))


async def count_reviews(conn: AsyncConnection, account_id: int, submission_id: int) -> int:
    """How often reviewers have said or decided something about work."""
    counted = select(func.count()).where(
        reviews.c.account_id == account_id, reviews.c.submission_id == submission_id
    )
    return int(await conn.scalar(counted) or 0)


async def find_decider(conn: AsyncConnection, account_id: int, submission_id: int) -> int | None:
    """The Telegram id of the reviewer who decided about work."""
    decider: int | None = await conn.scalar(
        select(reviews.c.reviewer_id)
        .where(reviews.c.account_id == account_id, reviews.c.submission_id == submission_id)
        .where(reviews.c.verdict.in_([verdict.value for verdict in Verdict]))
        .order_by(reviews.c.id.desc())
        .limit(1)
    )
    return decider


async def add_piece(
    conn: AsyncConnection, account_id: int, submission_id: int, work: Mapping[str, Any]
) -> None:
    """Keep one more piece of the same work."""
    await conn.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, submissions.c.account_id == account_id)
        .values(work=dict(work))
    )


async def find_draft(conn: AsyncConnection, account_id: int, submission_id: int) -> Mapping[str, Any] | None:
    """What a model has drafted, or is drafting, as an answer."""
    draft: Mapping[str, Any] | None = await conn.scalar(
        select(submissions.c.draft).where(
            submissions.c.id == submission_id, submissions.c.account_id == account_id
        )
    )
    return draft


async def put_draft(
    conn: AsyncConnection, account_id: int, submission_id: int, draft: Mapping[str, Any] | None
) -> None:
    """Keep a model's draft, or that there is none."""
    await conn.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, submissions.c.account_id == account_id)
        .values(draft=draft)
    )


async def move_submission(
    conn: AsyncConnection,
    account_id: int,
    submission_id: int,
    to: SubmissionStatus,
    allowed: Sequence[SubmissionStatus],
    more: Row,
    by: Claim | None = None,
) -> bool:
    """Move work's status if that is allowed from where it is; `by` a curator at a moment: if nobody else has it then."""
    free = is_free_for(submissions, by.curator_id, by.until) if by else true()
    done = await conn.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, submissions.c.account_id == account_id)
        .where(submissions.c.status.in_(allowed), free)
        .values(status=to, claimed_by=None, claimed_until=None, **more)
    )
    return done.rowcount == 1
