"""Owners hear of what is sold, one message each; in an hour of many the rest is told as one sum. Each may switch it off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.events import TimerDue
from core.presses import PressKind
from services.commerce.catalog.offers import find_course_name
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.orders.listing import get_line
from services.commerce.partners.commissions import find_seller
from services.commerce.payments.calls import find_tariff_of
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.schemas import Order, Payment
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.delivery.timers import find_due_at, set_timer
from services.insight.store import figures as store
from services.people import preferences
from services.people.admins import list_admins
from services.people.contacts import find_by_telegram_id, get_contact
from services.people.schemas import Contact
from services.tenancy import members
from services.tenancy.permissions import Permission

SUM = "sale_sum"  # kind of the timer
SWITCH = PressKind.SALE_NEWS  # kind of its buttons: on, off, or mute below the news, which stays
MOST = 10  # payments of an hour that are told one by one
HOUR = timedelta(hours=1)
MUTE = speech.button(speech.words("sale-news-off"), SWITCH, "mute")


async def tell_paid(uow: UnitOfWork, payment_id: int) -> None:
    """Money has come for something that is sold: the owners hear of it, now or in the sum of this hour."""
    owners = await _list_listeners(uow)
    if not owners:
        return
    hour = uow.now.replace(minute=0, second=0, microsecond=0)
    if (
        sum(number for _, _, number, _ in await store.sum_paid(uow.conn, uow.account_id, hour, hour + HOUR))
        > MOST
    ):
        await _sum_up_later(uow, hour)
        return
    payment = await get_payment(uow, payment_id)
    order = await get_order(uow, payment.order_id)
    words = await _describe(uow, order, payment)
    buttons = _buttons(order)
    for to, _ in owners:
        speech.say(uow, to, words, f"sale:{payment_id}:{to.chat_id}", buttons=buttons)


async def _sum_up_later(uow: UnitOfWork, hour: datetime) -> None:
    """Set the timer of this hour, unless somebody has: whoever is paid meanwhile need not wait for its row."""
    key = f"{uow.account_id}:{hour:%Y%m%d%H}"
    if await find_due_at(uow, SUM, key) is None:
        await set_timer(uow, SUM, key, hour + HOUR, {"hour": hour.isoformat()})


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """The hour of many is over: all that came in it, as one sum."""
    hour = datetime.fromisoformat(timer.payload["hour"])
    paid = await store.sum_paid(uow.conn, uow.account_id, hour, hour + HOUR)
    sums = [_tell_sum(currency, amount, is_test) for currency, is_test, _, amount in paid if amount]
    number = sum(number for _, _, number, _ in paid)
    for to, owner in await _list_listeners(uow):
        since = speech.moment(hour, owner.zone)
        words = speech.words("sale-sum", number=number, since=since, sums=sums, most=MOST)
        speech.say(uow, to, words, f"sale-sum:{hour:%Y%m%d%H}:{to.chat_id}", buttons=[[MUTE]])


def _tell_sum(currency: str, amount: int, is_test: bool) -> Words:
    price = speech.price(amount, currency)
    return speech.words("sale-sum-tests", amount=price) if is_test else price


async def switch(uow: UnitOfWork, owner: Contact, *, on: bool) -> None:
    """Tell an owner of sales from now on, or no more."""
    await preferences.choose_sale_news(uow, owner.id, wanted=on)


def switch_button(*, on: bool) -> Mapping[str, Any]:
    """The button that switches it on, or off."""
    return speech.button(
        speech.words("sale-news-on" if on else "sale-news-off"), SWITCH, "on" if on else "off"
    )


async def _list_listeners(uow: UnitOfWork) -> list[tuple[Address, Contact]]:
    """The owners who can be written to and want to hear of sales."""
    own = set(await members.list_who_may(uow, Permission.OWN))
    places = [place for place in await list_admins(uow) if place.chat_id in own]
    owners = [(place, await find_by_telegram_id(uow, place.chat_id)) for place in places]
    return [(place, owner) for place, owner in owners if owner is not None and owner.wants_sale_news]


async def _describe(uow: UnitOfWork, order: Order, payment: Payment) -> Words:
    """What was bought of which course, for how much, by whom, and where they had come from."""
    tariff = await get_tariff_by_id(uow, await find_tariff_of(uow, payment, order))
    name, paid = speech.named(tariff.name), speech.price(payment.amount, payment.currency)
    course, sources = await find_course_name(uow, tariff), await _list_sources(uow, order, payment)
    buyer = await get_contact(uow, order.contact_id)
    known = f"@{buyer.username}" if buyer.username else buyer.telegram_id
    parts = [
        speech.words(_name(order, payment), tariff=name, amount=paid),
        *([speech.words("sale-course", course=course)] if course else []),
        speech.words("sale-who", person=buyer.full_name, known=known, number=order.public_id),
        *([speech.words("sale-from", sources=sources)] if sources else []),
        *([speech.words("sale-test")] if payment.is_test and payment.amount else []),
    ]
    return speech.lines(*parts, gap="\n")


def _name(order: Order, payment: Payment) -> str:
    if payment.subscription_id is not None:
        return "sale-charge"
    if not payment.amount:
        return "sale-free"
    return "sale-gift" if order.is_gift else "sale-one"


async def _list_sources(uow: UnitOfWork, order: Order, payment: Payment) -> Sequence[Words]:
    """The mark of the link, the partner and the code of a sale; none of a later charge."""
    if payment.subscription_id is not None:
        return []
    line = await get_line(uow, order.id)
    told: list[Words] = [line.utm["utm_source"]] if line.utm.get("utm_source") else []
    if seller := await find_seller(uow, payment.id):
        partner = await get_contact(uow, seller.contact_id)
        told.append(speech.words("sale-from-partner", name=partner.full_name))
    return [*told, *([speech.words("sale-from-promo", code=line.promo)] if line.promo else [])]


def _buttons(order: Order) -> Keyboard:
    person = speech.button(speech.words("button-sale-buyer"), PressKind.PERSON, f"show-{order.contact_id}")
    return [[person], [MUTE]]
