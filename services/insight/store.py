"""The SQL of insight: only questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses, orders, partners, tariffs
from core.db.models.commerce_money import ledger_entries, payers, promo_codes, promo_uses
from core.db.models.commerce_partners import commissions
from core.db.models.content import deployments
from core.db.models.delivery import messages, outbox
from core.db.models.learning import runs, submissions
from core.db.models.people import chats, contacts, variables
from core.db.models.tenancy import bots, members
from core.flow.definition import FlowKind
from core.flow.run import HoldReason, RunStatus
from core.lifecycle import (
    AccessStatus,
    BotKind,
    ChatState,
    CommissionStatus,
    OrderStatus,
    OutboxState,
    PromoUse,
    Stage,
    SubmissionStatus,
)
from core.rules.ledger import Book

SPOKEN = ("send%", "copy%")  # the methods that say something to somebody


def _counts(account_id: int) -> ColumnElement[bool]:
    """Whether a run is a student's: what happens in test deployments is nobody's way through a course."""
    tests = select(deployments.c.id).where(
        deployments.c.account_id == account_id, deployments.c.environment == Stage.TEST
    )
    return or_(runs.c.deployment_id.is_(None), runs.c.deployment_id.not_in(tests))


def _latest_run(account_id: int) -> ColumnElement[int]:
    latest = select(func.max(runs.c.id)).where(
        runs.c.account_id == account_id,
        runs.c.contact_id == contacts.c.id,
        runs.c.kind == FlowKind.COURSE,
        runs.c.status != HoldReason.PARKED,
        _counts(account_id),
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


async def count_started(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """People who opened the sales bot."""
    statement = (
        select(func.count())
        .select_from(chats)
        .join(bots, bots.c.id == chats.c.bot_id)
        .where(chats.c.account_id == account_id, bots.c.kind == BotKind.SALES)
    )
    return int(await conn.scalar(_since(statement, chats.c.opened_at, since)) or 0)


async def list_orders(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """Per tariff: its name and how many people chose it."""
    joined = and_(orders.c.tariff_id == tariffs.c.id, _after(orders.c.created_at, since))
    rows = await conn.execute(
        select(tariffs.c.id, tariffs.c.name, func.count(orders.c.contact_id.distinct()).label("people"))
        .outerjoin(orders, joined)
        .where(tariffs.c.account_id == account_id)
        .group_by(tariffs.c.id)  # its other columns follow from it
        .order_by(tariffs.c.position, tariffs.c.id)
    )
    return rows.all()


async def list_sales(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """Per tariff and currency: paid orders and their sum in minor units."""
    statement = (
        select(
            orders.c.tariff_id,
            orders.c.currency,
            func.count().label("paid"),
            func.sum(orders.c.price).label("amount"),
        )
        .where(orders.c.account_id == account_id, orders.c.status == OrderStatus.PAID)
        .group_by(orders.c.tariff_id, orders.c.currency)
    )
    return (await conn.execute(_since(statement, orders.c.paid_at, since))).all()


def _sold(account_id: int, since: datetime | None) -> Any:
    """The lines of the ledger that say what was sold, and for how much less by codes; a partner's share is no part of it."""
    sold = ledger_entries.c.book.in_((Book.REVENUE, Book.DISCOUNT)) & ledger_entries.c.entry.like("pay:%")
    return and_(ledger_entries.c.account_id == account_id, sold, _after(ledger_entries.c.at, since))


