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
    one = Subscription(
        charge_id=payment.charge_id,
        bot_id=payment.bot_id,
        person_id=payment.person_id,
        amount=payment.amount,
        payload=payment.payload,
        period=period,
        until=payment.date + period,
    )
    world.subscriptions[one.charge_id] = one
    _watch(world, one)


def watch_all(world: World) -> None:
    """Go on with those of a state that was kept."""
    for one in world.subscriptions.values():
        if not one.is_over:
            _watch(world, one)


def _watch(world: World, one: Subscription) -> None:
    at = one.until
    world.alarms.set(at, lambda: _renew(world, one) if one.until == at and not one.is_over else None)


def _renew(world: World, one: Subscription) -> None:
    """Take the next thirty days' Stars, unless somebody has ended it or there are none."""
    if one.is_canceled or one.is_stopped:
        one.is_over = True
    elif one.has_no_stars:
        one.is_over = True
        _tell(world, one, FAILED)
    else:
        one.until += one.period
        _charge(world, one)
        _watch(world, one)
    world.touch()


def _charge(world: World, one: Subscription) -> Message:
    payment = Payment(
        charge_id=f"stx{secrets.token_urlsafe(24)}",
        bot_id=one.bot_id,
        person_id=one.person_id,
        currency=STARS,
        amount=one.amount,
        payload=one.payload,
        date=world.clock.date(),
    )
    world.payments[payment.charge_id] = payment
    note: Json = {
        "currency": STARS,
        "total_amount": one.amount,
        "invoice_payload": one.payload,
        "telegram_payment_charge_id": payment.charge_id,
        "provider_payment_charge_id": f"{one.person_id}_{payment.date}",
        "subscription_expiration_date": one.until,
        "is_recurring": True,
    }
    chat = world.private_chat(one.bot_id, one.person_id)
    message = posting.post(world, chat, one.person_id, {"successful_payment": note})
    posting.announce(world, chat, message)
    return message


def _tell(world: World, one: Subscription, state: str) -> None:
    user = rendering.user(world, one.person_id)
    said = {"user": user, "invoice_payload": one.payload, "state": state}
    updates.push(world, world.bots[one.bot_id], "subscription", said)


def list_of(world: World, person: Person) -> list[Json]:
    """List a person's subscriptions, the oldest first."""
    return [asdict(one) for one in world.subscriptions.values() if one.person_id == person.id]


def act(world: World, person: Person, charge_id: str, wish: str) -> Json:
    """Do what a person does in Telegram's settings: `cancel` or `resume` it; or have no Stars (`empty`), or some (`fill`)."""
    one = world.subscriptions.get(charge_id)
    if one is None or one.person_id != person.id or one.is_over:
        raise ControlError("there is no such subscription")
    if wish in {"cancel", "resume"}:
        one.is_canceled = wish == "cancel"
        _tell(world, one, CANCELED if one.is_canceled else ACTIVE)
    elif wish in {"empty", "fill"}:
        one.has_no_stars = wish == "empty"
    else:
        raise ControlError(f"no such act: {wish}")
    world.touch()
    return asdict(one)


def stop(world: World, bot_id: int, person_id: int, charge_id: str, *, is_canceled: bool) -> bool:
    """Let the bot end one of its subscriptions, or allow it again; False if it has none of that first payment."""
    one = world.subscriptions.get(charge_id)
    if one is None or (one.bot_id, one.person_id) != (bot_id, person_id):
        return False
    one.is_stopped = is_canceled
    world.touch()
    return True
