"""How an order is paid: the ways there are, the one that was chosen, and the payment that begins with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus, PaymentKind, PaymentStatus
from core.money import Money
from core.pay_ways import PayWay
from core.presses import PressKind
from services.commerce.catalog.products import is_product
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.orders import contact as receipt
from services.commerce.orders import holds
from services.commerce.payments import invoices, moves, notices, payments
from services.commerce.payments.accounts import list_ways
from services.commerce.payments.notices import provider_name
from services.commerce.schemas import Order, Payment, Tariff
from services.commerce.store import orders as store
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.people.schemas import Contact
from services.tenancy.plans import room
from services.tenancy.plans.offered import Resource

PAY_BY = PressKind.PAY_BY  # kind of the button that chooses how an order is paid: order-provider
LIVE = (PaymentStatus.NEW, PaymentStatus.PENDING)
Charges = Mapping[str, tuple[PayWay, Money]]


async def list_charges(uow: UnitOfWork, price: Money, stars: int | None) -> Charges:
    """The ways in which a price can be paid here, with what is paid then, by the provider's name."""
    charges = ((way, way.charge(price, stars)) for way in await list_ways(uow))
    return {way.provider: (way, money) for way, money in charges if money is not None}


async def is_closed(
    uow: UnitOfWork,
    contact: Contact,
    tariff: Tariff,
    price: Money,
    place: tuple[Address, str],
    *,
    gift: bool = False,
) -> bool:
    """Whether nothing can be bought here now, which the buyer is told at `place` (with the key of what is said).

    The account's plan may have no room for them (who is a student already needs none), or nobody takes their money.
    """
    if not await _takes_more(uow, contact, tariff, is_gift=gift):
        await notices.report_full(uow, *place)
    elif price.amount and not await list_charges(uow, price, tariff.stars):
        await notices.report_no_checkout(uow, *place)
    else:
        return False
    return True


async def _takes_more(uow: UnitOfWork, contact: Contact, tariff: Tariff, *, is_gift: bool) -> bool:
    has_place = not is_gift and await room.is_student(uow, contact.id)
    if has_place or await is_product(uow, tariff):
        return not await room.is_suspended(uow)
    return await room.has_room(uow, Resource.STUDENTS)


async def _charges_of(uow: UnitOfWork, order: Order) -> Charges:
    return await list_charges(uow, Money(order.price, order.currency), order.stars)


async def begin_payment(uow: UnitOfWork, order_id: int, key: str) -> bool:
    """Begin the payment of a new order where there is one way, else ask which; whether the payment has begun."""
    order = await payments.get_order(uow, order_id)
    charges = await _charges_of(uow, order)
    if len(charges) > 1:
        await _ask_way(uow, order, charges, key, "order-how")
        return False
    for way, money in charges.values():
        return await _begin(uow, order, way, money, key)
    return False


async def choose_way(uow: UnitOfWork, contact: Contact, pressed: str, key: str) -> bool:
    """Pay an order in the way of the button; False where a payment of that way is being made already.

    Raises ORDER_NOT_FOUND for another's order, ORDER_CLOSED for one that is paid or cancelled, WAY_GONE for a provider
    that takes no payments any more.
    """
    number, _, name = pressed.partition("-")
    order = await payments.get_order(uow, int(number))
    if order.contact_id != contact.id:
        raise DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", number)
    if order.status is not OrderStatus.OPEN:
        raise DomainError(ErrorKind.CONFLICT, "ORDER_CLOSED", order.public_id)
    charge = (await _charges_of(uow, order)).get(name)
    if charge is None:
        raise DomainError(ErrorKind.CONFLICT, "WAY_GONE", name)
    if await _tell_held(uow, order, key):
        return True
    begun = (await _load_live(uow, order)).get(name)
    if begun is None:
        await _begin(uow, order, *charge, key)
        return True
    if begun.url:
        await invoices.say_invoice(uow, order, begun, key)
    return bool(begun.url)


async def show_ways(
    uow: UnitOfWork, order: Order, key: str, text: str | None = None, below: Keyboard = ()
) -> bool:
    """Say once more how an open order is paid, with more buttons below; False if there is nothing to be pressed."""
    if await _tell_held(uow, order, key):
        return True
    charges = await _charges_of(uow, order)
    if len(charges) > 1:
        await _ask_way(uow, order, charges, key, text or "order-how", below)
        return True
    payment = await store.find_payment(uow.conn, uow.account_id, order_id=order.id)
    if payment is None:
        return not await begin_payment(uow, order.id, key)  # it waits for the contact of its receipt
    if not payment.url:
        return False
    await invoices.say_invoice(uow, order, payment, key, text or "order-pay", below)
    return True


