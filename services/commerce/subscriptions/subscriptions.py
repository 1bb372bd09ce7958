"""What is paid in charges: it begins with an order, goes on by a timer, and each step follows from `core.rules`."""

from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import AccessGranted, AccessRevoked, ChargeFailed, ChargePaid
from core.lifecycle import AccessChange, SubscriptionEnd, SubscriptionState
from core.rules import subscription as rules
from core.rules.subscription import Act, Means, Plan, Standing
from payment.base import Advice
from services.commerce.access.manual_access import close_access, reopen_ended
from services.commerce.catalog.plans import rules_of
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import Order, Payment, Subscription
from services.commerce.store.plans import subscriptions as store
from services.commerce.subscriptions import changing, charging, telling
from services.delivery.timers import drop_timers, set_timer
from services.people.contacts import get_contact

TIMER = "subscription"
MOST_STEPS = 10  # at one moment; more would be a mistake of the rules


async def start(uow: UnitOfWork, granted: AccessGranted) -> None:
    """An order is paid: what it replaces ends, and what is paid in charges begins."""
    if granted.order_id is None:
        return
    order = await get_order(uow, granted.order_id)
    for replaced in order.replaces:
        await _replace(uow, replaced)
    if order.plan is None:
        return
    payment_id = await store.get_payment_id(uow.conn, uow.account_id, granted.access_id)
    payment = await get_payment(uow, payment_id)
    for known in await store.list_live(uow.conn, uow.account_id, order.contact_id, [order.tariff_id]):
        await _lengthen(uow, known, payment, granted.access_id)
        return
    subscription = await _add(uow, order, payment, granted.access_id)
    await telling.tell_begun(uow, subscription, order)
    await _go_on(uow, subscription)


async def _lengthen(uow: UnitOfWork, subscription: Subscription, payment: Payment, access_id: int) -> None:
    """An older order for what is running was paid late: the money is for one charge more, not for a second access."""
    await close_access(uow, access_id, AccessChange.ENDED)
    await _take_charge(uow, await get(uow, subscription.id), payment)


async def _add(uow: UnitOfWork, order: Order, payment: Payment, access_id: int) -> Subscription:
    plan = order.plan
    if plan is None:
        raise DomainError(ErrorKind.INVALID, "NO_PLAN", order.public_id)
    means = Means.SAVED if payment.method else Means.PROVIDER if payment.profile else Means.HAND
    zone = (await get_contact(uow, order.contact_id)).zone
    trial = timedelta(days=plan.trial_days) if plan.trial_days else None
    standing = rules.start(rules_of(plan, uow.env), means, uow.now, zone, trial)
    about = {
        "contact_id": order.contact_id,
        "tariff_id": order.tariff_id,
        "order_id": order.id,
        "access_id": access_id,
        "plan": write_plan(plan),
        "price": _whole_price(order, payment),
        "currency": payment.currency,
        "provider": payment.provider,
        "method": payment.method or None,
        "method_title": payment.method_title or None,
        "profile": payment.profile or None,
        "created_at": uow.now,
    }
    row = {**about, **store.write_standing(standing)}
    subscription_id = await store.add(uow.conn, uow.account_id, row)
    return await get(uow, subscription_id)


