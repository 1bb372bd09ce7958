"""Questions to the curator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import questions
from core.db.session import Row
from core.db.upserts import upsert
from core.lifecycle import QuestionStatus
from services.learning.schemas import Question

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
    again = upsert(conn, questions, ("bot_id", "contact_id"), ("opened_at", "run_id"), only=IS_OPEN)
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
) -> bool:
    """Move a question's status if that is allowed from where it is."""
    done = await conn.execute(
        update(questions)
        .where(questions.c.id == question_id, questions.c.account_id == account_id)
        .where(questions.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1