async def _tell_held(uow: UnitOfWork, order: Order, key: str) -> bool:
    """Whether the money is set aside already, which is said then: nothing more is to be paid."""
    held = await holds.find_held(uow, order)
    if held is not None:
        holds.tell_buyer(uow, order, held, key)
    return held is not None


async def _ask_way(
    uow: UnitOfWork, order: Order, charges: Charges, key: str, text: str, below: Keyboard = ()
) -> None:
    """A button per way; one whose page is there already leads to it."""
    begun = await _load_live(uow, order)
    name = speech.named((await get_tariff_by_id(uow, order.tariff_id)).name)
    amount = speech.price(order.price, order.currency)
    words = speech.words(text, number=order.public_id, tariff=name, amount=amount)
    words = await invoices.tell_discount(uow, order, words)
    titles = [way.title for way, _ in charges.values()]
    buttons = [
        [_way_button(order, _name_way(way, titles), way, money, begun.get(provider))]
        for provider, (way, money) in charges.items()
    ]
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, words, key, buttons=[*buttons, *below])


def _name_way(way: PayWay, titles: Sequence[Mapping[str, str]]) -> Words:
    """What a way is called; with the provider where another one is called the same."""
    name = speech.named(way.title or {"*": way.provider})
    if titles.count(way.title) == 1:
        return name
    return speech.words("way-of", way=name, provider=provider_name(way.provider))


def _way_button(
    order: Order, name: Words, way: PayWay, money: Money, begun: Payment | None
) -> Mapping[str, Any]:
    label = speech.words("button-way", way=name, price=speech.price(money.amount, money.currency))
    if begun is not None and begun.url:
        return speech.link_button(label, begun.url)
    return speech.button(label, PAY_BY, f"{order.id}-{way.provider}")


async def _load_live(uow: UnitOfWork, order: Order) -> dict[str, Payment]:
    """The payments of an order that may still be paid, by provider."""
    live = await store.list_payments(uow.conn, uow.account_id, order.id)
    return {payment.provider: payment for payment in live if payment.status in LIVE}


async def take_contact(uow: UnitOfWork, contact: Contact, about: str, text: str, key: str) -> bool:
    """The answer to where the receipt goes; with one that is good the payment begins. Raises as `choose_way`.

    False, and it is asked for no more, once the order is paid or over: then what was written is no answer to it.
    """
    number, _, name = about.partition("-")
    order = await payments.get_order(uow, int(number))
    if order.status is not OrderStatus.OPEN:
        await receipt.ask_no_more(uow, order)
        return False
    charge = (await _charges_of(uow, order)).get(name)
    if charge is None:
        await receipt.ask_no_more(uow, order)
        speech.say(uow, Address(order.bot_id, order.chat_id), speech.words("error-way-gone"), f"{key}:gone")
    elif await receipt.keep_contact(uow, order, charge[0], text, f"{key}:contact"):
        await choose_way(uow, contact, about, key)
    return True


async def _begin(uow: UnitOfWork, order: Order, way: PayWay, money: Money, key: str) -> bool:
    """Begin a payment, unless its receipt needs a contact that has to be asked for first."""
    if not await receipt.has_contact(uow, order, way):
        await receipt.ask_contact(uow, order, way, f"{key}:contact")
        return False
    await payments.request_payment(uow, await _keep_payment(uow, order, way.provider, money))
    return True


async def settle_free(uow: UnitOfWork, order_id: int) -> None:
    """An order that costs nothing is paid at once, and nobody is asked."""
    order = await payments.get_order(uow, order_id)
    payment_id = await _keep_payment(uow, order, payments.FREE, Money(0, order.currency))
    await payments.settle_free(uow, payment_id)


async def _keep_payment(uow: UnitOfWork, order: Order, provider: str, money: Money) -> int:
    payment = {
        "order_id": order.id,
        "provider": provider,
        "kind": PaymentKind.UPGRADE if order.credit else PaymentKind.PURCHASE,
        "amount": money.amount,
        "currency": money.currency,
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
        "made_at": None if provider == payments.FREE else uow.real_now,
    }
    return await moves.add_payment(uow, payment)
