"""What a person hears of what they pay in charges: each event once; and the admins, where somebody has to look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import Priority, SubscriptionEnd, SubscriptionState
from core.presses import PressKind
from core.rules.subscription import Means
from payment.base import Advice
from services.commerce.catalog.plans import say_per
from services.commerce.catalog.tariffs import get_tariff_by_id, prices_button
from services.commerce.payments.notices import describe_order, provider_name
from services.commerce.payments.payments import get_order
from services.commerce.payments.receipts import own_up_to_test
from services.commerce.payments.refund_button import back_button
from services.commerce.schemas import Order, Payment, Subscription
from services.commerce.subscriptions.charging import next_amount
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.people.admins import tell_admins
from services.people.contacts import get_contact
from services.people.mail.letters import tell_too

PRESS = PressKind.SUBSCRIPTION  # kind of the buttons about one: what-id
STOP, RESUME, PAY = "stop", "go", "pay"
CHANGE, KEEP = "change", "keep"  # to another tariff of the course with the next charge, or not after all


def button(what: str, subscription: Subscription) -> Mapping[str, Any]:
    """The button that stops one, takes it up again or lets them pay by hand."""
    return speech.button(speech.words(f"button-sub-{what}"), PRESS, f"{what}-{subscription.id}")


async def values_of(uow: UnitOfWork, subscription: Subscription) -> dict[str, Any]:
    """What texts about one say: its tariff and the one that comes next, the next charge, until when it is paid."""
    zone = (await get_contact(uow, subscription.contact_id)).zone
    coming = subscription.change.tariff_id if subscription.change else subscription.tariff_id
    return {
        "tariff": speech.named((await get_tariff_by_id(uow, subscription.tariff_id)).name),
        "coming": speech.named((await get_tariff_by_id(uow, coming)).name),
        "amount": speech.price(next_amount(subscription), subscription.currency),
        "price": speech.price(subscription.price, subscription.currency)
        if subscription.plan.parts
        else say_price_of(subscription),
        "coming_price": _say_coming_price(subscription),
        "until": day(subscription, subscription.standing.paid_until, zone),
        "method": subscription.method_title,
        "number": subscription.standing.charges + 1,
        "parts": subscription.plan.parts or 0,
        "zone": zone,
    }


def say_price_of(subscription: Subscription) -> Any:
    """What it costs a period."""
    return say_per(subscription.price, subscription.currency, subscription.plan.period)


def _say_coming_price(subscription: Subscription) -> Any:
    """What it will cost a period."""
    change = subscription.change
    return (
        say_per(change.price, subscription.currency, change.plan.period)
        if change
        else say_price_of(subscription)
    )


def day(subscription: Subscription, at: datetime, zone: str) -> Words:
    """A day on the person's calendar, with the year where it may be another one."""
    is_far = subscription.plan.period is not None and subscription.plan.period.span.days > 180  # noqa: PLR2004 - half a year
    return speech.day(at, zone, with_year=is_far)


async def _say(
    uow: UnitOfWork,
    subscription: Subscription,
    text: str,
    event: str,
    buttons: Keyboard = (),
    payment: Payment | None = None,
    **more: Any,
) -> None:
    order = await get_order(uow, subscription.order_id)
    values = await values_of(uow, subscription)
    if "until" in more:
        more["until"] = day(subscription, more["until"], values["zone"])
    words = own_up_to_test(speech.words(text, **{**values, **more}), payment)
    key = f"sub:{subscription.id}:{subscription.standing.charges}:{event}"
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, words, key, buttons=buttons, priority=Priority.TRANSACTIONAL)
    await tell_too(uow, await get_contact(uow, subscription.contact_id), to, words, key)


async def tell_begun(uow: UnitOfWork, subscription: Subscription, order: Order) -> None:
    """What comes after the first payment, and how to stop it."""
    kind = (
        "trial"
        if order.plan and order.plan.trial_days
        else "parts"
        if subscription.plan.parts
        else subscription.standing.means
    )
    await _say(uow, subscription, f"sub-begun-{kind}", "begun")


async def warn(uow: UnitOfWork, subscription: Subscription) -> None:
    """A charge is near, or the end of what is paid."""
    is_trial = subscription.standing.state is SubscriptionState.TRIAL
    means = subscription.standing.means
    kind = "trial" if is_trial and means is Means.HAND else "parts" if subscription.plan.parts else "sub"
    text = f"sub-warn-{kind}" if kind == "trial" else f"sub-warn-{kind}-{means}"
    if subscription.change is not None:
        text = f"sub-warn-change-{means}"
    keys = [[button(PAY, subscription)]] if means is Means.HAND else []
    if subscription.plan.is_endless and means is not Means.HAND:
        keys.append([button(STOP, subscription)])
    await _say(uow, subscription, text, f"warned:{uow.now:%Y%m%d}", keys)


