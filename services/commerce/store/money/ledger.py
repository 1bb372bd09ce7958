"""The lines of the ledger, and what in them or beside them does not fit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import access_changes, accesses, orders, payments, tariffs
from core.db.models.commerce_money import ledger_entries, refunds
from core.db.models.commerce_plans import gifts
from core.db.session import Row, dialect_insert
from core.lifecycle import AccessChange, AccessStatus, ClosesOnRefund, PaymentStatus, RefundStatus
from core.rules.ledger import Book
from services.commerce.schemas import BookSum, ProviderSum


async def add_lines(conn: AsyncConnection, account_id: int, rows: Sequence[Row]) -> None:
    """Keep lines; those of a happening that is written already are left out."""
    for row in rows:
        insert = dialect_insert(conn, ledger_entries).values(account_id=account_id, **row)
        await conn.execute(insert.on_conflict_do_nothing())


async def has_line(conn: AsyncConnection, account_id: int, entry: str, book: Book) -> bool:
    """Whether a happening has a line in a book."""
    line_id = await conn.scalar(
        select(ledger_entries.c.id)
        .where(ledger_entries.c.account_id == account_id, ledger_entries.c.entry == entry)
        .where(ledger_entries.c.book == book)
    )
    return line_id is not None


async def list_books(conn: AsyncConnection, account_id: int) -> list[BookSum]:
    """What stands in each book, by currency."""
    rows = await conn.execute(
        select(ledger_entries.c.book, ledger_entries.c.currency, func.sum(ledger_entries.c.amount))
        .where(ledger_entries.c.account_id == account_id)
        .group_by(ledger_entries.c.book, ledger_entries.c.currency)
        .order_by(ledger_entries.c.currency, ledger_entries.c.book)
    )
    return [BookSum(row[0], row[1], int(row[2])) for row in rows]


async def list_unbalanced(conn: AsyncConnection, account_id: int) -> list[str]:
    """Happenings whose lines are not 0 together."""
    rows = await conn.execute(
        select(ledger_entries.c.entry)
        .where(ledger_entries.c.account_id == account_id)
        .group_by(ledger_entries.c.entry, ledger_entries.c.currency)
        .having(func.sum(ledger_entries.c.amount) != 0)
        .order_by(ledger_entries.c.entry)
    )
    return list(rows.scalars())


async def list_unbooked(conn: AsyncConnection, account_id: int) -> list[str]:
    """Orders whose payments, less what went back and the fees, are not what the provider's book says of them."""
    amount = payments.c.amount - payments.c.refunded - func.coalesce(payments.c.fee, 0)
    booked = (
        select(func.coalesce(func.sum(ledger_entries.c.amount), 0))
        .where(ledger_entries.c.account_id == account_id, ledger_entries.c.payment_id == payments.c.id)
        .where(ledger_entries.c.book == Book.PROVIDER)
        .correlate(payments)
        .scalar_subquery()
    )
    succeeded = payments.c.status == PaymentStatus.SUCCEEDED
    wrong = or_(and_(succeeded, booked != amount), and_(~succeeded, booked != 0))
    rows = await conn.execute(
        select(orders.c.public_id)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(orders.c.account_id == account_id, wrong)
        .distinct()
        .order_by(orders.c.public_id)
    )
    return list(rows.scalars())


async def list_money_without_access(conn: AsyncConnection, account_id: int) -> list[str]:
    """Orders that were paid, kept the money, and opened nothing, nor are a gift that waits for its person."""
    other = payments.alias()
    opened = exists().where(
        accesses.c.account_id == account_id,
        accesses.c.payment_id == other.c.id,
        other.c.order_id == orders.c.id,
    )
    rows = await conn.execute(
        select(orders.c.public_id)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(orders.c.account_id == account_id, payments.c.status == PaymentStatus.SUCCEEDED, ~opened)
        .where(orders.c.id.not_in(select(gifts.c.order_id).where(gifts.c.account_id == account_id)))
        .group_by(orders.c.id, orders.c.public_id)
        .having(func.sum(payments.c.amount - payments.c.refunded) > 0)
        .order_by(orders.c.public_id)
    )
    return list(rows.scalars())


