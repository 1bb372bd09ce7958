"""`/subscription`: what a person pays in charges, how it stands, and the buttons that stop it, go on with it or pay."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import SubscriptionState
from core.rules.subscription import Means
from services.commerce.catalog.tariffs import prices_button
from services.commerce.schemas import Subscription, Tariff
from services.commerce.store.plans import subscriptions as store
from services.commerce.subscriptions import changing, charging, subscriptions
from services.commerce.subscriptions.telling import CHANGE, KEEP, PAY, RESUME, STOP, button, values_of
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen
from services.people.schemas import Contact


async def show_all(uow: UnitOfWork, contact: Contact, to: Address, key: str) -> None:
    """Say each one that has not ended, or that there is none."""
    live = await store.list_live(uow.conn, uow.account_id, contact.id)
    for subscription in live:
        await show(uow, subscription, Screen(to, f"{key}:{subscription.id}"))
    if not live:
        speech.say(uow, to, speech.words("sub-none"), key, buttons=[[prices_button()]])


async def show(uow: UnitOfWork, subscription: Subscription, screen: Screen) -> None:
    """Say how one stands."""
    speech.show(
        uow,
        screen,
        speech.words(_text(subscription), **await values_of(uow, subscription)),
        _buttons(subscription),
    )


async def show_of_tariff(uow: UnitOfWork, contact: Contact, tariff: Tariff, to: Address, key: str) -> bool:
    """Say how the one stands that a person has of a tariff; False if there is none."""
    live = await store.list_live(uow.conn, uow.account_id, contact.id, [tariff.id])
    for subscription in live:
        await show(uow, subscription, Screen(to, key))
    return bool(live)


async def press(uow: UnitOfWork, contact: Contact, pressed: str, screen: Screen) -> bool:
    """A button about one of theirs; True if a page to pay on is being made and comes in a moment.

    Raises SUBSCRIPTION_NOT_FOUND for another's or one that is over.
    """
    what, _, number = pressed.partition("-")
    number, _, about = number.partition("-")
    subscription = await subscriptions.get(uow, int(number))
    if subscription.contact_id != contact.id or subscription.standing.state is SubscriptionState.ENDED:
        raise DomainError(ErrorKind.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", number)
    if what == PAY:
        return await charging.ask_page(uow, subscription, f"{screen.key}:page")
    if what == CHANGE and not await changing.agree(
        uow, subscription, about, screen.to, f"{screen.key}:terms"
    ):
        return False
    if what == KEEP:
        await changing.keep(uow, subscription, None)
    elif what == STOP:
        await subscriptions.stop(uow, subscription)
    elif what in {RESUME, CHANGE}:  # who changes it wants it to go on
        await subscriptions.resume(uow, subscription)
    now = await subscriptions.get(uow, subscription.id)
    if now.standing.state is not SubscriptionState.ENDED:
        await show(uow, now, screen)
    return False


def _text(subscription: Subscription) -> str:
    standing = subscription.standing
    if standing.is_stopped:
        return "sub-card-stopped"
    if subscription.change is not None and standing.state is not SubscriptionState.GRACE:
        return "sub-card-change"
    if standing.state is SubscriptionState.TRIAL:
        return "sub-card-trial"
    if standing.state is not SubscriptionState.ACTIVE:
        return f"sub-card-{standing.state}"
    return "sub-card-parts" if subscription.plan.parts else f"sub-card-{standing.means}"


def _buttons(subscription: Subscription) -> Keyboard:
    standing = subscription.standing
    if standing.is_stopped:
        return [[button(RESUME, subscription)]]
    keys: list[list[Mapping[str, Any]]] = []
    if standing.state in {SubscriptionState.TRIAL, SubscriptionState.GRACE} or standing.means is Means.HAND:
        keys.append([button(PAY, subscription)])
    if standing.state is not SubscriptionState.FROZEN and standing.means is not Means.HAND:
        keys.append([button(STOP, subscription)])
    if subscription.change is not None:
        keys.insert(0, [button(KEEP, subscription)])
    return keys
