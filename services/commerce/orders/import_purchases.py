"""Purchases made elsewhere: paid orders with their access and their place in the group, and nobody is told."""

from dataclasses import dataclass
from datetime import datetime

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import AccessStatus, MembershipStatus, OrderStatus, PaymentStatus
from core.rules import ledger
from services.commerce.ledger import posting
from services.commerce.orders.orders import add_order
from services.commerce.payments import moves
from services.commerce.schemas import Tariff
from services.commerce.store import access as access_store
from services.commerce.store import orders as store
from services.commerce.store import tariffs as tariffs_store
from services.delivery.speech import Address


@dataclass(frozen=True)
class Bought:
    """What somebody paid for elsewhere; `amount` in minor units, `number` is the provider's own."""

    contact_id: int
    to: Address
    run_id: int | None
    paid_at: datetime
    amount: int | None
    provider: str
    number: str
    invite_link: str = ""
    has_joined: bool = False
    joined_at: datetime | None = None


async def import_purchase(uow: UnitOfWork, tariff: Tariff, bought: Bought) -> None:
    """Keep a purchase as if it had been made here; raises PAYMENT_KNOWN for a number that is here already."""
    price = tariff.price if bought.amount is None else bought.amount
    order_id = await add_order(
        uow,
        {
            "contact_id": bought.contact_id,
            "tariff_id": tariff.id,
            "flow_id": tariff.flow_id,
            "bot_id": bought.to.bot_id,
            "chat_id": bought.to.chat_id,
            "run_id": bought.run_id,
            "price": price,
            "currency": tariff.currency,
            "status": OrderStatus.PAID,
            "created_at": bought.paid_at,
            "paid_at": bought.paid_at,
        },
    )
    payment_id = order_id and await moves.add_payment_once(
        uow,
        {
            "order_id": order_id,
            "provider": bought.provider,
            "external_id": bought.number,
            "amount": price,
            "currency": tariff.currency,
            "status": PaymentStatus.SUCCEEDED,
            "created_at": bought.paid_at,
            "settled_at": bought.paid_at,
        },
    )
    if payment_id is None:
        raise DomainError(ErrorKind.CONFLICT, "PAYMENT_KNOWN", f"{bought.provider} {bought.number}")
    payment = await store.find_payment(uow.conn, uow.account_id, payment_id=payment_id)
    if payment is not None:
        await posting.post_payment(uow, payment, ledger.sale(payment.amount))
    await _open(uow, tariff, bought, payment_id)


async def _open(uow: UnitOfWork, tariff: Tariff, bought: Bought, payment_id: int) -> None:
    access = {
        "contact_id": bought.contact_id,
        "tariff_id": tariff.id,
        "payment_id": payment_id,
        "status": AccessStatus.ACTIVE,
        "granted_at": bought.paid_at,
    }
    access_id = await access_store.grant(uow.conn, uow.account_id, access)
    if not (bought.invite_link or bought.has_joined):
        return
    for community_id in await tariffs_store.list_communities(uow.conn, uow.account_id, tariff.id):
        place = {
            "access_id": access_id,
            "community_id": community_id,
            "user_id": bought.to.chat_id,
            "status": MembershipStatus.JOINED if bought.has_joined else MembershipStatus.INVITED,
            "link": bought.invite_link or None,
            "created_at": bought.paid_at,
            "joined_at": (bought.joined_at or bought.paid_at) if bought.has_joined else None,
            "run_id": None,
            "run_visit": None,
        }
        await access_store.put_membership(uow.conn, uow.account_id, place)