async def list_access_without_money(conn: AsyncConnection, account_id: int) -> list[str]:
    """Orders that open something although their money never came or went back, and neither a rule nor an admin let it be."""
    by_hand = exists().where(
        access_changes.c.account_id == account_id,
        access_changes.c.access_id == accesses.c.id,
        access_changes.c.change == AccessChange.RESTORED,
    )
    other = payments.alias()
    paid_else = exists().where(  # of what is paid in parts one may go back
        other.c.order_id == orders.c.id,
        other.c.status == PaymentStatus.SUCCEEDED,
        other.c.refunded < other.c.amount,
    )
    backed = exists().where(
        refunds.c.account_id == account_id,
        refunds.c.payment_id == payments.c.id,
        refunds.c.status == RefundStatus.SUCCEEDED,
        refunds.c.closes.is_(False),
    )
    stays = or_(paid_else, backed, tariffs.c.closes_on_refund == ClosesOnRefund.NEVER)
    gone = and_(payments.c.amount > 0, payments.c.refunded >= payments.c.amount, ~stays)
    rows = await conn.execute(
        select(orders.c.public_id)
        .join(payments, payments.c.order_id == orders.c.id)
        .join(accesses, accesses.c.payment_id == payments.c.id)
        .join(tariffs, tariffs.c.id == orders.c.tariff_id)
        .where(orders.c.account_id == account_id, accesses.c.status == AccessStatus.ACTIVE)
        .where(or_(payments.c.status != PaymentStatus.SUCCEEDED, gone), ~by_hand)
        .order_by(orders.c.public_id)
    )
    return list(rows.scalars())


async def list_provider_sums(conn: AsyncConnection, account_id: int) -> list[ProviderSum]:
    """By provider and currency, of the payments that were made here: what came and what went back."""
    came = case((payments.c.status == PaymentStatus.SUCCEEDED, payments.c.amount), else_=0)
    rows = await conn.execute(
        select(
            payments.c.provider,
            payments.c.currency,
            func.sum(came),
            func.sum(payments.c.refunded),
            func.min(payments.c.made_at),
            func.sum(case((payments.c.is_test, came - payments.c.refunded), else_=0)),
        )
        .where(payments.c.account_id == account_id, payments.c.made_at.is_not(None))
        .group_by(payments.c.provider, payments.c.currency)
        .order_by(payments.c.provider, payments.c.currency)
    )
    return [ProviderSum(row[0], row[1], int(row[2]), int(row[3]), row[4], int(row[5])) for row in rows]


async def list_known(conn: AsyncConnection, account_id: int, provider: str) -> Sequence[Any]:
    """The payments that were made here with a provider: number there, ours, order, state, sums."""
    rows = await conn.execute(
        select(
            payments.c.id,
            payments.c.external_id,
            orders.c.public_id,
            payments.c.status,
            payments.c.amount,
            payments.c.refunded,
            payments.c.currency,
        )
        .join(orders, orders.c.id == payments.c.order_id)
        .where(payments.c.account_id == account_id, payments.c.provider == provider)
        .where(payments.c.made_at.is_not(None))
        .order_by(payments.c.id)
    )
    return rows.all()


async def list_lines(conn: AsyncConnection, account_id: int) -> Sequence[Any]:
    """Every line, the oldest first, with the order and the payment it is about."""
    rows = await conn.execute(
        select(
            ledger_entries.c.at,
            ledger_entries.c.entry,
            ledger_entries.c.book,
            ledger_entries.c.amount,
            ledger_entries.c.currency,
            orders.c.public_id,
            payments.c.provider,
            payments.c.external_id,
            payments.c.is_test,
        )
        .outerjoin(orders, orders.c.id == ledger_entries.c.order_id)
        .outerjoin(payments, payments.c.id == ledger_entries.c.payment_id)
        .where(ledger_entries.c.account_id == account_id)
        .order_by(ledger_entries.c.id)
    )
    return rows.all()
