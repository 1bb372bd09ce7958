"""Whoever has a question about a payment reaches the people who run the shop, with the orders it may be about."""

from html import escape
from typing import Any

from core.db.session import UnitOfWork
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.orders.standing import find_standing
from services.commerce.schemas import Order
from services.commerce.store import orders as store
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.people.admins import tell_admins
from services.people.schemas import Contact

MOST_ORDERS = 3
MOST_LETTERS = 1000


async def ask_about_payment(uow: UnitOfWork, contact: Contact, to: Address, text: str, key: str) -> bool:
    """Tell the admins who asks, with the words that were given, and tell the person what happens now.

    False where nobody can be reached.
    """
    recent = await store.list_recent(uow.conn, uow.account_id, contact.id, MOST_ORDERS)
    orders = speech.lines(*[await _describe(uow, order) for order in recent], gap="\n")
    listed = orders if recent else speech.words("paysupport-no-orders")
    asked = speech.words("paysupport-admin", **_who(contact), orders=listed)
    count = await tell_admins(uow, speech.lines(asked, *_quote(text)), f"{key}:admins")
    answer = "paysupport-nobody" if not count else "paysupport-words" if text else "paysupport"
    speech.say(uow, to, speech.words(answer, orders=listed), key)
    return bool(count)


async def add_words(uow: UnitOfWork, contact: Contact, to: Address, text: str, key: str) -> None:
    """Tell the admins what happened with a payment, from somebody who has asked about it before."""
    asked = speech.words("paysupport-admin-more", **_who(contact))
    await tell_admins(uow, speech.lines(asked, *_quote(text)), f"{key}:admins")
    speech.say(uow, to, speech.words("paysupport-added"), key)


def _who(contact: Contact) -> dict[str, Any]:
    known = f"@{contact.username}" if contact.username else contact.telegram_id
    return {"person": contact.full_name, "known": known}


def _quote(text: str) -> list[Words]:
    return [speech.literal({"*": escape(text[:MOST_LETTERS])})] if text else []


async def _describe(uow: UnitOfWork, order: Order) -> Words:
    standing, back = await find_standing(uow, order)
    return speech.words(
        "paysupport-order",
        number=order.public_id,
        tariff=speech.named((await get_tariff_by_id(uow, order.tariff_id)).name),
        amount=speech.price(order.price, order.currency),
        state=speech.words(f"order-state-{standing}", back=speech.price(back.amount, back.currency)),
    )
