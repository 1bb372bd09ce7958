"""A payment's way: asked for, checked, settled once; the provider is only ever called from jobs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import (
    ChargeFailed,
    ChargePaid,
    JobFinished,
    MoneyHeld,
    OrderPaid,
    PaidTwice,
    PaymentFailed,
    RefundSeen,
    RenewalSeen,
    RenewalStopped,
)
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import Money
from core.rules import ledger
from payment.base import Advice, PaymentFacts, PaymentState
from services.commerce.ledger import posting
from services.commerce.payments import calls, invoices, notices
from services.commerce.payments.moves import add_payment_once, adopt_number, move_order, move_payment
from services.commerce.schemas import Order, Payment
from services.commerce.store import orders as store
from services.delivery.timers import set_timer

CHECKS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610)  # times the first wait
FREE = "free"  # stands for the provider where there is nothing to pay
OPEN = (PaymentStatus.NEW, PaymentStatus.PENDING, PaymentStatus.HELD)
WHILE_HELD = timedelta(hours=6)  # between two questions whether money is still set aside
STOPPED = ("subscription.canceled", "subscription.deactivation", "subscription.finish")
QUIET = ("order-expired", "order-unsettled")  # no news where the order can be paid in another way
ADVICE = {Advice.TRY_LATER: "order-failed-later", Advice.OTHER_METHOD: "order-failed-method"}


async def request_payment(uow: UnitOfWork, payment_id: int) -> None:
    """Have the provider make the payment."""
    payment, order = await _load(uow, payment_id)
    await calls.add_create(uow, payment, order)


async def on_created(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has made the payment, or said no; what nobody knows is asked again later."""
    payment, order = await _load(uow, finished.payload["payment_id"])
    if finished.ok:
        await apply_facts(uow, payment, order, calls.read_facts(finished.result["facts"]))
    elif finished.result.get("permanent"):
        if await _close(uow, payment, order, "order-no-page"):
            await notices.report_refusal(uow, order, payment.provider, str(finished.result.get("error", "")))
    elif payment.status is PaymentStatus.NEW:
        if not payment.is_unasked:
            notices.tell_buyer(uow, order, "order-page-late", f"pay:{payment.id}:late")
        await _ask_later(uow, payment, order)


async def apply_facts(uow: UnitOfWork, payment: Payment, order: Order, facts: PaymentFacts) -> None:
    """Let a payment become what its provider says of it; what does not fit it changes nothing and is told."""
    payment = await adopt_number(uow, payment, facts)
    if _is_second_charge(payment, facts) and payment.profile:
        uow.publish(RenewalSeen(payment.provider, payment.id, calls.write_facts(facts)))
        return
    if _is_second_charge(payment, facts):
        payment = await _find_charge(uow, payment, facts)
        facts = replace(facts, payment_id=payment.id)
    difference = calls.find_difference(payment, order, facts, is_production=uow.env.production)
    if difference:
        await notices.report_difference(uow, order, payment, facts, difference)
    elif facts.state is PaymentState.SUCCEEDED:
        await settle_payment(uow, payment, order, facts)
        if facts.refunded > payment.refunded:
            uow.publish(RefundSeen(payment.id, facts.refunded))
        if facts.is_disputed and payment.refunded < payment.amount:
            await notices.report_dispute(uow, order, payment)
    elif facts.state is PaymentState.CANCELLED:
        await _let_go(uow, payment, order, facts)
    elif facts.state is PaymentState.HELD:
        await _hold(uow, payment, facts)
    elif payment.status is PaymentStatus.NEW:
        await _begin(uow, payment, order, facts)


def _is_second_charge(payment: Payment, facts: PaymentFacts) -> bool:
    """Whether one page or invoice of ours was paid once more, under another number of the provider's."""
    return (
        payment.status is PaymentStatus.SUCCEEDED
        and facts.state is PaymentState.SUCCEEDED
        and facts.payment_id == payment.id
        and facts.external_id not in {"", payment.external_id}
    )


