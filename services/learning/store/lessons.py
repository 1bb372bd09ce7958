"""Which lessons a run has given, and the very words they were said in."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.db.models.learning import run_steps
from core.flow.history import RecordEvent
from services.learning.schemas import SaidCall, StepRecord

GIVEN = (RecordEvent.LEFT, RecordEvent.LISTENING)
MOST_VISITS = 200


async def list_visits(conn: AsyncConnection, account_id: int, run_id: int) -> list[tuple[str, int]]:
    """The visits a run went on from, the latest first: (step, visit)."""
    rows = await conn.execute(
        select(run_steps.c.step, run_steps.c.visit)
        .where(run_steps.c.account_id == account_id, run_steps.c.run_id == run_id)
        .where(run_steps.c.event.in_(GIVEN))
        .order_by(run_steps.c.id.desc())
        .limit(MOST_VISITS)
    )
    return [(row.step, row.visit) for row in rows]


async def list_records(conn: AsyncConnection, account_id: int, run_id: int) -> list[StepRecord]:
    """The history of a run in order."""
    rows = await conn.execute(
        select(run_steps.c.step, run_steps.c.event, run_steps.c.answer)
        .where(run_steps.c.account_id == account_id, run_steps.c.run_id == run_id)
        .order_by(run_steps.c.id)
    )
    return [StepRecord(row.step, row.event, row.answer) for row in rows]


async def list_said(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, ref: str, key_prefix: str
) -> list[SaidCall]:
    """What a visit said by itself, in order, repetitions left out."""
    rows = await conn.execute(
        select(outbox.c.method, outbox.c.payload, outbox.c.on_result)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.ref == ref, outbox.c.dedupe_key.startswith(key_prefix, autoescape=True))
        .order_by(outbox.c.id)
    )
    return [SaidCall(row.method, row.payload, ref, row.on_result) for row in rows]
