"""The charges after the first one, each asked for once: by a saved method, or on a page where the person pays by hand."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import PaymentKind, PaymentStatus
from core.money import Money
from core.rules.pricing import split
from services.commerce.payments import calls, moves
from services.commerce.payments.accounts import list_ways
from services.commerce.payments.invoices import say_invoice
from services.commerce.payments.payments import get_order, get_payment, request_payment
from services.commerce.schemas import Subscription
from services.commerce.store.plans import subscriptions as store
from services.people.contacts import get_contact


def next_amount(subscription: Subscription) -> int:
    """What the next charge is for: a period, of the tariff it changes to if it does, or the next part."""
    if subscription.change is not None:
        return subscription.change.price
    if not subscription.plan.parts:
        return subscription.price
    charges = split(subscription.price, subscription.plan.parts)
    return charges[min(subscription.standing.charges, len(charges) - 1)]


async def charge(uow: UnitOfWork, subscription: Subscription) -> None:
    """Have the saved method charged; the same period's same try is charged once."""
    await _add(
        uow,
        subscription,
        f"sub:{subscription.id}:{subscription.standing.charges}:{subscription.standing.tries}",
        subscription.provider,
        subscription.method,
    )


async def ask_page(uow: UnitOfWork, subscription: Subscription, key: str) -> bool:
    """Have a page made where the next charge is paid by hand; the one that is open is shown again, which gives False."""
    open_charge = await store.find_open_charge(
        uow.conn, uow.account_id, subscription.id, next_amount(subscription)
    )
    if open_charge is not None:
        payment_id, url = open_charge
        if url:
            order = await get_order(uow, subscription.order_id)
            await say_invoice(uow, order, await get_payment(uow, payment_id), key)
        return not url
    prefix = f"sub:{subscription.id}:{subscription.standing.charges}:hand:"
    number = await store.count_charges(uow.conn, uow.account_id, prefix)
    await _add(uow, subscription, f"{prefix}{number}", await _find_provider(uow, subscription), None)
    return True


async def _find_provider(uow: UnitOfWork, subscription: Subscription) -> str:
    """The one it was begun with, else the first here that takes its currency; raises WAY_GONE if none does."""
    price = Money(subscription.price, subscription.currency)
    there_are = [way.provider for way in await list_ways(uow) if way.charge(price, None) is not None]
    if subscription.provider in there_are:
        return subscription.provider
    if not there_are:
        raise DomainError(ErrorKind.CONFLICT, "WAY_GONE", subscription.provider)
    return there_are[0]


async def _add(
    uow: UnitOfWork, subscription: Subscription, key: str, provider: str, method: str | None
) -> None:
    row = {
        "order_id": subscription.order_id,
        "subscription_id": subscription.id,
        "key": key,
        "kind": PaymentKind.INSTALMENT if subscription.plan.parts else PaymentKind.RENEWAL,
        "provider": provider,
        "amount": next_amount(subscription),
        "currency": subscription.currency,
        "method": method,
        "method_title": subscription.method_title if method else None,
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
        "made_at": uow.real_now,
    }
    payment_id = await moves.add_payment_once(uow, row)
    if payment_id is not None:
        await request_payment(uow, payment_id)


async def stop_renewal(uow: UnitOfWork, subscription: Subscription) -> None:
    """Have the provider renew it no more."""
    number = (
        f"{subscription.plan.provider_plan}:{subscription.profile}"
        if subscription.plan.provider_plan
        else subscription.profile
    )
    person = await get_contact(uow, subscription.contact_id)
    await calls.add_stop(uow, subscription.id, subscription.provider, number, person.telegram_id)
