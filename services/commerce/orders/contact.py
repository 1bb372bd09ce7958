"""The contact a receipt goes to: asked once, and only where the provider needs it."""

from datetime import timedelta

from core.db.session import UnitOfWork
from core.lifecycle import AwaitedKind
from core.pay_ways import PayWay
from core.rules.receipt_contact import ReceiptContact, read_contact
from services.commerce.schemas import Order
from services.commerce.store import payers as store
from services.delivery import speech
from services.delivery.speech import Address
from services.people import awaited

WITHIN = timedelta(days=1)


async def find_contact(uow: UnitOfWork, contact_id: int) -> ReceiptContact:
    """Where receipts of a person go; empty where nobody has asked."""
    return await store.find_payer(uow.conn, uow.account_id, contact_id) or ReceiptContact()


async def has_contact(uow: UnitOfWork, order: Order, way: PayWay) -> bool:
    """Whether a payment of this way has all that its receipt needs."""
    return (await find_contact(uow, order.contact_id)).fits(way.contact)


async def ask_contact(uow: UnitOfWork, order: Order, way: PayWay, key: str) -> None:
    """Ask where the receipt is to go; the payment begins with the answer."""
    to = Address(order.bot_id, order.chat_id)
    await awaited.expect(uow, to, AwaitedKind.CONTACT, WITHIN, f"{order.id}-{way.provider}")
    speech.say(uow, to, speech.words(f"contact-ask-{way.contact}", number=order.public_id), key)


async def keep_contact(uow: UnitOfWork, order: Order, way: PayWay, text: str, key: str) -> bool:
    """Keep what somebody answered; what is no contact is asked for again. Whether it was one."""
    to = Address(order.bot_id, order.chat_id)
    read = read_contact(text, way.contact)
    if read is None:
        speech.say(uow, to, speech.words(f"contact-wrong-{way.contact}"), key)
        return False
    await ask_no_more(uow, order)
    known = await find_contact(uow, order.contact_id)
    row = {"email": read.email or known.email, "phone": read.phone or known.phone, "at": uow.now}
    await store.put_payer(uow.conn, uow.account_id, order.contact_id, row)
    return True


async def ask_no_more(uow: UnitOfWork, order: Order) -> None:
    """The next message of the buyer is no contact, if it was to be."""
    await awaited.settle(uow, Address(order.bot_id, order.chat_id), AwaitedKind.CONTACT)
