"""All open payments are asked for at once, because somebody wants to know now."""

from core.db.session import UnitOfWork
from services.commerce.payments.payments import ask_now
from services.commerce.store import order_lists as store


async def ask_all(uow: UnitOfWork) -> int:
    """Have every provider asked how the payments stand that are open; says how many there are."""
    open_payments = await store.list_open_payments(uow.conn, uow.account_id)
    for payment_id in open_payments:
        await ask_now(uow, payment_id)
    return len(open_payments)
