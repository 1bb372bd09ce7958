"""Scoring rules 6 and 9 fail on planted copies: a list checked by name, an index that is not there."""

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.db.models.learning import runs
from core.db.session import UnitOfWork
from services.content.store import participants as store
from tests.services.learning.room import Room, lesson
from tests.services.learning.test_deployed_courses import (
    test_a_username_counts_only_where_there_is_no_id as rule_6,
)


async def test_rule_6_fails_where_a_name_is_enough(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def by_name(
        conn: Any, account_id: int, deployment_id: int, telegram_id: int, username: str
    ) -> bool:
        listed = await store.list_participants(conn, account_id, deployment_id)
        return (username or "").lower() in {one.username for one in listed}

    monkeypatch.setattr(store, "is_listed", by_name)
    with pytest.raises(AssertionError):
        await rule_6(room)


async def _copy_active(uow: UnitOfWork) -> int:
    """Put a second active run beside the first, past all code; gives how many are active then."""
    row = dict((await uow.conn.execute(select(runs).where(runs.c.status == "active"))).one()._mapping)
    del row["id"]
    await uow.conn.execute(runs.insert().values(**row))
    return len((await uow.conn.execute(select(runs.c.id).where(runs.c.status == "active"))).all())


async def test_rule_9_is_kept_by_the_index_and_by_nothing_else(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    with pytest.raises(IntegrityError):
        async with room.db.unit(1) as uow:
            await _copy_active(uow)
    with suppress(ZeroDivisionError):
        async with room.db.unit(1) as uow:
            await uow.conn.execute(text("DROP INDEX uq_runs_active"))
            assert await _copy_active(uow) == 2
            raise ZeroDivisionError  # the index stays
