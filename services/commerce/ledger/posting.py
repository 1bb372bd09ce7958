"""Money is written into the books in the transaction that moves it, each happening once."""

from core.db.session import UnitOfWork
from core.rules.ledger import Book, Lines
from services.commerce.schemas import Payment
from services.commerce.store.money import ledger as store


async def post(
    uow: UnitOfWork,
    entry: str,
    lines: Lines,
    currency: str,
    payment: Payment | None = None,
    refund_id: int | None = None,
) -> None:
    """Keep the lines of a happening under its name; the same name again changes nothing."""
    about = {
        "entry": entry,
        "currency": currency,
        "order_id": payment and payment.order_id,
        "payment_id": payment and payment.id,
        "refund_id": refund_id,
        "at": uow.now,
    }
    rows = [{**about, "book": book, "amount": amount} for book, amount in lines.items()]
    await store.add_lines(uow.conn, uow.account_id, rows)


async def post_payment(uow: UnitOfWork, payment: Payment, lines: Lines) -> None:
    """A payment has succeeded: as a sale, or as money that is the buyer's."""
    await post(uow, f"pay:{payment.id}:paid", lines, payment.currency, payment)


async def post_fee(uow: UnitOfWork, payment: Payment, lines: Lines) -> None:
    """The provider has said what it kept of a payment."""
    await post(uow, f"pay:{payment.id}:fee", lines, payment.currency, payment)


async def is_surplus(uow: UnitOfWork, payment_id: int) -> bool:
    """Whether a payment was booked as money that is the buyer's."""
    return await store.has_line(uow.conn, uow.account_id, f"pay:{payment_id}:paid", Book.BUYER)
