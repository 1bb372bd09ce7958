"""The number a payment has at its provider, where that is learned only once it has been settled by hand."""

from dataclasses import replace

from core.db.session import UnitOfWork
from core.lifecycle import PaymentStatus
from payment.base import PaymentFacts, PaymentState
from services.commerce.schemas import Payment
from services.commerce.store import orders as store


async def adopt_number(uow: UnitOfWork, payment: Payment, facts: PaymentFacts) -> Payment:
    """The payment with its number, if this is the provider's first word about it: no second payment, only a late one."""
    is_news = payment.status is PaymentStatus.SUCCEEDED and not payment.external_id
    if not is_news or facts.state is not PaymentState.SUCCEEDED or facts.payment_id != payment.id:
        return payment
    if not facts.external_id:
        return payment
    await store.keep_number(uow.conn, uow.account_id, payment.id, facts.external_id)
    return replace(payment, external_id=facts.external_id)
