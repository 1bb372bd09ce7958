"""Money that is set aside and waits for an admin: told at once and before it goes back, taken or let go by a button."""

from datetime import datetime, timedelta

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import HoldEnded, JobFinished, MoneyHeld
from core.lifecycle import PaymentStatus
from core.presses import PressKind
from core.refs import RefKind, write_ref
from services.commerce.payments import calls
from services.commerce.payments.notices import describe_order, provider_name
from services.commerce.payments.payments import apply_facts, ask_now, get_order, get_payment
from services.commerce.schemas import Order, Payment
from services.commerce.store import orders as store
from services.commerce.store.lists import order_lists
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.delivery.timers import set_timer
from services.people.admins import end_cards, find_zone, list_admins, tell_admins

TIMER = "payment_hold"
PRESS = PressKind.HOLD  # kind of the buttons: take-payment, let-payment
TAKE, LET = "take", "let"
BEFORE = timedelta(days=1)  # the end of a hold the admins hear of it again; of a short one half of it
CLOSE = timedelta(hours=1)  # to its end nobody has let it go: it went back by itself


async def on_held(uow: UnitOfWork, happened: MoneyHeld) -> None:
    """The buyer reads that it will open, the admins that somebody has to decide."""
    payment = await get_payment(uow, happened.payment_id)
    order = await get_order(uow, payment.order_id)
    logger.bind(event="payment.held", order=order.public_id).info(
        "money of order {} is held", order.public_id
    )
    tell_buyer(uow, order, payment, f"pay:{payment.id}:held")
    await _tell_admins(uow, payment, order, "hold-begun")
    if payment.held_until is not None and payment.held_until > uow.now:
        left = payment.held_until - uow.now
        at = payment.held_until - min(BEFORE, left / 2)
        await set_timer(uow, TIMER, f"hold:{payment.id}", at, {"payment_id": payment.id})


def tell_buyer(uow: UnitOfWork, order: Order, payment: Payment, key: str) -> None:
    """Say that the money is set aside, and what comes next."""
    amount = speech.price(payment.amount, payment.currency)
    words = speech.words("order-held", number=order.public_id, amount=amount)
    speech.say(uow, Address(order.bot_id, order.chat_id), words, key)


async def remind(uow: UnitOfWork, payment_id: int) -> None:
    """The hold ends soon, and nobody has decided."""
    payment = await get_payment(uow, payment_id)
    if payment.status is PaymentStatus.HELD:
        await _tell_admins(uow, payment, await get_order(uow, payment.order_id), "hold-ends")


async def _tell_admins(uow: UnitOfWork, payment: Payment, order: Order, text: str) -> None:
    words = await describe(uow, payment, order, text)
    await tell_admins(uow, words, f"pay:{payment.id}:{text}", buttons_of(payment), ref_of(payment.id))


def ref_of(payment_id: int) -> str:
    """What its cards are kept as: they change once it is decided."""
    return write_ref(RefKind.HOLD, payment_id)


async def describe(uow: UnitOfWork, payment: Payment, order: Order, text: str) -> Words:
    """A text for admins about money that is set aside, with the day on which it goes back by itself."""
    if payment.held_until is None:
        return await describe_order(uow, f"{text}-open", order)
    until = speech.day(payment.held_until, await find_zone(uow))
    return await describe_order(uow, text, order, until=until)


def buttons_of(payment: Payment) -> Keyboard:
    """The two decisions."""
    amount = speech.price(payment.amount, payment.currency)
    take = speech.button(speech.words("button-hold-take", amount=amount), PRESS, f"{TAKE}-{payment.id}")
    return [[take], [speech.button(speech.words("button-hold-let"), PRESS, f"{LET}-{payment.id}")]]


async def find_held(uow: UnitOfWork, order: Order) -> Payment | None:
    """The payment of an order whose money is set aside."""
    payments = await store.list_payments(uow.conn, uow.account_id, order.id)
    return next((payment for payment in payments if payment.status is PaymentStatus.HELD), None)


async def list_held(uow: UnitOfWork) -> list[tuple[Payment, Order]]:
    """All money that waits for a decision, the oldest first."""
    held = [
        await get_payment(uow, payment) for payment in await order_lists.list_held(uow.conn, uow.account_id)
    ]
    return [(payment, await get_order(uow, payment.order_id)) for payment in held]


async def decide(uow: UnitOfWork, payment_id: int, *, take: bool) -> Order:
    """Have the provider take the money, or let it go; raises HOLD_OVER for what is decided already."""
    payment = await get_payment(uow, payment_id)
    if payment.status is not PaymentStatus.HELD or not await calls.add_hold(uow, payment, take=take):
        told = "it is decided already, and the provider is being asked"
        raise DomainError(ErrorKind.CONFLICT, "HOLD_OVER", told)
    return await get_order(uow, payment.order_id)


async def on_ended(uow: UnitOfWork, happened: HoldEnded) -> None:
    """The money is here or back, by a button, at the provider or by time: the admins' cards say how it ended.

    They have no buttons any more. Who has no card gets a message; so does everybody once it went back by itself, since
    nobody who looks at the card knows of that yet.
    """
    payment = await get_payment(uow, happened.payment_id)
    order = await get_order(uow, payment.order_id)
    text = "hold-taken" if happened.is_taken else "hold-released"
    over, told = await describe_order(uow, name_end(payment), order), await describe_order(uow, text, order)
    by_itself = not happened.is_taken and _is_at_its_end(payment, uow.now)
    for admin in await list_admins(uow):
        has_card = await end_cards(uow, admin, ref_of(payment.id), over)
        if by_itself or not has_card:
            speech.say(uow, admin, told, f"pay:{payment.id}:{text}:{admin.chat_id}")


def _is_at_its_end(payment: Payment, now: datetime) -> bool:
    """Whether the time of a hold is over, as far as it is known when that is."""
    return payment.held_until is None or now >= payment.held_until - CLOSE


def name_end(payment: Payment) -> str:
    """The text for admins of how it ended; while the provider is still being asked, that it is decided."""
    if payment.status is PaymentStatus.CANCELLED:
        return "hold-over-released"
    return "hold-over" if payment.status is PaymentStatus.HELD else "hold-over-taken"


async def on_answered(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has done it; what it refuses is told with its reason, and how the payment stands is asked."""
    payment = await get_payment(uow, finished.payload["payment_id"])
    order = await get_order(uow, payment.order_id)
    if finished.ok:
        await apply_facts(uow, payment, order, calls.read_facts(finished.result["facts"]))
        return
    cause = str(finished.result.get("error", ""))[:300]
    words = await describe_order(
        uow, "hold-refused", order, provider=provider_name(payment.provider), cause=cause
    )
    key = f"pay:{payment.id}:hold-refused:{payment.checks}"
    await tell_admins(uow, words, key, buttons_of(payment), ref_of(payment.id))
    await ask_now(uow, payment.id)
