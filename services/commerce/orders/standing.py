"""How an order's money stands by its payments, for the words about it."""

from core.db.session import UnitOfWork
from core.money import Money
from core.rules.order_standing import Attempt, OrderStanding, read_standing
from services.commerce.schemas import Order
from services.commerce.store import orders as store


async def find_standing(uow: UnitOfWork, order: Order) -> tuple[OrderStanding, Money]:
    """How an order stands, and what has gone back of it, in the currency of what went back last."""
    payments = await store.list_payments(uow.conn, uow.account_id, order.id)
    gone = [payment for payment in payments if payment.refunded]
    currency = gone[-1].currency if gone else order.currency
    back = sum(payment.refunded for payment in gone if payment.currency == currency)
    attempts = [Attempt(payment.status, payment.amount, payment.refunded) for payment in payments]
    return read_standing(order.status, attempts), Money(back, currency)
