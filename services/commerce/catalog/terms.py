"""What a tariff would cost a person now, with all that they have already."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.rules.periods import end_of
from core.rules.pricing import Paid, Quote, credit_of
from services.commerce.catalog.plans import quote_of
from services.commerce.catalog.upgrades import Difference, Kind, find_difference
from services.commerce.promo import uses
from services.commerce.schemas import Promo, Subscription, Tariff
from services.commerce.store import orders
from services.commerce.store.plans import subscriptions
from services.people.schemas import Contact


@dataclass(frozen=True)
class Asked:
    """A tariff as it is to one person: what they have of its course, the sums, and which subscriptions it replaces."""

    tariff: Tariff
    difference: Difference | None
    quote: Quote
    replaces: tuple[int, ...] = ()
    promo: Promo | None = None

    @property
    def is_included(self) -> bool:
        """Whether all it opens is open to them."""
        return self.difference is not None and self.difference.kind is Kind.INCLUDED


async def find_terms(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Asked:
    """Work out the sums; for what includes all they have of the course, less what was paid for that; less a promo code.

    What was bought for good stays beside a subscription, so only another subscription is taken off that.
    """
    difference = await find_difference(uow, contact.id, tariff)
    may_try = await _may_try(uow, contact.id, tariff)
    promo = await uses.find_for(uow, contact.id, tariff)
    if difference is None or difference.kind is not Kind.UPGRADE:
        told = quote_of(tariff, 0, may_try=may_try, promo=promo)
        return Asked(tariff, difference, told, promo=promo if told.promo else None)
    owned = [tariff.id for tariff in difference.owned]
    running = await subscriptions.list_live(uow.conn, uow.account_id, contact.id, owned)
    paid = [
        await _paid_for(uow, subscription, contact.zone)
        for subscription in running
        if subscription.currency == tariff.currency
    ]
    if tariff.plan is None or not tariff.plan.is_endless:
        paid += await orders.list_paid(uow.conn, uow.account_id, contact.id, owned, tariff.currency, uow.now)
    told = quote_of(tariff, credit_of(paid, uow.now), may_try=may_try and not paid, promo=promo)
    replaced = tuple(subscription.id for subscription in running)
    return Asked(tariff, difference, told, replaced, promo if told.promo else None)


async def _may_try(uow: UnitOfWork, contact_id: int, tariff: Tariff) -> bool:
    """A trial is for who is new to the course."""
    if tariff.plan is None or not tariff.plan.trial_days:
        return False
    scope = (uow.conn, uow.account_id, contact_id, tariff.flow_id)
    return not (await subscriptions.had_any(*scope) or await subscriptions.had_course(*scope))


async def _paid_for(uow: UnitOfWork, subscription: Subscription, zone: str) -> Paid:
    """What was paid for the period that is running; of instalments, all of them count among the orders."""
    last = await subscriptions.find_last_paid(uow.conn, uow.account_id, subscription.order_id)
    standing, period = subscription.standing, subscription.plan.period
    if last is None or period is None or not subscription.plan.is_endless or not standing.charges:
        return Paid(0)
    since = end_of(standing.anchor, period, standing.periods - 1, zone)
    frozen_for = uow.now - standing.frozen_at if standing.frozen_at else uow.now - uow.now
    return Paid(last[0], last[1], since + frozen_for, standing.paid_until + frozen_for)
