"""Whoever has a question about a payment reaches the people who run the shop, with the orders it may be about."""

from html import escape

from core.db.session import UnitOfWork
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.schemas import Order
from services.commerce.store import orders as store
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.people.admins import tell_admins
from services.people.schemas import Contact

MOST_ORDERS = 3
MOST_LETTERS = 1000


async def ask_about_payment(uow: UnitOfWork, contact: Contact, to: Address, text: str, key: str) -> None:
    """Tell the admins who asks, with the words that were given, and tell the person what happens now."""
    recent = await store.list_recent(uow.conn, uow.account_id, contact.id, MOST_ORDERS)
    orders = speech.lines(*[await _describe(uow, order) for order in recent], gap="\n")
    listed = orders if recent else speech.words("paysupport-no-orders")
    known = f"@{contact.username}" if contact.username else contact.telegram_id
    asked = speech.words("paysupport-admin", person=contact.full_name, known=known, orders=listed)
    told = (speech.literal({"*": escape(text[:MOST_LETTERS])}),) if text else ()
    count = await tell_admins(uow, speech.lines(asked, *told), f"{key}:admins")
    answer = speech.words("paysupport" if count else "paysupport-nobody", orders=listed)
    speech.say(uow, to, answer, key)


async def _describe(uow: UnitOfWork, order: Order) -> Words:
    return speech.words(
        "paysupport-order",
        number=order.public_id,
        tariff=speech.content((await get_tariff_by_id(uow, order.tariff_id)).name),
        amount=speech.price(order.price, order.currency),
        state=speech.words(f"order-state-{order.status}"),
    )
