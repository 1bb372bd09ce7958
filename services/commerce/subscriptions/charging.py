"""The charges after the first one, each asked for once: by a saved method, or on a page where she pays herself."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import PaymentKind, PaymentStatus
from core.money import Money
from core.rules.pricing import split
from services.commerce.payments import calls
from services.commerce.payments.accounts import list_ways
from services.commerce.payments.invoices import say_invoice
from services.commerce.payments.payments import get_order, get_payment, request_payment
from services.commerce.schemas import Subscription
from services.commerce.store import orders as orders_store
from services.commerce.store.plans import subscriptions as store
from services.people.contacts import get_contact


def next_amount(one: Subscription) -> int:
    """What the next charge is for: a period, of the tariff it changes to if it does, or the next part."""
    if one.change is not None:
        return one.change.price
    if not one.plan.parts:
        return one.price
    charges = split(one.price, one.plan.parts)
    return charges[min(one.standing.charges, len(charges) - 1)]


async def charge(uow: UnitOfWork, one: Subscription) -> None:
    """Have the saved method charged; the same period's same try is charged once."""
    await _add(
        uow, one, f"sub:{one.id}:{one.standing.charges}:{one.standing.tries}", one.provider, one.method
    )


async def ask_page(uow: UnitOfWork, one: Subscription, key: str) -> bool:
    """Have a page made where the next charge is paid by hand; the one that is open is shown again, which gives False."""
    found = await store.find_open_charge(uow.conn, uow.account_id, one.id, next_amount(one))
    if found is not None:
        payment_id, url = found
        if url:
            order = await get_order(uow, one.order_id)
            await say_invoice(uow, order, await get_payment(uow, payment_id), key)
        return not url
    prefix = f"sub:{one.id}:{one.standing.charges}:hand:"
    number = await store.count_charges(uow.conn, uow.account_id, prefix)
    await _add(uow, one, f"{prefix}{number}", await _find_provider(uow, one), None)
    return True


async def _find_provider(uow: UnitOfWork, one: Subscription) -> str:
    """The one it was begun with, else the first here that takes its currency; raises WAY_GONE if none does."""
    price = Money(one.price, one.currency)
    there_are = [way.provider for way in await list_ways(uow) if way.charge(price, None) is not None]
    if one.provider in there_are:
        return one.provider
    if not there_are:
        raise DomainError(ErrorKind.CONFLICT, "WAY_GONE", one.provider)
    return there_are[0]


async def _add(uow: UnitOfWork, one: Subscription, key: str, provider: str, method: str | None) -> None:
    row = {
        "order_id": one.order_id,
        "subscription_id": one.id,
        "key": key,
        "kind": PaymentKind.INSTALMENT if one.plan.parts else PaymentKind.RENEWAL,
        "provider": provider,
        "amount": next_amount(one),
        "currency": one.currency,
        "method": method,
        "method_title": one.method_title if method else None,
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
        "made_at": uow.real_now,
    }
    payment_id = await orders_store.add_payment_once(uow.conn, uow.account_id, row)
    if payment_id is not None:
        await request_payment(uow, payment_id)


async def stop_renewal(uow: UnitOfWork, one: Subscription) -> None:
    """Have the provider renew it no more."""
    number = f"{one.plan.provider_plan}:{one.profile}" if one.plan.provider_plan else one.profile
    person = await get_contact(uow, one.contact_id)
    await calls.add_stop(uow, one.id, one.provider, number, person.telegram_id)
