"""The record of deeds: nobody changes it, and whoever forces it is found: changed, taken out, put in, cut off."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.models.tenancy import audit_heads, audit_log
from core.db.session import Database
from services.tenancy import audit
from services.tenancy.audit import Deed
from services.tenancy.audit_chain.verifying import verify
from tests.factories.accounts import add_account
from tests.factories.rows import read_rows
from utils.sealed import KeyRing

ANNA = 500_001
OTHER = 2


async def do(db: Database, *acts: str, account_id: int = 1) -> None:
    async with db.unit(account_id) as uow:
        for act in acts:
            audit.write(uow, Deed(ANNA, act, f"/{act}", None, None, "after"))


async def force(db: Database, *statements: str) -> None:
    """What somebody with the database alone can do: take away what keeps the record, then change it."""
    guards = ["SET LOCAL session_replication_role = replica"]
    if db.is_sqlite:
        guards = [f"DROP TRIGGER IF EXISTS audit_log_no_{what}" for what in ("update", "delete")]
    async with db.transaction() as transaction:
        for statement in (*guards, *statements):
            await transaction.conn.execute(text(statement))


PUT_IN = "INSERT INTO audit_log (account_id, at, actor_id, act, said{}) SELECT 1, at, actor_id, 'b', 'x'{}"
BEHIND = PUT_IN.format(", number, code", ", 5, code FROM audit_log WHERE number = 4")
UNNUMBERED = PUT_IN.format("", " FROM audit_log WHERE number = 4")
FORCED: dict[str, tuple[tuple[str, ...], str]] = {
    "changed": (("UPDATE audit_log SET said = 'x' WHERE number = 2",), "deed 2 (row "),
    "removed": (("DELETE FROM audit_log WHERE number = 2",), "1 deeds before deed 3 are missing"),
    "cut at the end": (("DELETE FROM audit_log WHERE number > 2",), "the last 2 deeds are missing"),
    "cut with its end": (
        (
            "DELETE FROM audit_log WHERE number > 2",
            "UPDATE audit_heads SET count = 2, code = (SELECT code FROM audit_log WHERE number = 2)",
        ),
        "the end of the record was changed",
    ),
    "put in behind": (
        (BEHIND,),
        "deed 5 (row ",
    ),
    "put in without a number": ((UNNUMBERED,), "1 deeds (rows 5 to 5) have no link"),
    "swapped": (
        (
            "UPDATE audit_log SET number = 9 WHERE number = 2",
            "UPDATE audit_log SET number = 2 WHERE number = 3",
            "UPDATE audit_log SET number = 3 WHERE number = 9",
        ),
        "deed 2 (row ",
    ),
    "without an end": (("DELETE FROM audit_heads",), "the end of the record is missing"),
}


@pytest.mark.parametrize("case", FORCED)
async def test_what_is_forced_is_found(db: Database, case: str) -> None:
    statements, wrong = FORCED[case]
    await do(db, "a", "b")
    await do(db, "c")
    await do(db, "d")
    before = await verify(db, 1)
    assert (before.wrongs, before.count) == ([], 4)
    await force(db, *statements)
    wrongs = (await verify(db, 1)).wrongs
    assert any(wrong in each for each in wrongs), wrongs


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET said = 'x'", "DELETE FROM audit_log"])
async def test_the_database_lets_nobody_change_it(db: Database, statement: str) -> None:
    await do(db, "a")
    with pytest.raises(DBAPIError, match="the record of deeds is never changed"):
        async with db.transaction() as transaction:
            await transaction.conn.execute(text(statement))


async def test_who_writes_in_parallel_stands_in_one_line(db: Database) -> None:
    async with db.unit(OTHER) as uow:
        await add_account(uow, name="other")
    await asyncio.gather(*(do(db, "a", "b", account_id=1 + number % 2) for number in range(24)))
    for account_id in (1, OTHER):
        verdict = await verify(db, account_id)
        assert (verdict.wrongs, verdict.count) == ([], 24)


async def test_what_was_not_committed_is_no_deed(db: Database) -> None:
    await do(db, "a")
    with suppress(ZeroDivisionError):
        async with db.unit(1) as uow:
            audit.write(uow, Deed(ANNA, "b", "/b"))
            raise ZeroDivisionError
    await do(db, "c")
    verdict = await verify(db, 1)
    assert (verdict.wrongs, verdict.count) == ([], 2)
    assert [row.act for row in await read_rows(db, audit_log)] == ["a", "c"]


async def test_what_was_there_before_the_chain_is_part_of_it(db: Database) -> None:
    older = {"account_id": 1, "at": db.clock.now(), "actor_id": 1, "act": "old", "said": "x"}
    async with db.transaction() as transaction:
        await transaction.conn.execute(audit_log.insert(), [older, older])
    await do(db, "a")
    assert (await verify(db, 1)).wrongs == []
    await force(db, "UPDATE audit_log SET said = 'y' WHERE number IS NULL")
    assert (await verify(db, 1)).wrongs == [
        "what was written before the chain began was changed: 2 deeds then, 2 now"
    ]


async def test_a_mark_that_was_noted_tells_a_record_that_was_written_anew(db: Database) -> None:
    await do(db, "a")
    mark = (await verify(db, 1)).mark
    await do(db, "b")
    assert (await verify(db, 1, mark)).wrongs == []
    await force(db, "DELETE FROM audit_log", "DELETE FROM audit_heads")
    await do(db, "a", "b")
    assert (await verify(db, 1)).wrongs == []
    assert (await verify(db, 1, mark)).wrongs == [f"{mark} is not in the record"]


async def test_a_new_master_key_takes_the_chain_along(db: Database) -> None:
    await do(db, "a")
    older = db.env.keys
    both = KeyRing({"k9": bytes(range(32)), **older._keys})
    db.env = replace(db.env, keys=both)
    await do(db, "b")
    db.env = replace(db.env, keys=KeyRing({"k9": bytes(range(32))}))
    assert (await verify(db, 1)).wrongs == []
    db.env = replace(db.env, keys=older)
    [wrong] = (await verify(db, 1)).wrongs
    assert "sealed with a key that is missing" in wrong
    assert len(await read_rows(db, audit_heads)) == 1


async def test_deeds_go_on_while_the_key_is_missing_and_that_is_told(db: Database) -> None:
    await do(db, "a")
    kept, db.env = db.env, replace(db.env, keys=KeyRing({"k9": bytes(range(32))}))
    await do(db, "b", "c")
    db.env = kept
    await do(db, "d")
    verdict = await verify(db, 1)
    [wrong] = verdict.wrongs
    assert wrong.startswith("2 deeds (rows ")
    assert wrong.endswith("they were written while the key of the record was missing")
    assert verdict.count == 2
    assert [row.act for row in await read_rows(db, audit_log)] == ["a", "b", "c", "d"]
