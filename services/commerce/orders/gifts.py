"""Something bought for somebody else: who pays gets a link, and whoever opens it first has what was paid for."""

from dataclasses import replace
from datetime import timedelta

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import AccessGranted, OrderPaid
from core.lifecycle import AccessStatus, GiftState, OrderStatus
from core.links import bot_link
from core.money import Money
from core.presses import PressKind
from core.rules.deep_link import gift_link
from services.commerce.access import onboarding
from services.commerce.catalog import offers, products, tariffs
from services.commerce.catalog.plans import quote_for_all
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff_by_id, terms_of
from services.commerce.catalog.upgrades import Kind, find_difference
from services.commerce.orders import paying, purchases
from services.commerce.orders.orders import REMIND_AFTER, REMINDER, OrderOutcome, add_order
from services.commerce.partners.commissions import doubt_own_gift
from services.commerce.payments import receipts
from services.commerce.payments.payments import find_paid, get_order
from services.commerce.schemas import Gift, Order, Tariff
from services.commerce.store import access as access_store
from services.commerce.store import orders as order_store
from services.commerce.store.plans import gifts as store
from services.delivery import speech
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.people.schemas import Contact
from services.tenancy.bots import get_bot_by_id
from utils.signing import fingerprint, mac

GIVE = PressKind.GIFT  # kind of the button that buys a tariff for somebody else
KEEP = PressKind.GIFT_KEEP  # kind of the button by which a buyer takes the own gift: gift
TIMER = "gift_unclaimed"
MOST_SHOWN = 3  # of those that nobody has opened
UNCLAIMED = timedelta(days=7)  # after which the buyer hears that nobody has opened it


async def show_gifts(uow: UnitOfWork, contact: Contact, to: Address, key: str) -> None:
    """Say what can be given: all that is paid once; before that the links of the person's gifts that wait to be opened."""
    for gift in (await store.list_unopened(uow.conn, uow.account_id, contact.id))[:MOST_SHOWN]:
        await _say_link(uow, gift, await get_order(uow, gift.order_id), "gift-waiting", f"shown:{key}")
    found_tariffs = [
        _plain(tariff)
        for tariff in await tariffs.list_tariffs(uow)
        if tariff.plan is None or not tariff.plan.period
    ]
    if not found_tariffs:
        speech.say(uow, to, speech.words("gift-none"), key)
        return
    courses = await offers.name_courses(uow, found_tariffs)
    shown = [(tariff, courses.get(tariff.flow_id)) for tariff in found_tariffs]
    told = [tariffs.describe(tariff, course=course) for tariff, course in shown]
    buttons = [[tariffs.buy_button(tariff, OfferPlace(to), GIVE, course=course)] for tariff, course in shown]
    speech.say(uow, to, speech.lines(speech.words("gift-choose"), *told), key, buttons=buttons)


def _plain(tariff: Tariff) -> Tariff:
    """A tariff without its trial: nothing is tried for somebody else."""
    return replace(tariff, plan=None)


async def choose_gift(uow: UnitOfWork, contact: Contact, chosen: ChosenOffer, key: str) -> OrderOutcome:
    """Open an order for a gift; one of the same tariff that is not paid yet is shown again.

    Raises NOT_ON_SALE for what is sold no more or cannot be given.
    """
    tariff = _plain(chosen.tariff)
    if not tariff.is_active or (chosen.tariff.plan and chosen.tariff.plan.period):
        raise DomainError(ErrorKind.CONFLICT, "NOT_ON_SALE", tariff.code)
    if chosen.terms != terms_of(tariff):
        changed = replace(chosen, tariff=tariff)
        tariffs.show_changed(uow, changed, key, GIVE, quote_for_all(tariff))
        return OrderOutcome.EXPLAINED
    waiting = await order_store.find_open_gift(uow.conn, uow.account_id, contact.id, tariff.id)
    if waiting is not None and waiting.terms == chosen.terms:
        await paying.show_ways(uow, waiting, key)
        return OrderOutcome.WAITS
    price = Money(tariff.price, tariff.currency)
    if await paying.is_closed(uow, contact, tariff, price, (chosen.place.to, key), gift=True):
        return OrderOutcome.CLOSED
    order_id = await add_order(uow, _row(uow, contact, chosen))
    if order_id is None:
        return OrderOutcome.WAITS
    if not price.amount:
        await paying.settle_free(uow, order_id)
        return OrderOutcome.ORDERED
    has_begun = await paying.begin_payment(uow, order_id, f"{key}:how")
    await set_timer(uow, REMINDER, f"order:{order_id}", uow.now + REMIND_AFTER, {"order_id": order_id})
    return OrderOutcome.ORDERED if has_begun else OrderOutcome.ASKED


def _row(uow: UnitOfWork, contact: Contact, chosen: ChosenOffer) -> dict[str, object]:
    tariff, to = chosen.tariff, chosen.place.to
    return {
        "contact_id": contact.id,
        "tariff_id": tariff.id,
        "flow_id": tariff.flow_id,
        "terms": chosen.terms,
        "bot_id": to.bot_id,
        "chat_id": to.chat_id,
        "run_id": None,
        "run_visit": None,
        "price": tariff.price,
        "currency": tariff.currency,
        "stars": tariff.stars,
        "is_gift": True,
        "status": OrderStatus.OPEN,
        "created_at": uow.now,
    }


