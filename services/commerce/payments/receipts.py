"""The receipt of a payment: said at most once by ourselves, and when nobody knows whether it came, admins are told."""

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.lifecycle import Priority
from core.money import Money
from core.presses import PressKind
from services.commerce.payments.notices import describe_order
from services.commerce.payments.payments import get_order
from services.commerce.schemas import Order, Payment, Tariff
from services.commerce.store import receipts as store
from services.delivery import speech
from services.delivery.sending.dead_letters import replay_dead_letter
from services.delivery.speech import Address, Words
from services.people.admins import list_admins

AGAIN = PressKind.RECEIPT_AGAIN  # kind of the button that sends a held receipt again: call-order
CALL = "call"  # what the receipt is among the dead letters


def say_receipt(uow: UnitOfWork, order: Order, tariff: Tariff, payment: Payment | None) -> None:
    """Say that the money has come, once per order: as much as was paid, in its own currency, and whether it was play money."""
    paid = Money(payment.amount, payment.currency) if payment else Money(order.price, order.currency)
    words = speech.words(
        "order-paid" if paid.amount else "order-free",
        number=order.public_id,
        tariff=speech.named(tariff.name),
        amount=speech.price(paid.amount, paid.currency),
    )
    to = Address(order.bot_id, order.chat_id)
    words = own_up_to_test(words, payment)
    speech.say(uow, to, words, store.receipt_key(order.id), priority=Priority.TRANSACTIONAL)


def own_up_to_test(words: Words, payment: Payment | None) -> Words:
    """Words that say something is paid; of a test they also say that no money was taken."""
    is_test = payment is not None and payment.is_test and payment.amount
    return speech.lines(words, speech.words("paid-test")) if is_test else words


async def report_held(db: Database) -> None:
    """Tell the admins of each receipt that is held because nobody knows whether it came, once.

    What they are told is no receipt: if nobody knows whether that came, nothing follows from it.
    """
    async with db.reading() as conn:
        held = await store.list_unreported(conn)
    for account_id, call_id, order_id in held:
        async with db.unit(account_id) as uow:
            await _report(uow, call_id, order_id)


async def _report(uow: UnitOfWork, call_id: int, order_id: int) -> None:
    admins = await list_admins(uow)
    if not admins:
        return  # `tandem doctor` shows it all the same
    logger.bind(event="receipt.held", outbox_id=call_id, order_id=order_id).warning(
        "nobody knows whether the receipt of order {} came; {} admins are told", order_id, len(admins)
    )
    words = await describe(uow, "receipt-held", order_id)
    button = speech.button(speech.words("button-receipt-again"), AGAIN, f"{call_id}-{order_id}")
    for number, admin in enumerate(admins):
        speech.say(uow, admin, words, store.report_key(call_id, number), buttons=[[button]])


async def send_again(uow: UnitOfWork, call_id: int) -> bool:
    """Put a held receipt back in line; False if that has been done."""
    return await replay_dead_letter(uow, CALL, call_id) > 0


async def describe(uow: UnitOfWork, key: str, order_id: int) -> Words:
    """A text about an order's receipt, for admins."""
    return await describe_order(uow, key, await get_order(uow, order_id))
