"""What providers renew by themselves: each of their charges becomes a payment of ours, compared like any other."""

from dataclasses import replace
from typing import Any

from core.db.session import UnitOfWork
from core.events import JobFinished, RenewalSeen, RenewalStopped
from core.lifecycle import PaymentKind, PaymentStatus
from payment.base import PaymentFacts, PaymentState
from services.commerce.payments import calls, moves, notices
from services.commerce.payments.payments import apply_facts, find_by_external_id, get_order, get_payment
from services.commerce.schemas import Subscription
from services.commerce.store.plans import subscriptions as store
from services.commerce.subscriptions import telling
from services.commerce.subscriptions.subscriptions import get, stop


async def take_renewal(uow: UnitOfWork, seen: RenewalSeen) -> None:
    """A charge of the provider's own: kept once under its number there, then settled like any other."""
    facts = calls.read_facts(seen.facts)
    subscription = await _find(uow, seen.provider, facts.previous_id, facts.payment_id or seen.payment_id)
    if subscription is None:
        if facts.state is PaymentState.SUCCEEDED:
            await notices.report_unknown_payment(uow, seen.provider, facts)
        return
    if facts.state is not PaymentState.SUCCEEDED:
        return  # it tries again by itself; the end comes by our timer
    known = await find_by_external_id(uow, seen.provider, facts.external_id)
    payment_id = known.id if known else await moves.add_payment_once(uow, _row(uow, subscription, facts))
    if payment_id is not None:
        payment, order = await get_payment(uow, payment_id), await get_order(uow, subscription.order_id)
        await apply_facts(uow, payment, order, replace(facts, payment_id=None))


async def on_stopped(uow: UnitOfWork, told: RenewalStopped) -> None:
    """Somebody has ended it at the provider: nothing is charged any more, and what is paid stays."""
    subscription = await _find(uow, told.provider, told.profile, told.payment_id)
    if subscription is not None:
        await stop(uow, subscription, is_known=True)


async def _find(uow: UnitOfWork, provider: str, profile: str, payment_id: int | None) -> Subscription | None:
    renewal = None
    if profile:
        renewal = await store.find_of_profile(uow.conn, uow.account_id, provider, profile)
    if renewal is None and payment_id:
        first = await get_payment(uow, payment_id)
        renewal = await store.find_of_order(uow.conn, uow.account_id, first.order_id)
    return await get(uow, renewal) if renewal is not None else None


def _row(uow: UnitOfWork, subscription: Subscription, facts: PaymentFacts) -> dict[str, Any]:
    return {
        "order_id": subscription.order_id,
        "subscription_id": subscription.id,
        "key": None,
        "kind": PaymentKind.RENEWAL,
        "provider": subscription.provider,
        "external_id": facts.external_id,
        "profile": subscription.profile or None,
        "amount": subscription.price,
        "currency": subscription.currency,
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
        "made_at": uow.real_now,
    }


async def on_stop_answered(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider renews it no more; where it could not be told, somebody has to do it."""
    if not finished.ok:
        subscription = await get(uow, finished.payload["subscription_id"])
        await telling.tell_stop_failed(uow, subscription, str(finished.result.get("error", "")))
