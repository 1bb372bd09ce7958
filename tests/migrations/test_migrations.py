"""Migrations go up and down again on both databases, with rows in every table, and end where the models are."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine

from app.boot.schema import is_current, migrate
from core.db.models import metadata
from tests.factories.every_table import any_value, fill, is_needed
from tests.fakes.postgres import Postgres

ROOT = Path(__file__).parents[2]
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"migrations_{uuid4().hex[:12]}"
    asyncio.run(server.create_empty(name))
    yield server.url(name)
    asyncio.run(server.drop(name))


async def over(url: str, work: Any) -> Any:
    """Let `work` use a connection, and commit."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    return found


def downgrade(connection: Connection) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: len(connection.execute(select(_first(table))).all()) for table in metadata.sorted_tables
    }


def _first(table: Table) -> Column[Any]:
    return next(iter(table.columns))


def test_up_and_down_twice_with_rows_in_every_table(empty_url: str) -> None:
    for _ in range(2):
        asyncio.run(migrate(empty_url))
        assert asyncio.run(over(empty_url, tables_of)) == set(metadata.tables)
        asyncio.run(over(empty_url, fill))
        assert set(asyncio.run(over(empty_url, counts)).values()) == {1}
        asyncio.run(over(empty_url, downgrade))
        assert asyncio.run(over(empty_url, tables_of)) == set()


FORMER = "0052"
"""The last revision of the version before this one."""


def test_a_former_versions_rows_go_up_and_down_twice(empty_url: str) -> None:
    """What a school of the former version has in every table is there after each way, and serves on."""
    asyncio.run(over(empty_url, partial(upgrade_to, FORMER)))
    there = asyncio.run(over(empty_url, fill_as_it_was))
    for _ in range(2):
        asyncio.run(migrate(empty_url))
        assert asyncio.run(over(empty_url, partial(read_as_it_was, there))) == there
        assert asyncio.run(over(empty_url, differences)) == []
        asyncio.run(over(empty_url, partial(downgrade_to, FORMER)))
        assert asyncio.run(over(empty_url, partial(read_as_it_was, there))) == there


def fill_as_it_was(connection: Connection) -> dict[str, dict[str, Any]]:
    """A row in each table of the database as it is, those that are referred to first; gives the rows."""
    then = MetaData()
    then.reflect(connection)
    made: dict[str, dict[str, Any]] = {}
    for table in then.sorted_tables:
        if table.name == "alembic_version":
            continue
        row = {column.name: any_value(column, made) for column in table.columns if is_needed(column)}
        connection.execute(table.insert().values(row))
        made[table.name] = dict(connection.execute(select(table)).mappings().one())
    return read_as_it_was({name: dict.fromkeys(row, "") for name, row in made.items()}, connection)


def read_as_it_was(there: dict[str, dict[str, Any]], connection: Connection) -> dict[str, dict[str, Any]]:
    """The columns that there were, of the only row of each table."""
    found = {}
    for name, row in there.items():
        known = connection.execute(text(f"SELECT * FROM {name}")).mappings().one()  # noqa: S608 - our own names
        found[name] = {column: known[column] for column in row}
    return found


def downgrade_to(revision: str, connection: Connection) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def test_the_migrations_end_where_the_models_are(empty_url: str) -> None:
    asyncio.run(migrate(empty_url))
    assert asyncio.run(over(empty_url, differences)) == []


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    assert not asyncio.run(is_current(empty_url))
    asyncio.run(migrate(empty_url))
    asyncio.run(over(empty_url, fill))
    asyncio.run(migrate(empty_url))
    assert asyncio.run(is_current(empty_url))
    assert set(asyncio.run(over(empty_url, counts)).values()) == {1}


