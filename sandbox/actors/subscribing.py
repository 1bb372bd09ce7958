"""Subscriptions in Stars: renewed by themselves every thirty days, ended by the person, by the bot, or by an empty purse."""

import secrets
from dataclasses import asdict
from typing import Any

from sandbox.chats import posting, rendering
from sandbox.chats.invoices import STARS
from sandbox.state import updates
from sandbox.state.model import Message, Payment, Person, Subscription
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

ACTIVE, CANCELED, FAILED = "active", "canceled", "failed"
Json = dict[str, Any]


def begin(world: World, payment: Payment, period: int) -> None:
    """Renew from now on what was paid for the first time."""
    subscription = Subscription(
        charge_id=payment.charge_id,
        bot_id=payment.bot_id,
        person_id=payment.person_id,
        amount=payment.amount,
        payload=payment.payload,
        period=period,
        until=payment.date + period,
    )
    world.subscriptions[subscription.charge_id] = subscription
    _watch(world, subscription)


def watch_all(world: World) -> None:
    """Go on with those of a state that was kept."""
    for subscription in world.subscriptions.values():
        if not subscription.is_over:
            _watch(world, subscription)


def _watch(world: World, subscription: Subscription) -> None:
    at = subscription.until
    world.alarms.set(
        at,
        lambda: (
            _renew(world, subscription) if subscription.until == at and not subscription.is_over else None
        ),
    )


def _renew(world: World, subscription: Subscription) -> None:
    """Take the next thirty days' Stars, unless somebody has ended it or there are none."""
    if subscription.is_canceled or subscription.is_stopped:
        subscription.is_over = True
    elif subscription.has_no_stars:
        subscription.is_over = True
        _tell(world, subscription, FAILED)
    else:
        subscription.until += subscription.period
        _charge(world, subscription)
        _watch(world, subscription)
    world.touch()


def _charge(world: World, subscription: Subscription) -> Message:
    payment = Payment(
        charge_id=f"stx{secrets.token_urlsafe(24)}",
        bot_id=subscription.bot_id,
        person_id=subscription.person_id,
        currency=STARS,
        amount=subscription.amount,
        payload=subscription.payload,
        date=world.clock.date(),
    )
    world.payments[payment.charge_id] = payment
    note: Json = {
        "currency": STARS,
        "total_amount": subscription.amount,
        "invoice_payload": subscription.payload,
        "telegram_payment_charge_id": payment.charge_id,
        "provider_payment_charge_id": f"{subscription.person_id}_{payment.date}",
        "subscription_expiration_date": subscription.until,
        "is_recurring": True,
    }
    chat = world.private_chat(subscription.bot_id, subscription.person_id)
    message = posting.post(world, chat, subscription.person_id, {"successful_payment": note})
    posting.announce(world, chat, message)
    return message


def _tell(world: World, subscription: Subscription, state: str) -> None:
    user = rendering.user(world, subscription.person_id)
    said = {"user": user, "invoice_payload": subscription.payload, "state": state}
    updates.push(world, world.bots[subscription.bot_id], "subscription", said)


def list_of(world: World, person: Person) -> list[Json]:
    """List a person's subscriptions, the oldest first."""
    return [
        asdict(subscription)
        for subscription in world.subscriptions.values()
        if subscription.person_id == person.id
    ]


def act(world: World, person: Person, charge_id: str, wish: str) -> Json:
    """Do what a person does in Telegram's settings: `cancel` or `resume` it; or have no Stars (`empty`), or some (`fill`)."""
    subscription = world.subscriptions.get(charge_id)
    if subscription is None or subscription.person_id != person.id or subscription.is_over:
        raise ControlError("there is no such subscription")
    if wish in {"cancel", "resume"}:
        subscription.is_canceled = wish == "cancel"
        _tell(world, subscription, CANCELED if subscription.is_canceled else ACTIVE)
    elif wish in {"empty", "fill"}:
        subscription.has_no_stars = wish == "empty"
    else:
        raise ControlError(f"no such act: {wish}")
    world.touch()
    return asdict(subscription)


def stop(world: World, bot_id: int, person_id: int, charge_id: str, *, is_canceled: bool) -> bool:
    """Let the bot end one of its subscriptions, or allow it again; False if it has none of that first payment."""
    subscription = world.subscriptions.get(charge_id)
    if subscription is None or (subscription.bot_id, subscription.person_id) != (bot_id, person_id):
        return False
    subscription.is_stopped = is_canceled
    world.touch()
    return True
