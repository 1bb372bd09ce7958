"""Units of work: everything a unit decides lands together or not at all, and only then anybody hears of it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from core.db.models.delivery import inbox, messages, outbox
from core.db.models.people import contacts, variables
from core.db.session import LOOP_GUARD, Database, Transaction, UnitOfWork
from core.environment import Environment
from core.events import ChatBlocked, DomainEvent
from tests.factories.persons import add_contact, add_variable
from tests.factories.rows import count_rows, read_rows
from tests.fakes.clock import StillClock
from utils import faultpoints

UNITS = 1200


def _word(account_id: int, text: str, **more: Any) -> dict[str, Any]:
    at = StillClock().now()
    return {
        "account_id": account_id,
        "bot_id": 7,
        "chat_id": 5,
        "direction": "in",
        "text": text,
        "at": at,
        **more,
    }


def _append(uow: UnitOfWork, text: str, **more: Any) -> None:
    uow.append(messages, _word(uow.account_id, text, **more))


@asynccontextmanager
async def _open(
    url: str, env: Environment, react: Callable[[UnitOfWork, DomainEvent], Awaitable[None]]
) -> AsyncIterator[Database]:
    database = Database(url, StillClock(), env, react)
    yield database
    await database.close()


async def test_what_is_appended_is_written_at_the_end_in_one_statement_per_shape(db: Database) -> None:
    said: list[str] = []
    event.listen(db._writer.sync_engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    async with db.transaction() as transaction:
        for account_id in (1, 2, 3):
            async with transaction.unit(account_id) as uow:
                for n in range(20):
                    _append(uow, f"{account_id}:{n}")
                _append(uow, "with an id", telegram_message_id=1)
        assert not any("INSERT" in one for one in said)
    assert sum("INSERT INTO messages" in one for one in said) == 2
    assert await count_rows(db, messages) == 63
    texts = [row.text for row in await read_rows(db, messages, account_id=2)]
    assert texts == [*(f"2:{n}" for n in range(20)), "with an id"]


async def test_an_appended_row_that_is_there_already_is_dropped(db: Database) -> None:
    row = {
        "account_id": 1,
        "bot_id": 7,
        "update_id": 1,
        "chat_key": "5",
        "priority": 1,
        "payload": "first",
        "state": "pending",
        "attempts": 0,
        "next_at": db.clock.now(),
        "received_at": db.clock.now(),
    }
    for payload in ("first", "second"):
        async with db.unit(1) as uow:
            uow.append(inbox, {**row, "payload": payload})
            uow.append(inbox, {**row, "payload": payload})
    assert [one.payload for one in await read_rows(db, inbox)] == ["first"]


async def test_an_error_leaves_nothing_behind(db: Database) -> None:
    heard: list[str] = []
    with suppress(ZeroDivisionError):
        async with db.unit(1) as uow:
            contact = await add_contact(uow)
            _append(uow, "never")
            uow.after_commit(lambda: heard.append("signal"))
            uow.wake("topic")
            uow.publish(ChatBlocked(7, contact.telegram_id))
            raise ZeroDivisionError
    assert [await count_rows(db, table) for table in (contacts, messages)] == [0, 0]
    assert (heard, await db.bell.wait("topic", 0.01)) == ([], False)


async def test_an_error_of_one_unit_ends_the_whole_batch(db: Database) -> None:
    with suppress(ZeroDivisionError):
        async with db.transaction() as transaction:
            async with transaction.unit(1) as uow:
                _append(uow, "first")
                await add_contact(uow)
            async with transaction.unit(1):
                raise ZeroDivisionError
    assert [await count_rows(db, table) for table in (contacts, messages)] == [0, 0]


async def test_reactions_happen_in_the_transaction_of_what_they_follow(db_url: str, env: Environment) -> None:
    async def react(uow: UnitOfWork, happened: DomainEvent) -> None:
        assert await uow.conn.scalar(select(contacts.c.id))  # sees what is not yet committed
        _append(uow, "reaction")
        if isinstance(happened, ChatBlocked) and happened.chat_id:
            uow.publish(ChatBlocked(1, 0))

    async with _open(db_url, env, react) as database:
        async with database.unit(1) as uow:
            await add_contact(uow)
            uow.publish(ChatBlocked(1, 5))
        assert [row.text for row in await read_rows(database, messages)] == ["reaction", "reaction"]


async def test_a_reaction_that_fails_takes_everything_back(db_url: str, env: Environment) -> None:
    async def react(uow: UnitOfWork, happened: DomainEvent) -> None:
        await add_variable(uow, 424242)  # of nobody

    async with _open(db_url, env, react) as database:
        with suppress(IntegrityError):
            async with database.unit(1) as uow:
                _append(uow, "never")
                await add_contact(uow)
                uow.publish(ChatBlocked(1, 5))
        assert [await count_rows(database, table) for table in (contacts, messages, variables)] == [0, 0, 0]


async def test_reactions_without_end_are_stopped(db_url: str, env: Environment) -> None:
    reactions = 0

    async def react(uow: UnitOfWork, happened: DomainEvent) -> None:
        nonlocal reactions
        reactions += 1
        uow.publish(happened)

    async def fall_into_it(database: Database) -> None:
        async with database.unit(1) as uow:
            _append(uow, "never")
            uow.publish(ChatBlocked(1, 5))

    async with _open(db_url, env, react) as database:
        with pytest.raises(RuntimeError, match="without end"):
            await fall_into_it(database)
        assert (reactions, await count_rows(database, messages)) == (LOOP_GUARD, 0)


async def test_signals_come_after_the_commit(db: Database) -> None:
    committed: list[bool] = []
    heard: list[str] = []
    event.listen(db._writer.sync_engine, "commit", lambda _: committed.append(True))
    async with db.unit(1) as uow:
        _append(uow, "said")
        uow.wake("topic")
        uow.after_commit(lambda: heard.append(f"after {len(committed)} commits"))
        assert (heard, await db.bell.wait("topic", 0.01)) == ([], False)
    assert (heard, await db.bell.wait("topic", 0)) == (["after 1 commits"], True)


async def test_a_batch_rings_each_bell_once_it_is_safe(db: Database) -> None:
    async with db.transaction() as transaction:
        for topic in ("a", "b", "a"):
            async with transaction.unit(1) as uow:
                uow.wake(topic)
        assert not await db.bell.wait("a", 0.01)
    assert [await db.bell.wait(topic, 0.01) for topic in ("a", "b", "a")] == [True, True, False]


async def test_a_crash_just_before_the_commit_loses_the_unit_and_just_after_keeps_it(db: Database) -> None:
    def crash(name: str) -> None:
        raise ConnectionAbortedError(name)

    for place, kept in ((1, 0), (2, 1)):
        faultpoints.arm(place, crash)
        with pytest.raises(ConnectionAbortedError):
            await _say(db)
        faultpoints.arm(0)
        assert await count_rows(db, messages) == kept


async def _say(db: Database) -> None:
    async with db.unit(1) as uow:
        _append(uow, "said")


async def test_readers_do_not_see_what_is_not_committed(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_contact(uow)
        assert await count_rows(db, contacts) == 0
    assert await count_rows(db, contacts) == 1


async def test_a_unit_stands_still_in_time(db: Database, clock: StillClock) -> None:
    async with db.unit(1) as uow:
        began = uow.now, uow.real_now
        clock.advance(days=1)
        assert (uow.now, uow.real_now) == began


async def test_times_come_back_aware_and_the_same(db: Database) -> None:
    async with db.unit(1) as uow:
        _append(uow, "said", at=datetime.fromisoformat("2030-03-31T02:30:00.123456+03:00"))
    (row,) = await read_rows(db, messages)
    assert row.at.isoformat() == "2030-03-30T23:30:00.123456+00:00"


async def test_a_naive_time_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="naive time"):
        async with db.unit(1) as uow:
            _append(uow, "said", at=db.clock.now().replace(tzinfo=None))
    assert await count_rows(db, messages) == 0


async def test_a_row_that_points_nowhere_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError):
        async with db.unit(1) as uow:
            await add_variable(uow, 424242)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'busy.db')}"


async def test_many_read_then_write_at_once_without_one_error(sqlite_url: str, env: Environment) -> None:
    async with _open(sqlite_url, env, _nothing) as first, _open(sqlite_url, env, _nothing) as second:
        async with first.unit(1) as uow:
            contact = await add_contact(uow)
            await add_variable(uow, contact.id, name="count", value="0")
        done = await asyncio.gather(
            *(_count_up((first, second)[n % 2]) for n in range(UNITS)), return_exceptions=True
        )
        assert [one for one in done if one is not None] == []
        assert [row.value for row in await read_rows(second, variables)] == [str(UNITS)]


async def _nothing(uow: UnitOfWork, happened: DomainEvent) -> None:
    pass


async def _count_up(database: Database) -> None:
    async with database.unit(1) as uow:
        seen = await uow.conn.scalar(select(variables.c.value))
        await asyncio.sleep(0)
        await uow.conn.execute(variables.update().values(value=str(int(seen or 0) + 1)))


async def test_units_of_one_transaction_see_each_other(db: Database) -> None:
    async def look(transaction: Transaction) -> int | None:
        found: int | None = await transaction.conn.scalar(select(contacts.c.telegram_id))
        return found

    async with db.transaction() as transaction:
        async with transaction.unit(1) as uow:
            contact = await add_contact(uow)
        assert await look(transaction) == contact.telegram_id
    assert await count_rows(db, outbox) == 0