async def _find_charge(uow: UnitOfWork, payment: Payment, facts: PaymentFacts) -> Payment:
    """Money that came once more is a payment of its own, so that it is told of, given back and counted."""
    row = {
        "order_id": payment.order_id,
        "provider": payment.provider,
        "external_id": facts.external_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "status": PaymentStatus.PENDING,
        "created_at": uow.now,
        "made_at": uow.real_now,
    }
    await add_payment_once(uow, row)
    charge = await store.find_payment(
        uow.conn, uow.account_id, provider=payment.provider, external_id=facts.external_id
    )
    return charge or payment


async def _begin(uow: UnitOfWork, payment: Payment, order: Order, facts: PaymentFacts) -> None:
    """The provider knows the payment: tell the buyer where to pay, and look after it."""
    invoice = {"external_id": facts.external_id or None, "url": facts.url or None}
    if not await move_payment(uow, payment, PaymentStatus.PENDING, **invoice):
        return
    if not payment.is_unasked:
        await invoices.say_invoice(
            uow, order, replace(payment, url=facts.url or None), f"pay:{payment.id}:invoice"
        )
    await _check_in(uow, payment.id, facts.check_after or uow.env.payment_check)


async def _let_go(uow: UnitOfWork, payment: Payment, order: Order, facts: PaymentFacts) -> None:
    """Nothing was taken; of money that was set aside the buyer hears it also where the order is closed already."""
    if payment.status is PaymentStatus.HELD:
        notices.tell_buyer(uow, order, "order-released", notices.failed_key(payment))
    await _close(uow, payment, order, ADVICE.get(facts.advice, "order-failed"), facts)


async def _hold(uow: UnitOfWork, payment: Payment, facts: PaymentFacts) -> None:
    """The money is set aside and nobody's yet."""
    known = {"external_id": facts.external_id or payment.external_id, "held_until": facts.held_until}
    if await move_payment(uow, payment, PaymentStatus.HELD, **known):
        uow.publish(MoneyHeld(payment.id))
        await _check_in(uow, payment.id, WHILE_HELD)


