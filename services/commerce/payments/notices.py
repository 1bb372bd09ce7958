"""What admins, and with them the buyer, are told when money does not go its way."""

import json
from collections.abc import Mapping
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.presses import PressKind
from payment.base import PaymentFacts, PaymentState
from payment.registry import name_provider
from services.commerce.catalog.tariffs import again_button, get_tariff_by_id, prices_button
from services.commerce.payments.refund_button import back_button
from services.commerce.schemas import Order, Payment
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.people.admins import tell_admins
from services.people.contacts import get_contact
from utils.signing import fingerprint

MOST_CAUSE = 300  # letters of a provider's words
AGAIN = {  # what is said of an order that brought nothing, by what its button orders the same again
    "order-failed": "button-pay-again",
    "order-failed-later": "button-pay-again",
    "order-failed-method": "button-pay-again",
    "order-expired": "button-order-again",
    "order-released": "button-order-again",
}


async def describe_order(uow: UnitOfWork, text: str, order: Order, **more: Any) -> Words:
    """A text about an order for admins: whose, which, for how much, which is its price unless another `amount` is given."""
    buyer = await get_contact(uow, order.contact_id)
    values = {
        "number": order.public_id,
        "person": buyer.full_name,
        "known": f"@{buyer.username}" if buyer.username else buyer.telegram_id,
        "tariff": speech.named((await get_tariff_by_id(uow, order.tariff_id)).name),
        "amount": speech.price(order.price, order.currency),
    }
    return speech.words(text, **{**values, **more})


async def describe_payment(uow: UnitOfWork, text: str, order: Order, payment: Payment, **more: Any) -> Words:
    """The same about a payment of it, which may be in another currency than its price, with its provider."""
    paid = speech.price(payment.amount, payment.currency)
    return await describe_order(
        uow, text, order, amount=paid, provider=provider_name(payment.provider), **more
    )


def provider_name(name: str) -> Words:
    """What a person calls a provider."""
    return speech.named(name_provider(name))


def settle_button(order_id: int) -> Mapping[str, Any]:
    """The button for who has seen the money in the provider's cabinet; it asks first."""
    return speech.button(speech.words("button-settle"), PressKind.ORDER_SETTLE_ASK, order_id)


def tell_buyer(uow: UnitOfWork, order: Order, text: str, key: str) -> None:
    """Say what became of an order that was not paid, with the button that orders the same again where that helps.

    Elsewhere the button shows what there is; a gift begins by its command.
    """
    words = speech.words(text, number=order.public_id)
    to = Address(order.bot_id, order.chat_id)
    if text in AGAIN:
        speech.say(uow, to, words, key, buttons=[[again_button(order, AGAIN[text])]])
        return
    if order.is_gift:
        speech.say(uow, to, speech.lines(words, speech.words("gift-again")), key)
        return
    speech.say(uow, to, words, key, buttons=[[prices_button()]])


def failed_key(payment: Payment) -> str:
    """Of what became of a payment that brought nothing one word is said, the first."""
    return f"pay:{payment.id}:failed"


async def report_no_checkout(uow: UnitOfWork, to: Address, key: str) -> None:
    """Nobody can pay here: the buyer hears it, and once a day the admins."""
    logger.bind(event="checkout.impossible").error("a tariff was pressed, and there is no payment provider")
    speech.say(uow, to, speech.words("checkout-closed"), key)
    await tell_admins(uow, speech.words("checkout-none"), f"checkout:none:{uow.now:%Y%m%d}")


async def report_full(uow: UnitOfWork, to: Address, key: str) -> None:
    """The account's plan takes nobody more: the buyer hears it before they pay, and once a day the admins."""
    speech.say(uow, to, speech.words("checkout-full"), key)
    await tell_admins(uow, speech.words("plan-turned-away"), f"plan:away:{uow.now:%Y%m%d}")


async def report_refusal(uow: UnitOfWork, order: Order, provider: str, cause: str) -> None:
    """A provider refuses to make payments: once a day and cause the admins hear it, whoever wants to buy."""
    words = speech.words(
        "checkout-refused", provider=provider_name(provider), cause=cause[:MOST_CAUSE], number=order.public_id
    )
    key = f"checkout:{provider}:{fingerprint(cause)[:12]}:{uow.now:%Y%m%d}"
    await tell_admins(uow, words, key)


async def report_unsettled(uow: UnitOfWork, order: Order, provider: str) -> None:
    """Nobody could find out whether an order was paid: somebody has to look where the money goes."""
    words = await describe_order(uow, "order-unsettled-admin", order, provider=provider_name(provider))
    await tell_admins(uow, words, f"order:{order.id}:unsettled", [[settle_button(order.id)]])


async def report_late_money(uow: UnitOfWork, order: Order) -> None:
    """An order was paid after it had been closed: it counts, and somebody may have paid twice; then one press asks to give back."""
    words = await describe_order(uow, "order-paid-late", order)
    back = speech.button(speech.words("button-order-refund"), PressKind.ORDER_REFUND, order.id)
    await tell_admins(uow, words, f"order:{order.id}:paid-late", [[back]])


async def report_difference(
    uow: UnitOfWork, order: Order, payment: Payment, facts: PaymentFacts, difference: Words
) -> None:
    """A provider speaks of another payment than the one that was asked for: nothing is granted, and admins look.

    Where money has come, the buyer hears that somebody does.
    """
    told = json.dumps(difference)
    logger.bind(event="payment.differs", order=order.public_id, provider=payment.provider).error(
        "order {}: the provider says {}", order.public_id, told
    )
    provider = provider_name(payment.provider)
    words = await describe_order(uow, "payment-differs", order, provider=provider, difference=difference)
    key = f"pay:{payment.id}:differs:{fingerprint(told + facts.state)[:12]}"
    if facts.state is not PaymentState.SUCCEEDED:
        await tell_admins(uow, words, key)
        return
    await tell_admins(uow, words, key, [[settle_button(order.id)]])
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, speech.words("order-differs", number=order.public_id), f"pay:{payment.id}:differs")


async def report_surplus(uow: UnitOfWork, order: Order, payment: Payment) -> None:
    """An order that had been paid was paid once more: one of the two has to go back, and the buyer hears that somebody does it."""
    words = await describe_payment(uow, "payment-surplus", order, payment)
    button = back_button("button-refund", payment, payment.amount)
    await tell_admins(uow, words, f"pay:{payment.id}:surplus", [[button]])
    amount = speech.price(payment.amount, payment.currency)
    told = speech.words("order-surplus", number=order.public_id, amount=amount)
    speech.say(uow, Address(order.bot_id, order.chat_id), told, f"pay:{payment.id}:surplus-buyer")


async def report_dispute(uow: UnitOfWork, order: Order, payment: Payment) -> None:
    """A buyer's bank wants the money back: it can be answered at the provider, and is noted once it is lost."""
    words = await describe_payment(uow, "payment-disputed", order, payment)
    lost = speech.button(speech.words("button-dispute-lost"), PressKind.DISPUTE_LOST, payment.id)
    await tell_admins(uow, words, f"pay:{payment.id}:disputed", [[lost]])


async def report_unknown_payment(uow: UnitOfWork, provider: str, facts: PaymentFacts) -> None:
    """Money came that belongs to no order of ours."""
    words = speech.words(
        "payment-unknown",
        provider=provider_name(provider),
        number=facts.external_id,
        amount=speech.price(facts.amount.amount, facts.amount.currency),
    )
    await tell_admins(uow, words, f"pay:{provider}:{facts.external_id}:unknown")
