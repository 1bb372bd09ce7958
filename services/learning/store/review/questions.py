"""Questions to the curator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import questions, runs
from core.db.session import Row
from core.db.upserts import upsert
from core.lifecycle import QuestionStatus
from services.learning.schemas import Claim, Question
from services.learning.store.review.claims import is_free_for

COLUMNS = (
    questions.c.id,
    questions.c.contact_id,
    questions.c.bot_id,
    questions.c.chat_id,
    questions.c.run_id,
    questions.c.text,
    questions.c.pieces,
    questions.c.album,
    questions.c.status,
    questions.c.answered_by,
)

IS_OPEN = questions.c.status == QuestionStatus.OPEN.value


def _question(row: Any) -> Question:
    return Question(**{**row._mapping, "status": QuestionStatus(row.status)})  # noqa: SLF001 - SQLAlchemy's own name


async def open_question(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Let the person's next words be a question; one that is open already is opened anew. Gives its id."""
    again = upsert(conn, questions, ("bot_id", "contact_id"), ("opened_at", "run_id", "step"), only=IS_OPEN)
    values = {"account_id": account_id, "status": QuestionStatus.OPEN, **row}
    rows = await conn.execute(again.returning(questions.c.id), values)
    return int(rows.scalar_one())


async def find_open(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, since: datetime
) -> Question | None:
    """The question a person was about to put, not longer ago than `since`."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.contact_id == contact_id, questions.c.status == QuestionStatus.OPEN.value)
        .where(questions.c.opened_at >= since)
    )
    row = rows.one_or_none()
    return _question(row) if row else None


async def find_asked(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, since: datetime
) -> Question | None:
    """A question of a person that waits for an answer, put not longer ago than `since`."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.contact_id == contact_id, questions.c.status == QuestionStatus.ASKED.value)
        .where(questions.c.asked_at >= since)
        .order_by(questions.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return _question(row) if row else None


async def find_by_album(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, album: str
) -> Question | None:
    """The question an album began with."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.contact_id == contact_id, questions.c.album == album)
        .order_by(questions.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return _question(row) if row else None


async def find_question(conn: AsyncConnection, account_id: int, question_id: int) -> Question | None:
    """A question by its id."""
    rows = await conn.execute(
        select(*COLUMNS).where(questions.c.id == question_id, questions.c.account_id == account_id)
    )
    row = rows.one_or_none()
    return _question(row) if row else None


async def add_piece(conn: AsyncConnection, account_id: int, question_id: int, pieces: list[Any]) -> None:
    """Keep one more message of the same question."""
    await conn.execute(
        update(questions)
        .where(questions.c.id == question_id, questions.c.account_id == account_id)
        .values(pieces=pieces)
    )


async def move_question(
    conn: AsyncConnection,
    account_id: int,
    question_id: int,
    to: QuestionStatus,
    allowed: Sequence[QuestionStatus],
    more: Row,
    by: Claim | None = None,
) -> bool:
    """Move a question's status if that is allowed from where it is; `by` a curator at a moment: if nobody else has it then."""
    free = is_free_for(questions, by.curator_id, by.until) if by else true()
    done = await conn.execute(
        update(questions)
        .where(questions.c.id == question_id, questions.c.account_id == account_id)
        .where(questions.c.status.in_(allowed), free)
        .values(status=to, claimed_by=None, claimed_until=None, **more)
    )
    return done.rowcount == 1


async def list_answered(
    conn: AsyncConnection, account_id: int, bot_id: int, offset: int, limit: int
) -> list[Question]:
    """Questions of a bot that were answered, the latest first."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.status == QuestionStatus.ANSWERED.value)
        .order_by(questions.c.answered_at.desc(), questions.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_question(row) for row in rows]


async def count_by_step(
    conn: AsyncConnection, account_id: int, bot_id: int
) -> dict[tuple[int, str], tuple[int, int]]:
    """How many questions wait and how many were answered, by version of a flow and step."""
    waits = case((questions.c.status == QuestionStatus.ASKED.value, 1), else_=0)
    done = case((questions.c.status == QuestionStatus.ANSWERED.value, 1), else_=0)
    rows = await conn.execute(
        select(runs.c.flow_version_id, questions.c.step, func.sum(waits), func.sum(done))
        .join(runs, runs.c.id == questions.c.run_id)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.asked_at.is_not(None))
        .group_by(runs.c.flow_version_id, questions.c.step)
    )
    return {(version, step or ""): (int(open_), int(answered)) for version, step, open_, answered in rows}
