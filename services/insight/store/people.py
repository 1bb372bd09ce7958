"""Who is behind a number, counted and listed; the selections stand with the conditions, which ask the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import runs
from core.db.models.people import contacts
from services.people.conditions.numbers.figures import select_stopped


async def list_stops(conn: AsyncConnection, account_id: int, now: datetime, limit: int) -> Sequence[Any]:
    """Where most of those stand for whom a course or scenario has waited for days: version, step, how many."""
    stopped = select_stopped(account_id, now).add_columns(
        runs.c.flow_version_id, runs.c.state["here"]["step"].as_string().label("step")
    )
    stops = stopped.where(runs.c.state["here"]["step"].as_string().is_not(None)).subquery()
    people = func.count(stops.c.contact_id.distinct()).label("people")
    rows = await conn.execute(  # the runs are those of the account
        select(stops.c.flow_version_id, stops.c.step, people)
        .group_by(stops.c.flow_version_id, stops.c.step)
        .order_by(people.desc(), stops.c.flow_version_id, stops.c.step)
        .limit(limit)
    )
    return rows.all()


async def count_who(conn: AsyncConnection, account_id: int, who: Select[Any]) -> int:
    """How many people a selection of the account has, each counted once."""
    selected = who.subquery()
    counted = select(func.count(selected.c.contact_id.distinct()))
    named = counted.select_from(selected.join(contacts, contacts.c.id == selected.c.contact_id))
    return int(await conn.scalar(named.where(contacts.c.account_id == account_id)) or 0)


async def list_who(
    conn: AsyncConnection, account_id: int, who: Select[Any], *, limit: int, offset: int
) -> Sequence[Any]:
    """A page of them, whoever did it last first."""
    selected = who.subquery()
    at = func.max(selected.c.at).label("at")
    rows = await conn.execute(
        select(
            contacts.c.id,
            contacts.c.telegram_id,
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
            at,
        )
        .join(selected, selected.c.contact_id == contacts.c.id)
        .where(contacts.c.account_id == account_id)
        .group_by(contacts.c.id)  # its other columns follow from it
        .order_by(at.desc(), contacts.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return rows.all()
