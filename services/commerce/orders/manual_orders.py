"""What an admin does about an order: it was paid although nobody told us, or nobody wants it any more."""

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import Money
from payment.base import PaymentFacts, PaymentState
from services.commerce.payments import moves, payments
from services.commerce.schemas import Order
from services.commerce.store import orders as store

HAND = "hand"  # the provider of money that came past all providers


async def settle_order(uow: UnitOfWork, order: Order, by: str) -> None:
    """Have an order count as paid, because somebody has seen the money.

    Raises ALREADY_PAID, MONEY_HELD for what the provider has set aside.

    It counts for the payment that was begun last (of a subscription, the charge nobody knows about), so that the provider's own word, should it come, changes nothing.
    """
    begun = await store.find_payment(uow.conn, uow.account_id, order_id=order.id)
    is_charge = begun is not None and begun.subscription_id is not None
    is_paid = begun is not None and begun.status is PaymentStatus.SUCCEEDED
    if order.status is OrderStatus.PAID and (is_paid or not is_charge):
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_PAID", order.public_id)
    if begun is not None and begun.status is PaymentStatus.HELD:
        raise DomainError(ErrorKind.CONFLICT, "MONEY_HELD", f"{order.public_id} is set aside: /held takes it")
    payment = begun or await payments.get_payment(uow, await _add_payment(uow, order))
    logger.bind(event="order.settled", order=order.public_id, by=by).info(
        "order {} is settled by hand", order.public_id
    )
    facts = PaymentFacts("", PaymentState.SUCCEEDED, Money(payment.amount, payment.currency))
    await payments.settle_payment(uow, payment, order, facts)


async def settle_once(uow: UnitOfWork, order: Order, by: str) -> bool:
    """The same; False, and nothing happens, for an order that is paid already. Raises MONEY_HELD."""
    try:
        await settle_order(uow, order, by)
    except DomainError as refusal:
        if refusal.code != "ALREADY_PAID":
            raise
        return False
    return True


async def _add_payment(uow: UnitOfWork, order: Order) -> int:
    row = {
        "order_id": order.id,
        "provider": HAND,
        "amount": order.price,
        "currency": order.currency,
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
        "made_at": uow.real_now,
    }
    return await moves.add_payment(uow, row)


async def drop_order(uow: UnitOfWork, order: Order) -> bool:
    """Close an order that its buyer does not want; False if it is not open any more."""
    return await payments.put_aside(uow, order)
