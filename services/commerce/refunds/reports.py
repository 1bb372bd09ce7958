"""What admins are told of refunds, with the buttons that do what may come next."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.money import Money
from core.presses import PressKind
from services.commerce.payments.notices import describe_payment
from services.commerce.payments.refund_button import BY_TARIFF, CLOSES, KEEPS, back_button
from services.commerce.schemas import Order, Payment, Refund
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.admins import end_cards, list_admins, tell_admins

MOST_CAUSE = 300  # letters of a provider's words
DONE = PressKind.REFUND_DONE  # it has been given back by hand: refund
NOT_DONE = PressKind.REFUND_NOT_DONE  # it has not gone back: refund
CAUSES = {  # words of providers that have a text of their own
    "insufficient_funds": "refund-cause-funds",
    "rejected_by_payee": "refund-cause-payee",
    "whole_only": "refund-cause-whole",
}


def done_button(refund: Refund) -> Mapping[str, Any]:
    """The button for who has given the money back in the provider's cabinet."""
    return speech.button(speech.words("button-refund-done"), DONE, refund.id)


async def describe_refund(
    uow: UnitOfWork, text: str, order: Order, payment: Payment, amount: int, **more: Any
) -> Words:
    """A text about money of an order that is to go back, for admins."""
    sum_back = speech.price(amount, payment.currency)
    return await describe_payment(uow, text, order, payment, refund=sum_back, **more)


def explain(cause: str) -> Words:
    """Why a provider gives nothing back, in plain words where it is known."""
    known = next((text for word, text in CAUSES.items() if word in cause), None)
    return speech.words(known) if known else cause[:MOST_CAUSE] or "–"


def ref_of(refund_id: int) -> str:
    """Names a refund beside the cards that ask about it."""
    return f"refund:{refund_id}"


async def ask_by_hand(uow: UnitOfWork, order: Order, payment: Payment, refund: Refund) -> None:
    """Ask the admins to send money back in the provider's cabinet, and to say so then; the buyer hears of it after that."""
    words, buttons = await write_question(uow, order, payment, refund)
    await tell_admins(uow, words, f"refund:{refund.id}:by-hand:{refund.checks}", buttons, ref_of(refund.id))


async def write_question(
    uow: UnitOfWork, order: Order, payment: Payment, refund: Refund
) -> tuple[Words, Keyboard]:
    """What somebody is to do by hand, with the buttons that say they did, or that nothing goes back."""
    words = await describe_refund(uow, "refund-by-hand", order, payment, refund.amount)
    no = speech.button(speech.words("button-refund-leave"), NOT_DONE, refund.id)
    return words, [[done_button(refund)], [no]]


async def end_question(uow: UnitOfWork, order: Order, payment: Payment, refund: Refund, text: str) -> None:
    """It is known what became of a refund: whatever asked admins about it says so, and has no buttons any more."""
    over = await describe_refund(uow, text, order, payment, refund.amount)
    for admin in await list_admins(uow):
        await end_cards(uow, admin, ref_of(refund.id), over)


async def report_refused(uow: UnitOfWork, order: Order, payment: Payment, refund: Refund, cause: str) -> None:
    """The provider gives nothing back: why, and what can be done."""
    words = await describe_refund(uow, "refund-refused", order, payment, refund.amount, cause=explain(cause))
    choice = BY_TARIFF if refund.closes is None else CLOSES if refund.closes else KEEPS
    again = back_button("button-refund-again", payment, refund.amount, choice)
    buttons = [[again], [done_button(refund)]]
    await tell_admins(uow, words, f"refund:{refund.id}:refused", buttons, ref_of(refund.id))


async def report_unknown(uow: UnitOfWork, order: Order, payment: Payment, refund: Refund) -> None:
    """Nobody could find out whether money went back: somebody has to look."""
    words = await describe_refund(uow, "refund-unknown", order, payment, refund.amount)
    no = speech.button(speech.words("button-refund-not-done"), NOT_DONE, refund.id)
    buttons = [[done_button(refund)], [no]]
    await tell_admins(uow, words, f"refund:{refund.id}:unknown", buttons, ref_of(refund.id))


async def report_difference(
    uow: UnitOfWork, order: Order, payment: Payment, refund: Refund, other: Money
) -> None:
    """The provider gave another sum back than was asked for."""
    there = speech.price(other.amount, other.currency)
    words = await describe_refund(uow, "refund-differs", order, payment, refund.amount, there=there)
    await tell_admins(uow, words, f"refund:{refund.id}:differs")