def _whole_price(order: Order, payment: Payment) -> int:
    """The price of a period, or of all parts, in the currency that was paid in."""
    if payment.currency == order.currency or not order.price:
        return order.whole
    return -(-payment.amount * order.whole // order.price)


async def get(uow: UnitOfWork, subscription_id: int) -> Subscription:
    """One by its id, which no other unit changes meanwhile; raises SUBSCRIPTION_NOT_FOUND."""
    subscription = await store.lock(uow.conn, uow.account_id, subscription_id)
    if subscription is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", str(subscription_id))
    return subscription


async def on_due(uow: UnitOfWork, subscription_id: int) -> None:
    """The moment something is to be done."""
    await _go_on(uow, await get(uow, subscription_id))


async def _go_on(uow: UnitOfWork, subscription: Subscription) -> None:
    """Do what is due, step by step, and set the timer for what comes next."""
    for _ in range(MOST_STEPS):
        step = rules.find_next(_rules(uow, subscription), subscription.standing)
        if step is None or step[1] > uow.now:
            await _wait(uow, subscription, step)
            return
        await _do(uow, subscription, step[0])
        subscription = await get(uow, subscription.id)
    raise RuntimeError(f"subscription {subscription.id} has more to do than {MOST_STEPS} steps at once")


async def _wait(uow: UnitOfWork, subscription: Subscription, step: tuple[Act, Any] | None) -> None:
    if step is None:
        await drop_timers(uow, TIMER, _key(subscription.id))
    else:
        await set_timer(uow, TIMER, _key(subscription.id), step[1], {"subscription_id": subscription.id})


async def _do(uow: UnitOfWork, subscription: Subscription, act: Act) -> None:
    match act:
        case Act.WARN:
            await telling.warn(uow, subscription)
            await _keep(uow, subscription, rules.warned(subscription.standing, uow.now))
        case Act.CHARGE:
            await charging.charge(uow, subscription)
            await _keep(uow, subscription, rules.charging(subscription.standing, uow.now))
        case Act.THAW:
            await _thaw(uow, subscription)
            await telling.tell_thawed(uow, await get(uow, subscription.id))
        case Act.ASK:
            asked = rules.asked(subscription.standing, uow.now)
            await _keep(uow, subscription, asked)
            await telling.ask(uow, subscription, _open_until(uow, subscription, asked))
        case Act.END:
            reason = SubscriptionEnd.STOPPED if subscription.standing.is_stopped else SubscriptionEnd.UNPAID
            await end(uow, subscription, reason)


async def on_charge_paid(uow: UnitOfWork, happened: ChargePaid) -> bool:
    """A charge came through: it goes on, or all is paid; False if it opens nothing, because all was taken away."""
    subscription, payment = (
        await get(uow, happened.subscription_id),
        await get_payment(uow, happened.payment_id),
    )
    taker = (
        await _find_taker(uow, subscription)
        if subscription.standing.state is SubscriptionState.ENDED
        else subscription
    )
    if taker is None:
        await telling.tell_charged_after(uow, subscription, payment)
        return False
    await _take_charge(uow, taker, payment)
    return True


async def _find_taker(uow: UnitOfWork, subscription: Subscription) -> Subscription | None:
    """Whose a late charge is: of what the buyer has instead of what is over, else of that again; None after a decision."""
    for running in await store.list_live(
        uow.conn, uow.account_id, subscription.contact_id, [subscription.tariff_id]
    ):
        return await get(uow, running.id)
    return subscription if subscription.reason in {SubscriptionEnd.UNPAID, SubscriptionEnd.STOPPED} else None


async def _take_charge(uow: UnitOfWork, subscription: Subscription, payment: Payment) -> None:
    if subscription.change is not None and changing.is_of_change(subscription, payment):
        await changing.switch(uow, subscription, subscription.change, payment)
        subscription = await get(uow, subscription.id)
    zone = (await get_contact(uow, subscription.contact_id)).zone
    plan = _rules(uow, subscription)
    standing = rules.paid(plan, subscription.standing, uow.now, zone, payment.renews_until)
    known = {"provider": payment.provider, "method": payment.method, "method_title": payment.method_title}
    means = known if payment.method and payment.method != subscription.method else {}
    await _keep(uow, subscription, standing, reason=None, ended_at=None, **means)
    if subscription.standing.state is SubscriptionState.ENDED:
        await reopen_ended(uow, subscription.access_id)
    renewed = await get(uow, subscription.id)
    await telling.tell_paid(uow, renewed, payment, is_complete=rules.is_complete(plan, standing))
    if rules.is_complete(plan, standing):
        await end(uow, renewed, SubscriptionEnd.COMPLETE)
    else:
        await _go_on(uow, renewed)


async def on_charge_failed(uow: UnitOfWork, happened: ChargeFailed) -> None:
    """A charge did not come through; one that was to be paid by hand changes nothing."""
    subscription, payment = (
        await get(uow, happened.subscription_id),
        await get_payment(uow, happened.payment_id),
    )
    if subscription.standing.state is SubscriptionState.ENDED:
        return
    if not payment.is_unasked:
        telling.tell_not_paid(uow, subscription, await get_order(uow, subscription.order_id), payment.id)
        return
    for_good = happened.advice == Advice.NEVER or not happened.is_known
    standing = rules.refused(_rules(uow, subscription), subscription.standing, uow.now, for_good=for_good)
    await _keep(uow, subscription, standing)
    step = rules.find_next(_rules(uow, subscription), standing)
    is_last = step is None or step[0] is not Act.CHARGE
    await telling.tell_refused(
        uow,
        subscription,
        _open_until(uow, subscription, standing),
        happened.advice,
        is_first=subscription.standing.tries == 0,
        is_last=is_last,
    )
    await _go_on(uow, await get(uow, subscription.id))


async def stop(uow: UnitOfWork, subscription: Subscription, *, is_known: bool = False) -> bool:
    """No further charge is wanted: what is paid stays open until it is over; False if that had been said before.

    `is_known`: the provider has told it, and need not be told.
    """
    if subscription.standing.is_stopped or subscription.standing.state is SubscriptionState.ENDED:
        return False
    await _keep(uow, subscription, rules.stopped(subscription.standing), cancelled_at=uow.now)
    if subscription.standing.means is Means.PROVIDER and not is_known:
        await charging.stop_renewal(uow, subscription)
    await _go_on(uow, await get(uow, subscription.id))
    return True


async def stop_all(uow: UnitOfWork, contact_id: int) -> int:
    """No further charge of a person is wanted; says how many subscriptions that stops."""
    live = await store.list_live(uow.conn, uow.account_id, contact_id)
    return sum([await stop(uow, subscription) for subscription in live])


async def resume(uow: UnitOfWork, subscription: Subscription) -> bool:
    """It goes on after all; False if it is over, or the provider takes it up no more."""
    if not subscription.standing.is_stopped or subscription.standing.state is SubscriptionState.ENDED:
        return False
    renewed_by_itself = subscription.standing.means is Means.PROVIDER
    more = {"profile": None} if renewed_by_itself else {}  # its provider has ended it: it is paid by hand
    await _keep(uow, subscription, rules.resumed(subscription.standing), cancelled_at=None, **more)
    await _go_on(uow, await get(uow, subscription.id))
    return True


async def freeze(uow: UnitOfWork, access_id: int) -> None:
    """The person pauses the course: the time they have paid stands still, if it is ours to say, and for so long as it may."""
    subscription_id = await store.find_of_access(uow.conn, uow.account_id, access_id)
    if subscription_id is None:
        return
    subscription = await get(uow, subscription_id)
    can_wait = subscription.plan.is_endless and subscription.standing.means is not Means.PROVIDER
    is_due = subscription.standing.asked_at is not None or subscription.standing.paid_until <= uow.now
    left = rules.may_freeze(_rules(uow, subscription), subscription.standing)
    if can_wait and left and subscription.standing.state is SubscriptionState.ACTIVE and not is_due:
        await _keep(uow, subscription, rules.frozen(subscription.standing, uow.now))
        await telling.tell_frozen(uow, subscription, uow.now + left)
        await _go_on(uow, await get(uow, subscription.id))


async def thaw(uow: UnitOfWork, access_id: int) -> bool:
    """The pause is over: what stood still is as much later; False for an access that is paid in no charges."""
    subscription_id = await store.find_of_access(uow.conn, uow.account_id, access_id)
    if subscription_id is None:
        return False
    subscription = await get(uow, subscription_id)
    if subscription.standing.frozen_at is not None:
        await _thaw(uow, subscription)
        await _go_on(uow, await get(uow, subscription.id))
    return True


async def _thaw(uow: UnitOfWork, subscription: Subscription) -> None:
    zone = (await get_contact(uow, subscription.contact_id)).zone
    await _keep(
        uow, subscription, rules.thawed(_rules(uow, subscription), subscription.standing, zone, uow.now)
    )


async def on_access_revoked(uow: UnitOfWork, revoked: AccessRevoked) -> None:
    """Nothing is charged for what was taken away."""
    subscription_id = await store.find_of_access(uow.conn, uow.account_id, revoked.access_id)
    if subscription_id is not None:
        await end(uow, await get(uow, subscription_id), SubscriptionEnd.REVOKED)


async def _replace(uow: UnitOfWork, subscription_id: int) -> None:
    """What the person has bought now includes it."""
    subscription = await get(uow, subscription_id)
    if subscription.standing.state is not SubscriptionState.ENDED:
        await end(uow, subscription, SubscriptionEnd.CHANGED)


async def end(uow: UnitOfWork, subscription: Subscription, reason: SubscriptionEnd) -> None:
    """Nothing is charged any more; unless all is paid, the access closes."""
    logger.bind(event="subscription.ended", subscription=subscription.id, reason=reason).info(
        "subscription {} ended: {}", subscription.id, reason
    )
    await drop_timers(uow, TIMER, _key(subscription.id))
    ended = {"state": SubscriptionState.ENDED, "reason": reason, "ended_at": uow.now, "is_charging": False}
    await store.change(uow.conn, uow.account_id, subscription.id, ended)
    if (
        subscription.standing.means is Means.PROVIDER
        and not subscription.standing.is_stopped
        and reason is not SubscriptionEnd.UNPAID
    ):
        await charging.stop_renewal(uow, subscription)
    until = None if reason is SubscriptionEnd.COMPLETE else uow.now
    await store.set_access_end(uow.conn, uow.account_id, subscription.access_id, until)
    if reason is not SubscriptionEnd.COMPLETE:
        await close_access(uow, subscription.access_id, AccessChange.ENDED)
        await telling.tell_ended(uow, subscription, reason)


async def _keep(uow: UnitOfWork, subscription: Subscription, standing: Standing, **more: Any) -> None:
    """Write a standing; the access has an end of its own only once that is certain, so that no outage closes it."""
    values = {**store.write_standing(standing), **more}
    await store.change(uow.conn, uow.account_id, subscription.id, values)
    is_certain = standing.is_stopped and standing.frozen_at is None
    until = standing.paid_until if is_certain else None
    await store.set_access_end(uow.conn, uow.account_id, subscription.access_id, until)


def _rules(uow: UnitOfWork, subscription: Subscription) -> Plan:
    return rules_of(subscription.plan, uow.env)


def _open_until(uow: UnitOfWork, subscription: Subscription, standing: Standing) -> Any:
    return rules.grace_end(_rules(uow, subscription), standing, standing.asked_at or uow.now)


def _key(subscription_id: int) -> str:
    return f"sub:{subscription_id}:"