def two_open_orders(connection: Connection) -> None:
    """What a person could have before there was one open order per course."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "0004")
    metadata_then = MetaData()
    metadata_then.reflect(connection, only=["contacts", "flows", "tariffs", "orders"])
    made: dict[str, dict[str, Any]] = {}
    for name in ("contacts", "flows", "tariffs"):
        table = metadata_then.tables[name]
        row = {column.name: any_value(column, made) for column in table.columns if is_needed(column)}
        connection.execute(table.insert().values(row))
        made[name] = dict(connection.execute(select(table)).mappings().one())
    orders = metadata_then.tables["orders"]
    row = {column.name: any_value(column, made) for column in orders.columns if is_needed(column)}
    tariffs = metadata_then.tables["tariffs"]
    other = {**made["tariffs"], "id": made["tariffs"]["id"] + 1, "code": "other", "is_active": True}
    connection.execute(tariffs.insert().values(other))
    for number, tariff in (("a", made["tariffs"]["id"]), ("b", other["id"])):
        more = {"public_id": number, "tariff_id": tariff, "status": "open"}
        connection.execute(orders.insert().values(row | more))


def orders_of(connection: Connection) -> list[tuple[str, str, bool]]:
    found = connection.execute(text("SELECT public_id, status, flow_id FROM orders ORDER BY id"))
    return [(row.public_id, row.status, row.flow_id is not None) for row in found]


def stopped_and_own(connection: Connection) -> list[tuple[bool, bool]]:
    found = connection.execute(text("SELECT is_active, is_own FROM tariffs ORDER BY id"))
    return [(bool(row.is_active), bool(row.is_own)) for row in found]


def test_of_several_open_orders_for_a_course_the_newest_stays_open(empty_url: str) -> None:
    asyncio.run(over(empty_url, two_open_orders))
    asyncio.run(migrate(empty_url))
    assert asyncio.run(over(empty_url, orders_of)) == [("a", "cancelled", True), ("b", "open", True)]
    assert asyncio.run(over(empty_url, stopped_and_own)) == [(False, True), (True, False)], "stopped stays so"


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_what_was_paid_before_there_were_books_is_written_into_them(empty_url: str) -> None:
    """A payment that opened an access was a sale; one more for the same order belongs to the buyer."""
    asyncio.run(over(empty_url, partial(upgrade_to, "0014")))
    asyncio.run(over(empty_url, _pay_twice))
    asyncio.run(migrate(empty_url))
    found = asyncio.run(over(empty_url, _read_books))
    assert found == [
        ("pay:1:paid", "provider", 190_000, 1, NOW),
        ("pay:1:paid", "revenue", -190_000, 1, NOW),
        ("pay:2:paid", "buyer", -190_000, 1, NOW),
        ("pay:2:paid", "provider", 190_000, 1, NOW),
    ]


def upgrade_to(revision: str, connection: Connection) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _pay_twice(connection: Connection) -> None:
    """The tables as they were then, with an order that was paid twice and a payment that failed."""
    then = MetaData()
    then.reflect(connection)
    made: dict[str, dict[str, Any]] = {}
    for table in then.sorted_tables:
        if table.name in {
            "accounts",
            "bots",
            "contacts",
            "flows",
            "tariffs",
            "orders",
            "payments",
            "accesses",
        }:
            row = {column.name: any_value(column, made) for column in table.columns if not column.nullable}
            paid = {"status": "succeeded", "amount": 190_000, "currency": "RUB", "payment_id": 1}
            more = {name: value for name, value in paid.items() if name in table.c}
            connection.execute(table.insert().values({**row, **more, "id": 1}))
            made[table.name] = {**row, "id": 1}
    payments = then.tables["payments"]
    for number, status in ((2, "succeeded"), (3, "cancelled")):
        row = {**made["payments"], "id": number, "status": status, "amount": 190_000, "currency": "RUB"}
        connection.execute(payments.insert().values(row))


def _read_books(connection: Connection) -> list[Any]:
    lines = metadata.tables["ledger_entries"]
    wanted = (lines.c.entry, lines.c.book, lines.c.amount, lines.c.order_id, lines.c.at)
    return [tuple(row) for row in connection.execute(select(*wanted).order_by(lines.c.entry, lines.c.book))]