async def check_payment(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """The moment to ask the provider how a payment stands, or once more to make one that it may know nothing of."""
    payment, _ = await _load(uow, payload["payment_id"])
    if payment.status in OPEN:
        await ask_now(uow, payment.id)


async def ask_now(uow: UnitOfWork, payment_id: int) -> None:
    """Ask the provider at once how a payment stands, or once more to make it; one closed here may have been paid since."""
    payment, order = await _load(uow, payment_id)
    await store.count_check(uow.conn, uow.account_id, payment.id)
    payment = replace(payment, checks=payment.checks + 1)
    add = calls.add_create if payment.status is PaymentStatus.NEW else calls.add_check
    await add(uow, payment, order)


async def book(uow: UnitOfWork, payment_id: int) -> None:
    """Have the money of a payment that is certain counted for its order, and what it paid for given; once, unless it went back."""
    payment, order = await _load(uow, payment_id)
    is_kept = payment.refunded < payment.amount or not payment.amount
    if payment.status is PaymentStatus.SUCCEEDED and is_kept:
        await move_order(uow, order, OrderStatus.PAID, paid_at=uow.now)
        uow.publish(OrderPaid(order.id, payment.id))


async def on_checked(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has answered how a payment stands; one that could not be asked is asked again later."""
    payment, order = await _load(uow, finished.payload["payment_id"])
    known = finished.result.get("facts") if finished.ok else None
    facts = calls.read_facts(known) if known else None
    if facts is not None:
        await apply_facts(uow, payment, order, facts)
        payment = await get_payment(uow, payment.id)
    if payment.status is PaymentStatus.HELD:
        await _check_in(uow, payment.id, WHILE_HELD)
    elif facts is None or facts.state is PaymentState.PENDING:
        await _ask_later(uow, payment, order, is_unpaid=facts is not None and not facts.external_id)


async def _ask_later(uow: UnitOfWork, payment: Payment, order: Order, *, is_unpaid: bool = False) -> None:
    """Ask ever less often; at last it was not paid, or buyer and admins hear that nobody knows."""
    if payment.checks <= len(CHECKS):
        wait = CHECKS[max(payment.checks, 1) - 1]
        await _check_in(uow, payment.id, uow.env.payment_check * wait)
    elif is_unpaid:
        await _close(uow, payment, order, "order-expired")
    elif await _close(uow, payment, order, "order-unsettled"):
        await notices.report_unsettled(uow, order, payment.provider)


async def settle_payment(uow: UnitOfWork, payment: Payment, order: Order, facts: PaymentFacts) -> None:
    """The money is certain: paid once, whoever says so how often."""
    known = {
        "settled_at": uow.now,
        "external_id": facts.external_id or payment.external_id or None,
        "is_test": facts.is_test,
        **_read_renewal(payment, facts),
    }
    is_news = await move_payment(uow, payment, PaymentStatus.SUCCEEDED, **known)
    await _keep_fee(uow, payment, facts.fee)
    if not is_news:
        return
    if payment.subscription_id is not None:
        await _settle_charge(uow, payment, payment.subscription_id)
        return
    is_sale = await move_order(uow, order, OrderStatus.PAID, paid_at=uow.now)
    discount = order.discount if payment.currency == order.currency else 0  # a price in Stars has none
    lines = ledger.sale(payment.amount, discount) if is_sale else ledger.surplus(payment.amount)
    await posting.post_payment(uow, payment, lines)
    if not is_sale:
        uow.publish(PaidTwice(order.id, payment.id))
        return
    logger.bind(
        event="order.paid", order=order.public_id, amount=payment.amount, currency=payment.currency
    ).info("order {} is paid", order.public_id)
    if order.status is OrderStatus.CANCELLED:
        await notices.report_late_money(uow, order)
    uow.publish(OrderPaid(order.id, payment.id))


async def _keep_fee(uow: UnitOfWork, payment: Payment, fee: int | None) -> None:
    """What the provider kept is written into the books once it says so, which may be later than the payment."""
    if fee is not None and await store.keep_fee(uow.conn, uow.account_id, payment.id, fee):
        await posting.post_fee(uow, payment, ledger.fee(fee))


def _read_renewal(payment: Payment, facts: PaymentFacts) -> dict[str, Any]:
    """How the next charge can come: by a method that was kept, or by the provider itself."""
    own = facts.previous_id or (facts.external_id if facts.renews_until else "")
    return {
        "method": facts.method or payment.method or None,
        "method_title": facts.method_title or payment.method_title or None,
        "profile": own or payment.profile or None,
        "renews_until": facts.renews_until,
    }


async def _settle_charge(uow: UnitOfWork, payment: Payment, subscription_id: int) -> None:
    """A charge after the first one: the order is paid long since."""
    await posting.post_payment(uow, payment, ledger.sale(payment.amount))
    logger.bind(
        event="charge.paid", subscription=subscription_id, amount=payment.amount, currency=payment.currency
    ).info("a charge of subscription {} is paid", subscription_id)
    uow.publish(ChargePaid(subscription_id, payment.id))


async def settle_free(uow: UnitOfWork, payment_id: int) -> None:
    """There is nothing to pay, so nobody is asked: an order of 0 is paid at once."""
    payment, order = await _load(uow, payment_id)
    facts = PaymentFacts("", PaymentState.SUCCEEDED, Money(payment.amount, payment.currency))
    await settle_payment(uow, payment, order, facts)


async def on_noticed(uow: UnitOfWork, finished: JobFinished) -> None:
    """A provider told us of a payment, and was asked where it can be: it is taken to the payment it belongs to."""
    known = finished.result.get("facts") if finished.ok else None
    if known is None and finished.payload.get("event") in STOPPED:
        named = finished.payload["payment_id"], finished.payload["external_id"]
        uow.publish(RenewalStopped(finished.payload["provider"], *named))
    if known is None:
        return
    facts, provider = calls.read_facts(known), finished.payload["provider"]
    payment = await find_payment(uow, provider, facts, finished.payload.get("payment_id"))
    if payment is not None:
        await apply_facts(uow, payment, await get_order(uow, payment.order_id), facts)
    elif facts.is_renewal or facts.previous_id:
        uow.publish(RenewalSeen(provider, finished.payload.get("payment_id"), known))
    elif facts.state is PaymentState.SUCCEEDED:
        await notices.report_unknown_payment(uow, provider, facts)


async def find_by_external_id(uow: UnitOfWork, provider: str, external_id: str) -> Payment | None:
    """The payment that a provider knows under a number."""
    return await store.find_payment(uow.conn, uow.account_id, provider=provider, external_id=external_id)


async def find_payment(
    uow: UnitOfWork, provider: str, facts: PaymentFacts, payment_id: int | None
) -> Payment | None:
    """The payment that a provider speaks of: by its own number, else by ours."""
    payment = await store.find_payment(
        uow.conn, uow.account_id, provider=provider, external_id=facts.external_id
    )
    number = facts.payment_id or payment_id
    if payment is None and number is not None:
        payment = await store.find_payment(uow.conn, uow.account_id, payment_id=number)
    return payment if payment is not None and payment.provider == provider else None


async def put_aside(uow: UnitOfWork, order: Order) -> bool:
    """Close an order because the buyer wants another one; False if it is not open any more.

    A page that was shown can still be paid, so its payment is looked after to its end; one without a page is dropped.
    """
    if not await move_order(uow, order, OrderStatus.CANCELLED):
        return False
    for payment in await store.list_payments(uow.conn, uow.account_id, order.id):
        if payment.status is PaymentStatus.HELD:
            await calls.add_hold(uow, payment, take=False)
        elif not payment.url:
            await _cancel(uow, payment)
    return True


async def _close(
    uow: UnitOfWork, payment: Payment, order: Order, text: str, facts: PaymentFacts | None = None
) -> bool:
    """End a payment without money, and its order unless another way to pay it is open, and say so.

    False if that had been done or is no news to the buyer.
    """
    if not await _cancel(uow, payment):
        return False
    if payment.subscription_id is not None:
        return _fail_charge(uow, payment, payment.subscription_id, text, facts)
    others = await store.list_payments(uow.conn, uow.account_id, order.id)
    if any(other.status in OPEN for other in others):
        return text not in QUIET and await _tell_other_way(uow, payment, order, text)
    if not await move_order(uow, order, OrderStatus.CANCELLED):
        return False
    logger.bind(event="payment.cancelled", order=order.public_id).warning("{} is unpaid", order.public_id)
    notices.tell_buyer(uow, order, text, notices.failed_key(payment))
    uow.publish(PaymentFailed(order.id))
    return True


def _fail_charge(
    uow: UnitOfWork, payment: Payment, subscription_id: int, text: str, facts: PaymentFacts | None
) -> bool:
    """A charge after the first one did not come through; whether somebody has to look at the provider for that."""
    is_known = text != "order-unsettled"
    advice = facts.advice if facts else Advice.NONE
    uow.publish(ChargeFailed(subscription_id, payment.id, advice, is_known=is_known))
    return facts is None and text != "order-expired"


async def _tell_other_way(uow: UnitOfWork, payment: Payment, order: Order, text: str) -> bool:
    """One of several ways to pay has failed; nothing is said of an order that is over."""
    is_open = order.status is OrderStatus.OPEN
    if is_open:
        notices.tell_buyer(uow, order, text, notices.failed_key(payment))
    return is_open


async def _cancel(uow: UnitOfWork, payment: Payment) -> bool:
    return await move_payment(uow, payment, PaymentStatus.CANCELLED, settled_at=uow.now)


async def _check_in(uow: UnitOfWork, payment_id: int, after: timedelta) -> None:
    await set_timer(uow, calls.CHECK, f"pay:{payment_id}", uow.now + after, {"payment_id": payment_id})


async def _load(uow: UnitOfWork, payment_id: int) -> tuple[Payment, Order]:
    payment = await get_payment(uow, payment_id)
    return payment, await get_order(uow, payment.order_id)


async def get_payment(uow: UnitOfWork, payment_id: int) -> Payment:
    """A payment by its id; raises PAYMENT_NOT_FOUND."""
    payment = await store.find_payment(uow.conn, uow.account_id, payment_id=payment_id)
    if payment is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PAYMENT_NOT_FOUND", str(payment_id))
    return payment


async def find_paid(uow: UnitOfWork, order: Order) -> Payment | None:
    """The payment by which an order was paid first: of its price, or of that in another currency."""
    paid = await store.list_payments(uow.conn, uow.account_id, order.id)
    return next((payment for payment in paid if payment.status is PaymentStatus.SUCCEEDED), None)


async def get_order(uow: UnitOfWork, order_id: int) -> Order:
    """An order by its id; raises ORDER_NOT_FOUND."""
    order = await store.find_order(uow.conn, uow.account_id, order_id=order_id)
    if order is None:
        raise DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", str(order_id))
    return order
