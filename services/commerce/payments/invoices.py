"""What is to be paid, with the button that leads there, and what a promo code took off it."""

from core.db.session import UnitOfWork
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.payments.accounts import list_ways, takes_no_money
from services.commerce.payments.calls import find_tariff_of
from services.commerce.promo import uses
from services.commerce.schemas import Order, Payment
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words


async def say_invoice(
    uow: UnitOfWork,
    order: Order,
    payment: Payment,
    key: str,
    text: str = "order-pay",
    below: Keyboard = (),
) -> None:
    """Say what is to be paid, with the button that leads there, and others `below`; without a page the payment runs by itself."""
    url, amount = payment.url, speech.price(payment.amount, payment.currency)
    tariff = await get_tariff_by_id(uow, await find_tariff_of(uow, payment, order))
    name = speech.named(tariff.name)
    if text == "order-pay":
        text = await _name_promise(uow, order, payment)
    words = speech.words(text if url else "order-wait", number=order.public_id, tariff=name, amount=amount)
    if payment.subscription_id is None:  # a code is for the first payment
        words = await tell_discount(uow, order, words)
    if await takes_no_money(uow):
        words = speech.lines(words, speech.words("no-money"))
    buttons = [[speech.link_button(speech.words("button-pay"), url)]] if url else []
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, words, key, buttons=[*buttons, *below])


async def _name_promise(uow: UnitOfWork, order: Order, payment: Payment) -> str:
    """The text that says what follows a payment: it opens, goes on, or becomes a gift, at once or when we have confirmed it."""
    text = "order-pay-gift" if order.is_gift else "order-pay"
    if payment.subscription_id is not None:
        text = "sub-pay"
    ways = {way.provider: way for way in await list_ways(uow)}
    way = ways.get(payment.provider)
    return f"{text}-held" if way is not None and way.holds else text


async def tell_discount(uow: UnitOfWork, order: Order, words: Words) -> Words:
    """A text about an order with what a promo code took off it, if there was one."""
    code = await uses.find_code(uow, order.id) if order.discount else None
    if code is None:
        return words
    off = speech.price(order.discount, order.currency)
    return speech.lines(words, speech.words("order-discount", code=code, discount=off))
