"""Outreaches: lists of people, and what came of each."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.messaging import outreach_people, outreaches
from core.db.session import Row, dialect_insert
from services.messaging.schemas import Outreach, Reached

_FIELDS = [column for column in outreaches.c if column.name in Outreach.__dataclass_fields__]
_PEOPLE = [column for column in outreach_people.c if column.name in Reached.__dataclass_fields__]


async def add_outreach(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Begin one; None if this flow has this very list already."""
    done = await conn.execute(
        dialect_insert(conn, outreaches)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(outreaches.c.id)
    )
    added: int | None = done.scalar_one_or_none()
    return added


async def find_outreach(conn: AsyncConnection, account_id: int, flow_id: int, digest: str) -> Outreach | None:
    """The outreach of a flow to a list."""
    rows = await conn.execute(
        select(*_FIELDS).where(
            outreaches.c.account_id == account_id,
            outreaches.c.flow_id == flow_id,
            outreaches.c.digest == digest,
        )
    )
    row = rows.mappings().one_or_none()
    return Outreach(**row) if row else None


async def list_outreaches(conn: AsyncConnection, account_id: int) -> list[Outreach]:
    """All of them, the newest first."""
    rows = await conn.execute(
        select(*_FIELDS).where(outreaches.c.account_id == account_id).order_by(outreaches.c.id.desc())
    )
    return [Outreach(**row) for row in rows.mappings()]


async def add_people(conn: AsyncConnection, account_id: int, people: Sequence[Row]) -> None:
    """Add the people of a list."""
    if people:
        await conn.execute(
            insert(outreach_people), [{"account_id": account_id, **person} for person in people]
        )


async def list_waiting(conn: AsyncConnection, account_id: int, outreach_id: int, limit: int) -> list[Reached]:
    """Those nobody has turned to yet, in their order."""
    rows = await conn.execute(
        select(*_PEOPLE)
        .where(
            outreach_people.c.account_id == account_id,
            outreach_people.c.outreach_id == outreach_id,
            outreach_people.c.run_id.is_(None),
            outreach_people.c.result.is_(None),
        )
        .order_by(outreach_people.c.position)
        .limit(limit)
    )
    return [Reached(**row) for row in rows.mappings()]


async def list_people(conn: AsyncConnection, account_id: int, outreach_id: int) -> list[Reached]:
    """Everybody of a list, in order."""
    rows = await conn.execute(
        select(*_PEOPLE)
        .where(outreach_people.c.account_id == account_id, outreach_people.c.outreach_id == outreach_id)
        .order_by(outreach_people.c.position)
    )
    return [Reached(**row) for row in rows.mappings()]


async def change_person(conn: AsyncConnection, account_id: int, reached_id: int, values: Row) -> None:
    """Keep who somebody of a list is, their run, or what came of them."""
    await conn.execute(
        sql_update(outreach_people)
        .where(outreach_people.c.account_id == account_id, outreach_people.c.id == reached_id)
        .values(**values)
    )


async def find_by_run(conn: AsyncConnection, account_id: int, run_id: int) -> Reached | None:
    """The person of a list whose run this is."""
    rows = await conn.execute(
        select(*_PEOPLE).where(outreach_people.c.account_id == account_id, outreach_people.c.run_id == run_id)
    )
    row = rows.mappings().one_or_none()
    return Reached(**row) if row else None


async def list_unanswered(conn: AsyncConnection, account_id: int, contact_id: int) -> list[int]:
    """A person's runs of which nothing has come yet."""
    rows = await conn.execute(
        select(outreach_people.c.run_id).where(
            outreach_people.c.account_id == account_id,
            outreach_people.c.contact_id == contact_id,
            outreach_people.c.run_id.is_not(None),
            outreach_people.c.result.is_(None),
        )
    )
    return list(rows.scalars())