async def wrap_gift(uow: UnitOfWork, paid: OrderPaid) -> None:
    """A gift is paid: its buyer gets the receipt, and apart from it what can be passed on, without a price."""
    order = await get_order(uow, paid.order_id)
    row = {
        "order_id": order.id,
        "payment_id": paid.payment_id,
        "state": GiftState.READY,
        "created_at": uow.now,
    }
    gift_id = await store.add_gift(uow.conn, uow.account_id, row)
    if gift_id is None:
        return
    text = _token(uow, uow.env.signing_key, gift_id)
    await store.keep_hash(uow.conn, uow.account_id, gift_id, fingerprint(text))
    tariff = await get_tariff_by_id(uow, order.tariff_id)
    receipts.say_receipt(uow, order, tariff, await find_paid(uow, order))
    gift = await _get(uow, gift_id)
    await _say_link(uow, gift, order, "gift-ready", "ready")
    await set_timer(uow, TIMER, f"gift:{gift_id}", uow.now + UNCLAIMED, {"gift_id": gift_id})


async def _say_link(uow: UnitOfWork, gift: Gift, order: Order, text: str, event: str) -> None:
    """What to do with it, and below what is passed on: a message of its own, so that it can be."""
    to = Address(order.bot_id, order.chat_id)
    name = speech.named((await get_tariff_by_id(uow, order.tariff_id)).name)
    speech.say(uow, to, speech.words(text, tariff=name, number=order.public_id), f"gift:{gift.id}:{event}")
    known = [_token(uow, key, gift.id) for key in uow.env.signing_keys]
    for token in (token for token in known if fingerprint(token) == gift.token_hash):
        shop = await get_bot_by_id(uow, order.bot_id)
        link = bot_link(shop.username, gift_link(token))
        words = speech.words("gift-card", tariff=name, link=link)
        speech.say(uow, to, words, f"gift:{gift.id}:{event}:card")


def _token(uow: UnitOfWork, key: bytes, gift_id: int) -> str:
    """The text of a gift's link: it follows from our key, so it can be shown again without being kept."""
    return mac(key, "gift", str(uow.account_id), str(gift_id))


async def claim(uow: UnitOfWork, contact: Contact, to: Address, token: str, key: str) -> bool:
    """Open a gift by its link; False, and nothing told of why, for a link that is none or closed.

    The buyer is asked first; who has all of it already keeps the link for somebody else.
    """
    gift = await store.find_gift(uow.conn, uow.account_id, token_hash=fingerprint(token))
    if gift is None or gift.state is GiftState.CLOSED:
        return False
    if gift.state is GiftState.CLAIMED:
        if gift.claimed_by != contact.id:
            return False
        await purchases.show_purchases(uow, contact, to, key)
        return True
    order = await get_order(uow, gift.order_id)
    if order.contact_id == contact.id:
        ask = speech.button(speech.words("button-gift-keep"), KEEP, gift.id)
        speech.say(uow, to, speech.words("gift-own"), key, buttons=[[ask]])
        return True
    await _open(uow, gift, order, contact, to, key)
    return True


async def keep_own(uow: UnitOfWork, contact: Contact, to: Address, gift_id: int, key: str) -> None:
    """The buyer wants it after all; raises GIFT_GONE for another's, or one that was opened or paid back."""
    gift = await _get(uow, gift_id)
    order = await get_order(uow, gift.order_id)
    if order.contact_id != contact.id or gift.state is not GiftState.READY:
        raise DomainError(ErrorKind.NOT_FOUND, "GIFT_GONE", str(gift_id))
    await _open(uow, gift, order, contact, to, key)


async def _open(uow: UnitOfWork, gift: Gift, order: Order, contact: Contact, to: Address, key: str) -> None:
    tariff = await get_tariff_by_id(uow, order.tariff_id)
    difference = await find_difference(uow, contact.id, tariff)
    name = speech.named(tariff.name)
    if difference is not None and difference.kind is Kind.INCLUDED:
        speech.say(uow, to, speech.words("gift-included", tariff=name), key)
        return
    if not await store.claim_gift(uow.conn, uow.account_id, gift.id, contact.id, uow.now):
        speech.say(uow, to, speech.words("link-unknown"), key)
        return
    row = {
        "contact_id": contact.id,
        "tariff_id": tariff.id,
        "payment_id": gift.payment_id,
        "status": AccessStatus.ACTIVE,
        "granted_at": uow.now,
    }
    access_id = await access_store.grant(uow.conn, uow.account_id, row)
    if access_id is None:
        raise DomainError(ErrorKind.CONFLICT, "GIFT_GONE", str(gift.id))
    logger.bind(event="gift.claimed", gift=gift.id, access=access_id).info("a gift was opened")
    uow.publish(AccessGranted(access_id, None, contact.id, tariff.id))
    await doubt_own_gift(uow, gift.payment_id, contact.id)
    buttons = [] if await products.is_product(uow, tariff) else [[purchases.course_button()]]
    speech.say(uow, to, speech.words("gift-opened", tariff=name), key, buttons=buttons)
    await onboarding.greet_buyer(uow, tariff.id, to, onboarding.first_key(access_id))
    if order.contact_id != contact.id:
        buyer = Address(order.bot_id, order.chat_id)
        speech.say(uow, buyer, speech.words("gift-taken", tariff=name), f"gift:{gift.id}:taken")


async def tell_unclaimed(uow: UnitOfWork, gift_id: int) -> None:
    """Nobody has opened it for a week: the buyer hears it once, with the link again."""
    gift = await _get(uow, gift_id)
    if gift.state is GiftState.READY:
        await _say_link(uow, gift, await get_order(uow, gift.order_id), "gift-unclaimed", "unclaimed")


async def _get(uow: UnitOfWork, gift_id: int) -> Gift:
    gift = await store.find_gift(uow.conn, uow.account_id, gift_id=gift_id)
    if gift is None:
        raise DomainError(ErrorKind.NOT_FOUND, "GIFT_GONE", str(gift_id))
    return gift
