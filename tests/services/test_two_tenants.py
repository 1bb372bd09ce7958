"""Two accounts with the same people: no store function of one reads or changes anything of the other."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.base import metadata
from core.db.models.people import contacts
from core.db.session import Database
from services.tenancy.store.settings import replace_settings
from tests.factories.accounts import add_account
from tests.factories.worlds import World, build_world
from tests.services.store_arguments import (
    SPECIAL,
    Function,
    NoArguments,
    arguments_of,
    find_functions,
)

OURS, THEIRS = 1, 2
FIRST_OURS, FIRST_THEIRS = 880_001, 410_001
TRACE = re.compile(r"\b41\d{4}\b|theirs")  # what only the other account's rows hold
WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
REFUSALS = (IntegrityError, NoResultFound)  # the database or the store says that there is no such thing
Dump = dict[str, list[Any]]
FUNCTIONS = find_functions()


class _Watch:
    """Which tables the statements of a database write to."""

    def __init__(self, db: Database) -> None:
        self.tables: set[str] = set()
        event.listen(db._writer.sync_engine, "before_cursor_execute", self._look)

    def _look(self, *args: Any) -> None:
        self.tables |= set(WRITES.findall(args[2]))


class _Outcome:
    """What a call gave, and the rows it changed of each account."""

    def __init__(self, given: Any, changed: dict[int, set[str]]) -> None:
        self.given = given
        self.changed = changed

    @property
    def is_nothing(self) -> bool:
        parts = self.given if isinstance(self.given, tuple) else (self.given,)
        return not any(parts) and not self.changed[OURS]


@asynccontextmanager
async def _undone(db: Database) -> AsyncIterator[AsyncConnection]:
    """A connection whatever is done over is taken back."""
    with suppress(ZeroDivisionError):
        async with db.transaction() as transaction:
            yield transaction.conn
            raise ZeroDivisionError


async def _dump(conn: AsyncConnection, account_id: int, tables: set[str] | None = None) -> Dump:
    found: Dump = {}
    for table in metadata.sorted_tables:
        if tables is None or table.name in tables:
            tenant = table.c.id if table.name == "accounts" else table.c.account_id
            rows = await conn.execute(select(table).where(tenant == account_id).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found


async def _call(
    db: Database, watch: _Watch, before: dict[int, Dump], function: Function, arguments: dict[str, Any]
) -> _Outcome:
    given: Any = None
    changed: dict[int, set[str]] = {OURS: set(), THEIRS: set()}
    watch.tables.clear()
    async with _undone(db) as conn:
        try:
            given = await function(conn, OURS, **arguments)
        except REFUSALS as refusal:
            return _Outcome(type(refusal).__name__, changed)
        for account_id, rows in before.items():
            after = await _dump(conn, account_id, watch.tables)
            changed[account_id] = {name for name, now in after.items() if now != rows[name]}
    return _Outcome(given, changed)


async def _fill(db: Database, account_id: int, first_id: int, mark: str) -> World:
    async with db.unit(account_id) as uow:
        if account_id == THEIRS:
            await add_account(uow, name=mark)
        await replace_settings(uow.conn, account_id, {"public_name": mark}, 0)
        return await build_world(uow, first_id, mark)


async def _call_all(
    db: Database, watch: _Watch, world: World, functions: Mapping[str, Function] = FUNCTIONS
) -> dict[str, _Outcome]:
    """Every function as our account, with what the world holds."""
    async with db.reading() as conn:
        before = {account_id: await _dump(conn, account_id) for account_id in (OURS, THEIRS)}
    return {
        name: await _call(db, watch, before, function, arguments_of(name, function, world))
        for name, function in functions.items()
    }


async def test_no_account_reads_or_changes_anything_of_another(db: Database) -> None:
    watch = _Watch(db)
    ours = await _fill(db, OURS, FIRST_OURS, "ours")
    alone = await _call_all(db, watch, ours)
    theirs = await _fill(db, THEIRS, FIRST_THEIRS, "theirs")
    beside, trying = await _call_all(db, watch, ours), await _call_all(db, watch, theirs)

    _none("arguments that find and change nothing", [name for name, one in beside.items() if one.is_nothing])
    _none("of another account", [*_leaks(beside), *_leaks(trying)])
    _none("counts another account's rows", _different(alone, beside))
    print(f"\ntwo tenants: {len(FUNCTIONS)} store functions, {2 * len(FUNCTIONS)} calls, 0 leaks")


def _none(what: str, found: list[str]) -> None:
    if found:
        pytest.fail("\n".join([f"{what}:", *found]), pytrace=False)


def _reaches(outcome: _Outcome) -> bool:
    return bool(outcome.changed[THEIRS] or TRACE.search(repr(outcome.given)))


def _leaks(outcomes: dict[str, _Outcome]) -> list[str]:
    """What reaches into the other account, one line each."""
    return [
        f"{name} changes {sorted(one.changed[THEIRS])} and gives {one.given!r}"
        for name, one in outcomes.items()
        if _reaches(one)
    ]


def _different(alone: dict[str, _Outcome], beside: dict[str, _Outcome]) -> list[str]:
    """Functions that see another account's rows without showing them, by counting; new rows' ids may differ."""
    return [
        f"{name}: {one.given!r} became {beside[name].given!r}"
        for name, one in alone.items()
        if one.given != beside[name].given and not one.changed[OURS]
    ]


async def test_asking_with_anothers_ids_is_like_asking_with_unknown_ones(db: Database) -> None:
    watch = _Watch(db)
    await _fill(db, OURS, FIRST_OURS, "ours")
    theirs = await _fill(db, THEIRS, FIRST_THEIRS, "theirs")
    known = await _call_all(db, watch, theirs)
    unknown = await _call_all(db, watch, _shifted(theirs))
    adders = {name for name in FUNCTIONS if _adds(name, known[name]) or _adds(name, unknown[name])}
    readers = sorted(FUNCTIONS.keys() - adders)
    assert len(readers) > len(FUNCTIONS) / 2
    answers = {name: (known[name].given, unknown[name].given) for name in readers}
    _none("knows", [f"{name}: {one} or {other}" for name, (one, other) in answers.items() if one != other])


def _adds(name: str, outcome: _Outcome) -> bool:
    """Whether a function adds a row, or would if the database let it; a taken key tells it that there is one."""
    return bool("row" in SPECIAL.get(name, {}) or outcome.changed[OURS] or outcome.given == "IntegrityError")


def _shifted(world: World) -> World:
    """The same world with ids that nobody has."""
    return {
        name: value + 100_000
        if isinstance(value, int)
        else f"{value}x"
        if name in ("mark", "key", "ref")
        else value
        for name, value in world.items()
    }


async def _reads(conn: AsyncConnection, account_id: int, contact_id: int) -> Any:
    return (await conn.execute(select(contacts).where(contacts.c.id == contact_id))).one_or_none()


async def _counts(conn: AsyncConnection, account_id: int) -> Any:
    return await conn.scalar(select(func.count()).select_from(contacts))


async def _changes(conn: AsyncConnection, account_id: int, contact_id: int) -> None:
    await conn.execute(contacts.update().where(contacts.c.id == contact_id).values(zone="UTC"))


async def test_functions_that_forget_the_account_are_caught(db: Database) -> None:
    watch = _Watch(db)
    forgetful: dict[str, Function] = {"reads": _reads, "counts": _counts, "changes": _changes}
    ours = await _fill(db, OURS, FIRST_OURS, "ours")
    alone = await _call_all(db, watch, ours, forgetful)
    theirs = await _fill(db, THEIRS, FIRST_THEIRS, "theirs")
    beside = await _call_all(db, watch, ours, forgetful)
    trying = await _call_all(db, watch, theirs, forgetful)
    assert {line.split()[0] for line in _leaks(trying)} == {"reads", "changes"}
    assert [line.split(":")[0] for line in _different(alone, beside)] == ["counts"]


def test_a_new_store_function_without_arguments_is_named() -> None:
    async def find_secret(conn: AsyncConnection, account_id: int, secret_id: int) -> None:
        raise NotImplementedError

    with pytest.raises(NoArguments, match=r"vault\.store\.find_secret: what is 'secret_id'"):
        arguments_of("vault.store.find_secret", find_secret, {})


def test_every_special_row_is_of_a_function_there_is() -> None:
    assert SPECIAL.keys() - FUNCTIONS.keys() == set()
    assert len(FUNCTIONS) > 100
