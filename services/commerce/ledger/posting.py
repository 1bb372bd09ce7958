"""Money is written into the books in the transaction that moves it, each happening once."""

from core.db.models.commerce_money import ledger_entries
from core.db.session import UnitOfWork
from core.rules.ledger import Book, Lines
from services.commerce.schemas import Payment


def post(
    uow: UnitOfWork,
    entry: str,
    lines: Lines,
    currency: str,
    payment: Payment | None,
    refund_id: int | None = None,
) -> None:
    """Keep the lines of a happening under its name; the same name again changes nothing."""
    about = {
        "account_id": uow.account_id,
        "entry": entry,
        "currency": currency,
        "order_id": payment and payment.order_id,
        "payment_id": payment and payment.id,
        "refund_id": refund_id,
        "at": uow.now,
    }
    for book, amount in lines.items():
        uow.append(ledger_entries, {**about, "book": Book(book), "amount": amount})


def post_payment(uow: UnitOfWork, payment: Payment, lines: Lines) -> None:
    """A payment has succeeded: as a sale, or as money that is the buyer's."""
    post(uow, f"pay:{payment.id}:paid", lines, payment.currency, payment)


def post_fee(uow: UnitOfWork, payment: Payment, lines: Lines) -> None:
    """The provider has said what it kept of a payment."""
    post(uow, f"pay:{payment.id}:fee", lines, payment.currency, payment)
