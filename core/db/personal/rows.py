"""Reads what is held about one person, and empties it, by the registry alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.base import metadata
from core.db.models.delivery import jobs, outbox
from core.db.models.learning import certificates
from core.db.personal.declaring import Personal, Subject
from core.db.personal.registry import PERSONAL
from core.lifecycle import OutboxState

MADE_FOR_ONE = ("stamp",)  # jobs whose file is one person's alone
MOST_ROWS = 20_000  # of one table: a file that a phone opens
Rows = Sequence[Mapping[str, Any]]


async def read_all(conn: AsyncConnection, account_id: int, subject: Subject) -> dict[str, Rows]:
    """What they are shown, by table; tables without a row are left out."""
    tables = {}
    for personal in PERSONAL:
        if personal.shown:
            rows = await _read(conn, account_id, personal, subject)
            if rows:
                tables[personal.table.name] = rows
    return tables


async def _read(conn: AsyncConnection, account_id: int, personal: Personal, subject: Subject) -> Rows:
    table = personal.table
    shown = [table.c[name] for name in personal.shown]
    rows = await conn.execute(
        select(*shown)
        .where(table.c.account_id == account_id, personal.whose(table, subject))
        .order_by(table.c.id.desc())
        .limit(MOST_ROWS)
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's name for a row as a mapping


async def list_files(conn: AsyncConnection, account_id: int, subject: Subject) -> list[str]:
    """The files kept for them alone: their certificates, and what their number was set into."""
    rows = await conn.execute(
        select(certificates.c.pdf).where(
            certificates.c.account_id == account_id,
            certificates.c.contact_id == subject.contact_id,
            certificates.c.pdf.is_not(None),
        )
    )
    return [str(name) for name in rows.scalars()] + await _list_made(conn, account_id, subject)


async def _list_made(conn: AsyncConnection, account_id: int, subject: Subject) -> list[str]:
    """What jobs have made for one person."""
    personal = next(each_table for each_table in PERSONAL if each_table.table is jobs)
    results = await conn.scalars(
        select(jobs.c.result).where(
            jobs.c.account_id == account_id,
            personal.whose(jobs, subject),
            jobs.c.kind.in_(MADE_FOR_ONE),
            jobs.c.result.is_not(None),
        )
    )
    return [made["file"] for made in results if made and "file" in made]


async def erase(conn: AsyncConnection, account_id: int, subject: Subject) -> int:
    """Delete what goes and empty the rest, whoever points at it before it; says how many rows were touched.

    Done again, it finds nothing more.
    """
    places = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
    touched = 0
    for personal in sorted(PERSONAL, key=lambda each: -places[each.table.name]):
        table = personal.table
        theirs = (table.c.account_id == account_id) & personal.whose(table, subject)
        if table is outbox:
            touched += await _clear_outbox(conn, theirs)
        if personal.goes:
            touched += (await conn.execute(delete(table).where(theirs))).rowcount
        elif personal.left:
            values = {name: empty(subject) for name, empty in personal.left.items()}
            touched += (await conn.execute(update(table).where(theirs).values(**values))).rowcount
    return touched


async def _clear_outbox(conn: AsyncConnection, theirs: ColumnElement[bool]) -> int:
    """What is said to one person goes; the figures of a broadcast stay, and whoever waits in its line gets it no more."""
    # all accounts: the condition names the account
    gone = await conn.execute(delete(outbox).where(theirs, outbox.c.broadcast_id.is_(None)))
    waits = outbox.c.state.in_((OutboxState.PENDING, OutboxState.PLANNED, OutboxState.AWAY))
    await conn.execute(update(outbox).where(theirs, waits).values(state=OutboxState.CANCELLED))
    return gone.rowcount
