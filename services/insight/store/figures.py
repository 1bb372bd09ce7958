"""The sums: money, sources, messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import orders, partners, payments, tariffs
from core.db.models.commerce_money import ledger_entries, promo_codes, promo_uses
from core.db.models.commerce_partners import commissions
from core.db.models.delivery import outbox
from core.db.models.learning import submissions
from core.db.models.people import chats, contacts
from core.lifecycle import (
    ChatState,
    CommissionStatus,
    OrderStatus,
    OutboxState,
    PaymentStatus,
    PromoUse,
    SubmissionStatus,
)
from core.rules.ledger import Book
from services.people.conditions.numbers.figures import SPOKEN

IS_TEST = func.coalesce(
    payments.c.is_test, false()
)  # of a line of the ledger; what is about no payment is none


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
    """Per tariff, currency and whether it was a test: paid orders and their sum in minor units."""
    tested = exists().where(
        payments.c.account_id == account_id,
        payments.c.order_id == orders.c.id,
        payments.c.status == PaymentStatus.SUCCEEDED,
        payments.c.is_test,
    )
    paid = (
        select(
            orders.c.tariff_id,
            orders.c.currency,
            orders.c.price,
            case((tested, true()), else_=false()).label("is_test"),
        )
        .where(orders.c.account_id == account_id, orders.c.status == OrderStatus.PAID)
        .where(_after(orders.c.paid_at, since))
        .subquery()
    )
    rows = await conn.execute(
        select(
            paid.c.tariff_id,
            paid.c.currency,
            paid.c.is_test,
            func.count().label("paid"),
            func.sum(paid.c.price).label("amount"),
        ).group_by(paid.c.tariff_id, paid.c.currency, paid.c.is_test)
    )
    return rows.all()  # the inner statement names the account


def _sold(account_id: int, since: datetime | None) -> Any:
    """The lines of the ledger that say what was sold, and for how much less by codes; a partner's share is no part of it."""
    sold = ledger_entries.c.book.in_((Book.REVENUE, Book.DISCOUNT)) & ledger_entries.c.entry.like("pay:%")
    return and_(ledger_entries.c.account_id == account_id, sold, _after(ledger_entries.c.at, since))


async def list_books(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By currency and whether it was a test: what came for what was sold, how often, what went back of it, what providers kept."""
    came = case((_sold(account_id, None), -ledger_entries.c.amount), else_=0)
    back = case((ledger_entries.c.book == Book.REFUND, ledger_entries.c.amount), else_=0)
    fees = case((ledger_entries.c.book == Book.FEE, ledger_entries.c.amount), else_=0)
    statement = (
        select(
            ledger_entries.c.currency,
            IS_TEST.label("is_test"),
            func.count(case((_sold(account_id, None), ledger_entries.c.payment_id)).distinct()).label("paid"),
            func.sum(came).label("revenue"),
            func.sum(back).label("refunds"),
            func.sum(fees).label("fees"),
        )
        .outerjoin(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id)
        .group_by(ledger_entries.c.currency, IS_TEST)
        .order_by(ledger_entries.c.currency)
    )
    return (await conn.execute(_since(statement, ledger_entries.c.at, since))).all()


async def sum_paid(
    conn: AsyncConnection, account_id: int, since: datetime, until: datetime
) -> list[tuple[str, bool, int, int]]:
    """By currency and whether they were tests: how many payments for what is sold came in a time, and their sum; what was paid twice is no sale."""
    surplus = exists().where(
        ledger_entries.c.payment_id == payments.c.id,
        ledger_entries.c.book == Book.BUYER,
        ledger_entries.c.amount < 0,
    )
    rows = await conn.execute(
        select(payments.c.currency, payments.c.is_test, func.count(), func.sum(payments.c.amount))
        .where(payments.c.account_id == account_id, payments.c.status == PaymentStatus.SUCCEEDED, ~surplus)
        .where(payments.c.settled_at >= since, payments.c.settled_at < until)
        .group_by(payments.c.currency, payments.c.is_test)
        .order_by(payments.c.is_test, payments.c.currency)
    )
    return [(row[0], bool(row[1]), int(row[2]), int(row[3])) for row in rows]


async def list_income(conn: AsyncConnection, account_id: int, since: datetime) -> Sequence[Any]:
    """What came since then for what was sold, sum by sum: when, in which currency; tests are no income."""
    rows = await conn.execute(
        select(ledger_entries.c.at, ledger_entries.c.currency, (-ledger_entries.c.amount).label("amount"))
        .join(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since), ~payments.c.is_test)
        .order_by(ledger_entries.c.at)
    )
    return rows.all()


async def list_sources(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By the mark of the link buyers came by, currency and whether it was a test: orders and what came for them; None for who had no mark."""
    marked = (
        select(orders.c.id, orders.c.utm["utm_source"].as_string().label("source"))
        .where(orders.c.account_id == account_id)
        .subquery()
    )
    rows = await conn.execute(
        select(
            marked.c.source.label("name"),
            ledger_entries.c.currency,
            payments.c.is_test,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(marked, marked.c.id == ledger_entries.c.order_id)
        .join(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .group_by(marked.c.source, ledger_entries.c.currency, payments.c.is_test)
    )
    return rows.all()


async def list_promo_sales(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By promo code, currency and whether it was a test: orders and what came for them."""
    rows = await conn.execute(
        select(
            promo_codes.c.code.label("name"),
            ledger_entries.c.currency,
            payments.c.is_test,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(promo_uses, promo_uses.c.order_id == ledger_entries.c.order_id)
        .join(promo_codes, promo_codes.c.id == promo_uses.c.promo_id)
        .join(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .where(promo_uses.c.state == PromoUse.USED)
        .group_by(promo_codes.c.code, ledger_entries.c.currency, payments.c.is_test)
    )
    return rows.all()


async def list_partner_sales(conn: AsyncConnection, account_id: int, since: datetime | None) -> Sequence[Any]:
    """By partner, currency and whether it was a test: orders that earned a share at first hand and what came for them."""
    rows = await conn.execute(
        select(
            (contacts.c.first_name + " (" + partners.c.code + ")").label("name"),
            ledger_entries.c.currency,
            payments.c.is_test,
            func.count(ledger_entries.c.order_id.distinct()).label("paid"),
            (-func.sum(ledger_entries.c.amount)).label("amount"),
        )
        .join(commissions, commissions.c.payment_id == ledger_entries.c.payment_id)
        .join(partners, partners.c.id == commissions.c.partner_id)
        .join(contacts, contacts.c.id == partners.c.contact_id)
        .join(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id, _sold(account_id, since))
        .where(commissions.c.level == 1, commissions.c.refund_id == 0)
        .where(commissions.c.status != CommissionStatus.CANCELLED)
        .group_by(contacts.c.first_name, partners.c.code, ledger_entries.c.currency, payments.c.is_test)
    )
    return rows.all()


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