async def list_books(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By currency: what came for what was sold, what went back of it, what providers kept."""
    came = case((_sold(account_id, None), -ledger_entries.c.amount), else_=0)
    back = case((ledger_entries.c.book == Book.REFUND, ledger_entries.c.amount), else_=0)
    fees = case((ledger_entries.c.book == Book.FEE, ledger_entries.c.amount), else_=0)
    statement = (
        select(
            ledger_entries.c.currency,
            func.sum(came).label("revenue"),
            func.sum(back).label("refunds"),
            func.sum(fees).label("fees"),
        )
        .where(ledger_entries.c.account_id == account_id)
        .group_by(ledger_entries.c.currency)
        .order_by(ledger_entries.c.currency)
    )
    return (await conn.execute(_since(statement, ledger_entries.c.at, since))).all()


async def list_sources(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By the mark of the link buyers came by and currency: orders and what came for them; None for who had no mark."""
    marked = (
        select(orders.c.id, orders.c.utm["utm_source"].as_string().label("source"))
        .where(orders.c.account_id == account_id)
        .subquery()
    )
    rows = await conn.execute(
        select(
            marked.c.source.label("name"),
            ledger_entries.c.currency,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(marked, marked.c.id == ledger_entries.c.order_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .group_by(marked.c.source, ledger_entries.c.currency)
    )
    return rows.all()


async def list_promo_sales(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By promo code and currency: orders and what came for them."""
    rows = await conn.execute(
        select(
            promo_codes.c.code.label("name"),
            ledger_entries.c.currency,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(promo_uses, promo_uses.c.order_id == ledger_entries.c.order_id)
        .join(promo_codes, promo_codes.c.id == promo_uses.c.promo_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .where(promo_uses.c.state == PromoUse.USED)
        .group_by(promo_codes.c.code, ledger_entries.c.currency)
    )
    return rows.all()


async def list_partner_sales(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By partner and currency: orders that earned a share at first hand and what came for them."""
    rows = await conn.execute(
        select(
            (contacts.c.first_name + " (" + partners.c.code + ")").label("name"),
            ledger_entries.c.currency,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(commissions, commissions.c.payment_id == ledger_entries.c.payment_id)
        .join(partners, partners.c.id == commissions.c.partner_id)
        .join(contacts, contacts.c.id == partners.c.contact_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .where(commissions.c.level == 1, commissions.c.refund_id == 0)
        .where(commissions.c.status != CommissionStatus.CANCELLED)
        .group_by(contacts.c.first_name, partners.c.code, ledger_entries.c.currency)
    )
    return rows.all()


async def count_choosers(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """People who chose a tariff, whatever became of it."""
    statement = select(func.count(orders.c.contact_id.distinct())).where(orders.c.account_id == account_id)
    return int(await conn.scalar(_since(statement, orders.c.created_at, since)) or 0)


async def count_buyers(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """People who paid."""
    statement = select(func.count(orders.c.contact_id.distinct())).where(
        orders.c.account_id == account_id, orders.c.status == OrderStatus.PAID
    )
    return int(await conn.scalar(_since(statement, orders.c.paid_at, since)) or 0)


async def count_entered(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """People who began a course."""
    statement = select(func.count(runs.c.contact_id.distinct())).where(
        runs.c.account_id == account_id, runs.c.kind == FlowKind.COURSE, _counts(account_id)
    )
    return int(await conn.scalar(_since(statement, runs.c.started_at, since)) or 0)


async def count_finished(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """People who came to the end of a course."""
    statement = select(func.count(runs.c.contact_id.distinct())).where(
        runs.c.account_id == account_id,
        runs.c.kind == FlowKind.COURSE,
        runs.c.status == RunStatus.COMPLETED,
        _counts(account_id),
    )
    return int(await conn.scalar(_since(statement, runs.c.finished_at, since)) or 0)


async def count_in_review(conn: AsyncConnection, account_id: int) -> int:
    """Works that wait for a reviewer."""
    statement = select(func.count()).select_from(submissions)
    return int(
        await conn.scalar(
            statement.where(
                submissions.c.account_id == account_id, submissions.c.status == SubmissionStatus.IN_REVIEW
            )
        )
        or 0
    )


async def count_closed_chats(conn: AsyncConnection, account_id: int) -> int:
    """People whom at least one bot cannot write to any more."""
    closed_chats = await conn.scalar(
        select(func.count(chats.c.contact_id.distinct())).where(
            chats.c.account_id == account_id, chats.c.state == ChatState.BLOCKED
        )
    )
    return int(closed_chats or 0)


async def count_calls(conn: AsyncConnection, account_id: int, since: datetime | None) -> dict[str, int]:
    """Messages by state."""
    statement = (
        select(outbox.c.state, func.count())
        .where(outbox.c.account_id == account_id, or_(*(outbox.c.method.like(method) for method in SPOKEN)))
        .group_by(outbox.c.state)
    )
    rows = await conn.execute(_since(statement, outbox.c.created_at, since))
    return {row[0]: row[1] for row in rows}


async def count_shut_out(conn: AsyncConnection, account_id: int, since: datetime | None) -> int:
    """Messages that failed because the person had closed the chat."""
    closed = exists().where(
        chats.c.bot_id == outbox.c.bot_id,
        chats.c.telegram_id == outbox.c.chat_id,
        chats.c.state == ChatState.BLOCKED,
    )
    statement = (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.state == OutboxState.FAILED, closed)
        .where(or_(*(outbox.c.method.like(method) for method in SPOKEN)))
    )
    return int(await conn.scalar(_since(statement, outbox.c.created_at, since)) or 0)


def _since(statement: Any, column: ColumnElement[datetime], since: datetime | None) -> Any:
    return statement if since is None else statement.where(column >= since)


def _after(column: ColumnElement[datetime], since: datetime | None) -> ColumnElement[bool]:
    return column.is_not(None) if since is None else column >= since


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
    found: set[int] = set()
    for table, columns in ((payers, (payers.c.email, payers.c.phone)), (variables, (variables.c.value,))):
        fits = or_(*(func.lower(column) == email for column in columns))
        if phone:
            fits = or_(fits, *(_digits(column) == phone for column in columns))
        rows = await conn.scalars(
            select(table.c.contact_id).where(table.c.account_id == account_id, fits).distinct().limit(limit)
        )
        found |= set(rows)
    return sorted(found)[:limit]


def _digits(column: ColumnElement[str]) -> ColumnElement[str]:
    for sign in "+ -()":
        column = func.replace(column, sign, "")
    return column
