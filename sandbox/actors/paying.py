"""A person pays: the bot is asked first, then the money goes and both are told."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from sandbox.actors import subscribing
from sandbox.chats import invoices, posting, rendering
from sandbox.state import updates
from sandbox.state.calls import Violation
from sandbox.state.model import Bot, Chat, Message, Payment, Person
from sandbox.state.world import Checkout, World
from sandbox.wire.errors import ControlError

MAX_CHECKOUTS = 10_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Purchase:
    """What a person is about to pay: an offer of a bot, in a chat, perhaps from a message."""

    person: Person
    bot: Bot
    chat: Chat
    offer: Json
    message: Message | None = None


def of_message(world: World, person: Person, chat: Chat, message: Message) -> Purchase:
    """Take up the invoice in a message."""
    bot = world.bots.get(message.sender_id) or world.bots.get(int(message.body.get("via_bot", 0)))
    if bot is None or "checkout" not in message.body:
        raise ControlError("there is no invoice here")
    if person.id in message.body["checkout"]["paid_by"]:
        raise ControlError("this invoice is paid already")
    return Purchase(person, bot, chat, invoices.offer_of(message.body), message)


def of_link(world: World, person: Person, slug: str) -> Purchase:
    """Take up an invoice by its link."""
    offer = world.invoices.get(slug)
    if offer is None:
        raise ControlError("this invoice link is invalid")
    bot = world.bots[offer["bot_id"]]
    return Purchase(person, bot, world.private_chat(bot.id, person.id), offer)


async def pay(world: World, purchase: Purchase) -> Json:
    """Ask the bot, then pay; an `error` says why nothing was paid."""
    if purchase.person.deleted or not purchase.chat.present(purchase.person.id) or purchase.chat.blocked:
        raise ControlError(f"{purchase.person.first_name} cannot pay here")
    refusal = await _asked(world, purchase)
    if refusal:
        return {"paid": False, "error": refusal, "charge_id": "", "message": None}
    payment = _charged(world, purchase)
    message = _told(world, purchase, payment)
    if period := purchase.offer["subscription_period"]:
        subscribing.begin(world, payment, period)
    shown = posting.seen_by_people(world, message)
    return {"paid": True, "error": "", "charge_id": payment.charge_id, "message": shown}


async def _asked(world: World, purchase: Purchase) -> str:
    """Send the pre-checkout query and return the bot's refusal, empty for a yes."""
    number = str(5_100_000_000_000_000_000 + world.count("checkout") * 104_723)
    checkout = Checkout(number, purchase.bot.id, time.monotonic())
    world.checkouts[number] = checkout
    if len(world.checkouts) > MAX_CHECKOUTS:
        del world.checkouts[next(iter(world.checkouts))]
    updates.push(world, purchase.bot, "pre_checkout_query", _query(world, purchase, number))
    ttl = world.options.checkout_ttl
    await world.hub.until(f"checkout:{number}", ttl, lambda: checkout.refusal is not None)
    if checkout.refusal is None:
        _note_silence(world, purchase, checkout)
        return "the bot did not answer in time"
    return checkout.refusal


def _query(world: World, purchase: Purchase, number: str) -> Json:
    return {
        "id": number,
        "from": rendering.user(world, purchase.person.id),
        "currency": purchase.offer["currency"],
        "total_amount": purchase.offer["total_amount"],
        "invoice_payload": purchase.offer["payload"],
    }


def _note_silence(world: World, purchase: Purchase, checkout: Checkout) -> None:
    detail = f"pre-checkout query {checkout.id}"
    name = purchase.bot.username
    world.log.violated(Violation("pre_checkout_unanswered", name, checkout.at, detail, purchase.chat.id))


def _charged(world: World, purchase: Purchase) -> Payment:
    offer, is_stars = purchase.offer, purchase.offer["currency"] == invoices.STARS
    payment = Payment(
        charge_id=("stx" if is_stars else "tch") + secrets.token_urlsafe(24),
        bot_id=purchase.bot.id,
        person_id=purchase.person.id,
        currency=offer["currency"],
        amount=offer["total_amount"],
        payload=offer["payload"],
        date=world.clock.date(),
        provider_charge_id="" if is_stars else secrets.token_hex(12),
    )
    world.payments[payment.charge_id] = payment
    return payment


def _told(world: World, purchase: Purchase, payment: Payment) -> Message:
    """Write the receipt into the chat, which is how the bot hears of the payment."""
    note: Json = {
        "currency": payment.currency,
        "total_amount": payment.amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": payment.charge_id,
        "provider_payment_charge_id": payment.provider_charge_id or f"{payment.person_id}_{payment.date}",
    }
    if period := purchase.offer["subscription_period"]:
        note |= {"subscription_expiration_date": payment.date + period, "is_recurring": True}
        note["is_first_recurring"] = True
    invoice = purchase.message
    if invoice is not None:
        sheet = invoice.body["checkout"]
        invoice.body = {
            **invoice.body,
            "checkout": {**sheet, "paid_by": [*sheet["paid_by"], purchase.person.id]},
        }
        posting.show(world, purchase.chat, invoice, "message")
    chat, person = purchase.chat, purchase.person
    reply = invoice.id if invoice is not None else 0
    message = posting.post(world, chat, person.id, {"successful_payment": note}, reply_to=reply)
    posting.announce(world, chat, message)
    return message
