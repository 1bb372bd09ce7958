"""From one subscription of a course to another that is included in it: said now, done with the next charge."""

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import AccessGranted
from core.lifecycle import AccessChange, AccessStatus
from core.rules import subscription as rules
from core.rules.subscription import Means
from services.commerce.access.manual_access import close_access
from services.commerce.catalog.plans import say_per
from services.commerce.catalog.tariffs import get_tariff_by_id, terms_of
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import Change, Payment, Subscription, Tariff
from services.commerce.store import access as access_store
from services.commerce.store.plans import subscriptions as store
from services.commerce.subscriptions.telling import CHANGE, PRESS, STOP, button, day
from services.delivery import speech
from services.delivery.speech import Address, Keyboard
from services.people.contacts import get_contact
from services.people.schemas import Contact

MARK = "~"  # between what a button is about and the terms it showed


async def offer(uow: UnitOfWork, contact: Contact, tariff: Tariff, to: Address, key: str) -> bool:
    """Say that a tariff can come in place of what a person subscribes to, and when; False if they subscribe to nothing alike."""
    running = await _find_running(uow, contact, tariff)
    if running is None:
        return False
    await _say_offer(uow, running, tariff, to, key)
    return True


async def _find_running(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Subscription | None:
    """What of the same course a person pays each period, if the tariff is paid so too and in the same money."""
    if tariff.plan is None or not tariff.plan.is_endless or not tariff.is_active:
        return None
    for subscription in await store.list_live(uow.conn, uow.account_id, contact.id):
        owned = await get_tariff_by_id(uow, subscription.tariff_id)
        is_alike = owned.flow_id == tariff.flow_id and subscription.plan.is_endless
        if is_alike and owned.id != tariff.id and subscription.currency == tariff.currency:
            return subscription
    return None


async def _say_offer(
    uow: UnitOfWork, subscription: Subscription, tariff: Tariff, to: Address, key: str
) -> None:
    until = day(
        subscription, subscription.standing.paid_until, (await get_contact(uow, subscription.contact_id)).zone
    )
    is_theirs = subscription.standing.means is Means.PROVIDER
    words = speech.words(
        "change-by-hand" if is_theirs else "change-offer",
        owned=speech.named((await get_tariff_by_id(uow, subscription.tariff_id)).name),
        tariff=speech.named(tariff.name),
        price=say_per(tariff.price, tariff.currency, tariff.plan.period if tariff.plan else None),
        until=until,
    )
    target = f"{CHANGE}-{subscription.id}-{tariff.id}{MARK}{terms_of(tariff)}"
    change = speech.button(speech.words("button-sub-change", until=until), PRESS, target)
    stop: Keyboard = () if subscription.standing.is_stopped else [[button(STOP, subscription)]]
    speech.say(uow, to, words, key, buttons=stop if is_theirs else [[change]])


async def agree(uow: UnitOfWork, subscription: Subscription, pressed: str, to: Address, key: str) -> bool:
    """Have the tariff of a button come with the next charge; False if its terms have changed, which are said then.

    Raises NOT_ON_SALE for one that is sold no more, SUBSCRIPTION_NOT_FOUND for what cannot become it.
    """
    number, _, terms = pressed.partition(MARK)
    tariff = await get_tariff_by_id(uow, int(number))
    if not tariff.is_active or tariff.plan is None:
        raise DomainError(ErrorKind.CONFLICT, "NOT_ON_SALE", tariff.code)
    if subscription.standing.means is Means.PROVIDER or not (
        subscription.plan.is_endless and tariff.plan.is_endless
    ):
        raise DomainError(ErrorKind.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", number)
    if terms != terms_of(tariff):
        await _say_offer(uow, subscription, tariff, to, key)
        return False
    change = Change(tariff.id, tariff.plan, tariff.price)
    await keep(uow, subscription, change)
    return True


async def keep(uow: UnitOfWork, subscription: Subscription, change: Change | None) -> None:
    """Keep what comes with the next charge; None: it stays as it is."""
    await store.change(uow.conn, uow.account_id, subscription.id, store.write_change(change))


def is_of_change(subscription: Subscription, payment: Payment) -> bool:
    """Whether a charge is for the tariff it changes to: one that was begun before is for the former."""
    return subscription.change is not None and payment.amount == subscription.change.price


async def switch(uow: UnitOfWork, subscription: Subscription, change: Change, payment: Payment) -> None:
    """The first charge of the new tariff has come: that opens, the former closes."""
    row = {
        "contact_id": subscription.contact_id,
        "tariff_id": change.tariff_id,
        "payment_id": payment.id,
        "status": AccessStatus.ACTIVE,
        "granted_at": uow.now,
    }
    access_id = await access_store.grant(uow.conn, uow.account_id, row)
    if access_id is None:
        return
    standing = subscription.standing
    if change.plan.period != subscription.plan.period:
        standing = rules.changed(standing, (await get_contact(uow, subscription.contact_id)).zone)
    becomes = {"tariff_id": change.tariff_id, "access_id": access_id, "price": change.price}
    plan = {"plan": write_plan(change.plan)}
    values = {**store.write_standing(standing), **becomes, **plan, **store.write_change(None)}
    await store.change(uow.conn, uow.account_id, subscription.id, values)
    uow.publish(AccessGranted(access_id, None, subscription.contact_id, change.tariff_id))
    await close_access(uow, subscription.access_id, AccessChange.ENDED)
    logger.bind(event="subscription.changed", subscription=subscription.id, tariff=change.tariff_id).info(
        "subscription {} has another tariff", subscription.id
    )
