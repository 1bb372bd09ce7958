"""Which runs count, and who is where in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses
from core.db.models.commerce_money import payers
from core.db.models.delivery import messages
from core.db.models.learning import runs
from core.db.models.people import chats, contacts, variables
from core.db.models.tenancy import members
from core.flow.definition import FlowKind
from core.flow.run import HoldReason
from core.lifecycle import AccessStatus
from services.people.conditions.numbers.figures import is_counted


def _latest_run(account_id: int) -> ColumnElement[int]:
    latest = select(func.max(runs.c.id)).where(
        runs.c.account_id == account_id,
        runs.c.contact_id == contacts.c.id,
        runs.c.kind == FlowKind.COURSE,
        runs.c.status != HoldReason.PARKED,
        is_counted(account_id),
    )
    return latest.correlate(contacts).scalar_subquery()


def _heard_at(account_id: int) -> ColumnElement[datetime]:
    """When the person wrote or pressed last, where the run takes place."""
    heard = (
        select(messages.c.at)
        .where(messages.c.account_id == account_id, messages.c.direction == "in")
        .where(messages.c.bot_id == runs.c.bot_id, messages.c.chat_id == runs.c.chat_id)
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return heard.correlate(runs).scalar_subquery()


def _is_student(account_id: int) -> ColumnElement[bool]:
    bought = exists().where(
        accesses.c.account_id == account_id,
        accesses.c.contact_id == contacts.c.id,
        accesses.c.status == AccessStatus.ACTIVE,
    )
    return or_(runs.c.id.is_not(None), bought)


def _is_called(words: str) -> ColumnElement[bool]:
    """Names that contain the words; SQLite folds the case of Latin letters only, so common spellings are tried."""
    whole = contacts.c.first_name + " " + contacts.c.last_name
    spellings = {words, words.lower(), words.upper(), words.capitalize(), words.title()}
    named = [whole.icontains(spelling, autoescape=True) for spelling in sorted(spellings)]
    word = words.removeprefix("@")
    by_username = contacts.c.username.icontains(word, autoescape=True)
    by_id = [contacts.c.telegram_id == int(word)] if word.isdecimal() and len(word) < 19 else []  # noqa: PLR2004 - digits of a number a database can hold
    return or_(*named, by_username, *by_id)


def _people(account_id: int, words: str, where: ColumnElement[bool] | None) -> Any:
    who = where if where is not None else _is_called(words) if words else _is_student(account_id)
    return (
        select(contacts)
        .outerjoin(runs, and_(runs.c.id == _latest_run(account_id)))
        .where(contacts.c.account_id == account_id, who)
    )


async def count_people(
    conn: AsyncConnection, account_id: int, words: str, where: ColumnElement[bool] | None = None
) -> int:
    """How many people the list has."""
    listed = _people(account_id, words, where).with_only_columns(func.count(), maintain_column_froms=True)
    return int(await conn.scalar(listed) or 0)


async def list_people(
    conn: AsyncConnection,
    account_id: int,
    words: str,
    where: ColumnElement[bool] | None = None,
    *,
    limit: int,
    offset: int,
) -> Sequence[Any]:
    """A page of the list, whoever moved on last first: the contact, their latest course run, when they were heard."""
    columns = (
        contacts.c.id,
        contacts.c.telegram_id,
        contacts.c.first_name,
        contacts.c.last_name,
        contacts.c.username,
        runs.c.flow_version_id,
        runs.c.deployment_id,
        runs.c.state,
        runs.c.status,
        runs.c.started_at,
        runs.c.spoke_at,
        _heard_at(account_id).label("heard_at"),
    )
    moved_at = func.coalesce(runs.c.spoke_at, contacts.c.created_at)
    listed = _people(account_id, words, where).with_only_columns(*columns, maintain_column_froms=True)
    rows = await conn.execute(
        listed.order_by(moved_at.desc(), contacts.c.id.desc()).limit(limit).offset(offset)
    )
    return rows.all()


async def list_seen_last(conn: AsyncConnection, account_id: int, limit: int) -> list[int]:
    """Ids of the people without a role who did something in a bot last, the latest first."""
    seen = func.max(chats.c.seen_at)
    team = select(members.c.telegram_id).where(members.c.account_id == account_id)
    rows = await conn.execute(
        select(chats.c.contact_id)
        .where(chats.c.account_id == account_id, chats.c.seen_at.is_not(None))
        .where(chats.c.telegram_id.not_in(team))
        .group_by(chats.c.contact_id)
        .order_by(seen.desc(), chats.c.contact_id.desc())
        .limit(limit)
    )
    return list(rows.scalars())


async def list_by_address(
    conn: AsyncConnection, account_id: int, email: str, phone: str, limit: int
) -> list[int]:
    """Contacts with this e-mail address (in lower case), or this number (its digits; empty: none)."""
    contact_ids: set[int] = set()
    for table, columns in ((payers, (payers.c.email, payers.c.phone)), (variables, (variables.c.value,))):
        fits = or_(*(func.lower(column) == email for column in columns))
        if phone:
            fits = or_(fits, *(_digits(column) == phone for column in columns))
        rows = await conn.scalars(
            select(table.c.contact_id).where(table.c.account_id == account_id, fits).distinct().limit(limit)
        )
        contact_ids |= set(rows)
    return sorted(contact_ids)[:limit]


def _digits(column: ColumnElement[str]) -> ColumnElement[str]:
    for sign in "+ -()":
        column = func.replace(column, sign, "")
    return column
