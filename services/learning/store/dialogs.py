"""Dialogs: what was said in which turn, and how many messages to the model a run has had."""

from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions
from core.db.models.learning import ai_budgets, dialog_turns, run_steps, runs
from core.db.session import Row, dialect_insert
from services.learning.schemas import Turn


async def add_turn(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Keep what one side said in a turn; False if it is kept already."""
    done = await conn.execute(
        dialect_insert(conn, dialog_turns)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(dialog_turns.c.id)
    )
    return done.scalar_one_or_none() is not None


async def list_turns(conn: AsyncConnection, account_id: int, run_id: int, step: str) -> list[Turn]:
    """All that was said at a step of a run, in its order."""
    rows = await conn.execute(
        select(dialog_turns.c.visit, dialog_turns.c.role, dialog_turns.c.text)
        .where(dialog_turns.c.account_id == account_id, dialog_turns.c.run_id == run_id)
        .where(dialog_turns.c.step == step)
        .order_by(dialog_turns.c.id)
    )
    return [Turn(*row) for row in rows]


async def list_answers(conn: AsyncConnection, account_id: int, run_id: int, step: str) -> list[str]:
    """What the person answered at a step of a run."""
    rows = await conn.scalars(
        select(run_steps.c.answer)
        .where(run_steps.c.account_id == account_id, run_steps.c.run_id == run_id, run_steps.c.step == step)
        .where(run_steps.c.event.in_(("left", "closed", "listening")))
        .order_by(run_steps.c.id)
    )
    return [str(answer) for answer in rows if answer]


async def count_message(conn: AsyncConnection, account_id: int, run_id: int) -> None:
    """One message more to the model."""
    await conn.execute(
        dialect_insert(conn, ai_budgets)
        .values(account_id=account_id, run_id=run_id, used=1)
        .on_conflict_do_update(
            index_elements=["run_id"],
            set_={"used": ai_budgets.c.used + 1},
            where=ai_budgets.c.account_id == account_id,
        )
    )


async def load_used(conn: AsyncConnection, account_id: int, run_ids: list[int]) -> dict[int, int]:
    """How many messages to the model the people of runs have had in their course since they were pardoned last.

    A course begun anew is the same course. Who had none is left out.
    """
    here, there = _same_course(account_id)
    rows = await conn.execute(
        select(here.c.id, func.sum(ai_budgets.c.used))
        .where(here.c.account_id == account_id, here.c.id.in_(run_ids))
        .where(ai_budgets.c.account_id == account_id, ai_budgets.c.run_id == there.c.id)
        .where(*_of_one_person(here, there))
        .group_by(here.c.id)
    )
    return {run_id: int(used) for run_id, used in rows if used}


def _same_course(account_id: int) -> tuple[Subquery, Subquery]:
    """Runs with the course of each, twice, to be compared."""
    course = (
        select(runs.c.id, runs.c.account_id, runs.c.bot_id, runs.c.contact_id, flow_versions.c.flow_id)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id)
    )
    return course.subquery("here"), course.subquery("there")


def _of_one_person(here: Subquery, there: Subquery) -> list[ColumnElement[bool]]:
    return [
        here.c.contact_id == there.c.contact_id,
        here.c.bot_id == there.c.bot_id,
        here.c.flow_id == there.c.flow_id,
    ]


async def pardon(conn: AsyncConnection, account_id: int, run_id: int, pardoned_at: datetime) -> bool:
    """Let a person's messages in the course of a run count from the beginning; False if there have been none."""
    here, there = _same_course(account_id)
    siblings = select(there.c.id).where(here.c.id == run_id, *_of_one_person(here, there))
    done = await conn.execute(
        update(ai_budgets)
        .where(
            ai_budgets.c.account_id == account_id, ai_budgets.c.run_id.in_(siblings), ai_budgets.c.used > 0
        )
        .values(used=0, pardoned_at=pardoned_at, banned_at=None)
    )
    return done.rowcount > 0