async def tell_frozen(uow: UnitOfWork, subscription: Subscription, until: datetime) -> None:
    """What is paid stands still with the course, and for how long at most."""
    await _say(uow, subscription, "sub-frozen", f"frozen:{uow.now.timestamp():.0f}", until=until)


async def tell_thawed(uow: UnitOfWork, subscription: Subscription) -> None:
    """What is paid has stood still as long as it may, and runs again though the course may not."""
    keys = (
        []
        if subscription.standing.is_stopped or subscription.standing.means is Means.HAND
        else [[button(STOP, subscription)]]
    )
    await _say(uow, subscription, "sub-thawed", f"thawed:{uow.now.timestamp():.0f}", keys)


async def ask(uow: UnitOfWork, subscription: Subscription, open_until: datetime) -> None:
    """What is paid is over, and nothing came."""
    text = "sub-late" if subscription.standing.means is Means.PROVIDER else "sub-ask"
    await _say(uow, subscription, text, "asked", [[button(PAY, subscription)]], until=open_until)


async def tell_refused(
    uow: UnitOfWork,
    subscription: Subscription,
    open_until: datetime,
    advice: str,
    *,
    is_first: bool,
    is_last: bool,
) -> None:
    """The first refusal and the last; those between change nothing for them."""
    if not (is_first or is_last):
        return
    text = "sub-refused-last" if is_last else "sub-refused"
    why = speech.words("sub-why-method" if advice == Advice.OTHER_METHOD else "sub-why-bank")
    keys = [[button(PAY, subscription)]]
    await _say(
        uow, subscription, text, f"refused:{'last' if is_last else 'first'}", keys, until=open_until, why=why
    )


def tell_not_paid(uow: UnitOfWork, subscription: Subscription, order: Order, payment_id: int) -> None:
    """They were to pay it by hand, and did not."""
    words = speech.words("sub-not-paid")
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, words, f"pay:{payment_id}:failed", buttons=[[button(PAY, subscription)]])


async def tell_paid(
    uow: UnitOfWork, subscription: Subscription, payment: Payment, *, is_complete: bool
) -> None:
    """The receipt of a charge."""
    text = "sub-complete" if is_complete else "sub-paid-part" if subscription.plan.parts else "sub-paid"
    paid = speech.price(payment.amount, payment.currency)
    more: dict[str, Any] = {"amount": paid, "number": subscription.standing.charges}
    await _say(uow, subscription, text, f"paid:{payment.id}", payment=payment, **more)


async def tell_ended(uow: UnitOfWork, subscription: Subscription, reason: SubscriptionEnd) -> None:
    """It is over; nothing is said where they have bought more, or an admin took it away and says so."""
    if reason not in {SubscriptionEnd.STOPPED, SubscriptionEnd.UNPAID}:
        return
    was_trial = subscription.standing.state is SubscriptionState.TRIAL
    text = "sub-ended-trial" if was_trial else f"sub-ended-{reason}"
    await _say(uow, subscription, text, "ended", [[prices_button()]])
    if reason is SubscriptionEnd.UNPAID and not was_trial:
        order = await get_order(uow, subscription.order_id)
        words = await describe_order(uow, "sub-given-up", order, tries=subscription.standing.tries)
        await tell_admins(uow, words, f"sub:{subscription.id}:{subscription.standing.charges}:given-up")


async def tell_charged_after(uow: UnitOfWork, subscription: Subscription, payment: Payment) -> None:
    """Money came for what was changed, paid off or taken away meanwhile: it opens nothing, and somebody gives it back."""
    order = await get_order(uow, subscription.order_id)
    paid = speech.price(payment.amount, payment.currency)
    words = await describe_order(
        uow, "sub-charged-after", order, provider=provider_name(payment.provider), paid=paid
    )
    key = f"sub:{subscription.id}:charged-after:{payment.id}"
    await tell_admins(uow, words, key, [[back_button("button-refund", payment, payment.amount)]])


async def tell_stop_failed(uow: UnitOfWork, subscription: Subscription, cause: str) -> None:
    """The provider could not be told to renew it no more: somebody has to do that in its cabinet."""
    order = await get_order(uow, subscription.order_id)
    words = await describe_order(
        uow, "sub-stop-failed", order, provider=provider_name(subscription.provider), cause=cause[:300]
    )
    await tell_admins(uow, words, f"sub:{subscription.id}:stop-failed")
