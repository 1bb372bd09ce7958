"""A refund's way: wished for, asked of the provider, booked once; and refunds that were made at the provider."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import JobFinished, PaidTwice, PaymentRefunded, RefundSeen
from core.lifecycle import REFUND_MOVES, REFUND_UNDER_WAY, PaymentStatus, RefundStatus
from core.money import STARS, Money
from core.public_ids import PAYMENT
from core.rules import ledger
from payment.base import RefundFacts, RefundState
from payment.registry import BACK_BY_HAND
from services.commerce.ledger import posting
from services.commerce.payments.notices import report_surplus
from services.commerce.payments.payments import CHECKS, get_order, get_payment
from services.commerce.refunds import calls, reports
from services.commerce.schemas import Order, Payment, Refund
from services.commerce.store import orders as orders_store
from services.commerce.store.money import refunds as store
from services.delivery.feed.changes import Topic, note_change
from services.delivery.timers import set_timer

PROVIDER = "provider"  # who made a refund that we did not ask for
CONSOLE = "console"
SHOP = "shop"  # by itself
NOT_MADE = "not made"  # why nothing went back, where somebody says so
ASK_AGAIN = timedelta(days=1)  # who is to send the money by hand


@dataclass(frozen=True)
class RefundDecision:
    """Money that is to go back: of which payment, how much, by whom.

    `closes`: whether it closes the access; None: as the tariff says. `refunded` is what had gone back of the payment
    when somebody decided this, so that a second press does not give back twice.
    """

    payment_id: int
    amount: int
    by: str
    refunded: int
    closes: bool | None = None


class RefundTooMuch(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """More is to go back than remains of a payment, which is `most`."""

    def __init__(self, most: Money) -> None:
        super().__init__(ErrorKind.INVALID, "REFUND_TOO_MUCH", str(most))
        self.most = most


async def find_refundable(uow: UnitOfWork, order: Order, amount: int | None) -> tuple[Payment, int]:
    """The order's latest payment of which `amount` can go back, or anything if None; with how much that is.

    Raises NOTHING_TO_REFUND, REFUND_TOO_MUCH.
    """
    paid = await orders_store.list_payments(uow.conn, uow.account_id, order.id)
    left = [
        (payment, payment.amount - payment.refunded)
        for payment in reversed(paid)
        if payment.status is PaymentStatus.SUCCEEDED and payment.amount > payment.refunded
    ]
    if not left:
        raise DomainError(ErrorKind.CONFLICT, "NOTHING_TO_REFUND", order.public_id)
    for payment, rest in left:
        if amount is None or 0 < amount <= rest:
            return payment, amount or rest
    raise RefundTooMuch(
        max((Money(rest, payment.currency) for payment, rest in left), key=lambda sum_left: sum_left.amount)
    )


async def find_currency(uow: UnitOfWork, order: Order) -> str:
    """In what an order was paid, which may be Stars for a price in roubles: a sum to go back is of that."""
    paid = await orders_store.list_payments(uow.conn, uow.account_id, order.id)
    currencies = [
        payment.currency for payment in paid if payment.status is PaymentStatus.SUCCEEDED and payment.amount
    ]
    return currencies[-1] if currencies else order.currency


async def read_amount(uow: UnitOfWork, order: Order, amount: int, currency: str) -> int:
    """A sum to go back of an order; raises REFUND_CURRENCY if it was paid in another currency."""
    paid_in = await find_currency(uow, order)
    if currency != paid_in:
        raise DomainError(ErrorKind.INVALID, "REFUND_CURRENCY", paid_in)
    return amount


async def ask_refund(uow: UnitOfWork, decision: RefundDecision) -> int:
    """Have money given back, by the provider or by hand where it gives nothing back; gives the refund's id.

    Raises REFUND_UNDER_WAY while another one of that payment is, REFUND_CHANGED if some went back meanwhile.
    """
    payment = await get_payment(uow, decision.payment_id)
    if payment.refunded != decision.refunded or payment.status is not PaymentStatus.SUCCEEDED:
        raise DomainError(ErrorKind.CONFLICT, "REFUND_CHANGED", str(payment.id))
    if not 0 < decision.amount <= payment.amount - payment.refunded:
        raise DomainError(ErrorKind.INVALID, "REFUND_TOO_MUCH", str(payment.id))
    refund_id = await _add(uow, payment, decision, RefundStatus.ASKED)
    if refund_id is None:
        raise DomainError(ErrorKind.CONFLICT, "REFUND_UNDER_WAY", str(payment.id))
    refund, payment, order = await _load(uow, refund_id)
    logger.bind(event="refund.asked", order=order.public_id, amount=refund.amount, by=refund.by).info(
        "a refund of order {} is asked for", order.public_id
    )
    if goes_by_hand(payment):
        await _leave_to_hand(uow, refund, payment, order)
    else:
        await calls.add_call(uow, refund, payment, order)
    return refund_id


async def refund_order(
    uow: UnitOfWork, order: Order, amount: int | None, by: str, *, closes: bool | None = None
) -> int:
    """Have so much of an order given back, or all that is left of its latest payment; gives the refund's id.

    Raises NOTHING_TO_REFUND, REFUND_TOO_MUCH, REFUND_UNDER_WAY.
    """
    payment, most = await find_refundable(uow, order, amount)
    return await ask_refund(uow, RefundDecision(payment.id, most, by, payment.refunded, closes))


async def return_surplus(uow: UnitOfWork, paid: PaidTwice) -> None:
    """An order was paid once more: Stars go back by themselves, of other money an admin decides."""
    payment = await get_payment(uow, paid.payment_id)
    if payment.currency == STARS:
        await ask_refund(
            uow, RefundDecision(payment.id, payment.amount, SHOP, payment.refunded, closes=False)
        )
    else:
        await report_surplus(uow, await get_order(uow, paid.order_id), payment)


async def _add(
    uow: UnitOfWork, payment: Payment, decision: RefundDecision, status: RefundStatus
) -> int | None:
    row = {
        "payment_id": payment.id,
        "amount": decision.amount,
        "status": status,
        "closes": decision.closes,
        "by": decision.by,
        "created_at": uow.now,
        "made_at": uow.real_now,
        "settled_at": uow.now if status is RefundStatus.SUCCEEDED else None,
    }
    return await store.add_refund(uow.conn, uow.account_id, row)


async def on_answered(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has said what became of a refund, or could not be asked."""
    refund, payment, order = await _load(uow, finished.payload["refund_id"])
    if finished.ok and finished.result["facts"] is None:
        await _leave_to_hand(uow, refund, payment, order)
    elif finished.ok:
        await _apply(uow, refund, payment, order, calls.read_facts(finished.result["facts"]))
    elif not finished.result.get("permanent"):
        await _ask_later(uow, refund, payment, order)
    elif refund.checks == 0 and refund.status is RefundStatus.ASKED:
        await _refuse(uow, refund, payment, order, str(finished.result.get("error", "")))
    else:  # it refuses what it may have done before: nobody knows
        await reports.report_unknown(uow, order, payment, refund)


async def _apply(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order, facts: RefundFacts) -> None:
    wanted = Money(refund.amount, payment.currency)
    if facts.amount != wanted:
        await reports.report_difference(uow, order, payment, refund, facts.amount)
    elif facts.state is RefundState.SUCCEEDED:
        await settle(uow, refund, payment, order, facts.external_id)
    elif facts.state is RefundState.CANCELLED:
        await _refuse(uow, refund, payment, order, facts.reason)
    else:
        known = {"external_id": facts.external_id or None}
        await _move(uow, refund, RefundStatus.PENDING, **known)
        await _ask_later(uow, replace(refund, external_id=facts.external_id), payment, order)


def goes_by_hand(payment: Payment) -> bool:
    """Whether it is known before anybody is asked that its provider gives nothing back by itself."""
    return payment.provider in BACK_BY_HAND


async def find_by_hand(uow: UnitOfWork, order: Order) -> tuple[Refund, Payment] | None:
    """The refund of an order that waits for somebody to send the money, with its payment."""
    for payment in await orders_store.list_payments(uow.conn, uow.account_id, order.id):
        refund = await store.find_refund(uow.conn, uow.account_id, payment_id=payment.id)
        if refund is not None and refund.status is RefundStatus.BY_HAND:
            return refund, payment
    return None


async def _leave_to_hand(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order) -> None:
    """The money goes back once somebody has sent it: the admins are asked to, and again each day until one has answered."""
    if await _move(uow, refund, RefundStatus.BY_HAND):
        await _ask_admins(uow, refund, payment, order)


async def _ask_admins(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order) -> None:
    await reports.ask_by_hand(uow, order, payment, refund)
    again = uow.now + ASK_AGAIN
    await set_timer(uow, calls.CHECK, f"refund:{refund.id}", again, {"refund_id": refund.id})


async def settle(
    uow: UnitOfWork, refund: Refund, payment: Payment, order: Order, external_id: str = ""
) -> bool:
    """The money is back, once per refund; False if that was known."""
    known = {"settled_at": uow.now, "external_id": external_id or refund.external_id}
    if not await _move(uow, refund, RefundStatus.SUCCEEDED, **known):
        return False
    await _book(uow, refund.id, payment, order, refund.amount)
    await reports.end_question(uow, order, payment, refund, "refund-noted")
    return True


async def settle_by_hand(uow: UnitOfWork, refund_id: int) -> bool:
    """Somebody has given the money back in the provider's cabinet; False if that was known."""
    refund, payment, order = await _load(uow, refund_id)
    if payment.amount - payment.refunded < refund.amount:
        return False  # the provider has told of it meanwhile
    return await settle(uow, refund, payment, order)


async def give_up(uow: UnitOfWork, refund_id: int) -> bool:
    """The money has not gone back, or is not to: nothing changes. False if it is known what became of it."""
    refund, payment, order = await _load(uow, refund_id)
    if not await _move(uow, refund, RefundStatus.REFUSED, reason=NOT_MADE, settled_at=uow.now):
        return False
    note_change(uow, Topic.ORDERS, PAYMENT, payment.id)
    await reports.end_question(uow, order, payment, refund, "refund-dropped")
    return True


async def _refuse(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order, cause: str) -> None:
    known = {"reason": cause[: reports.MOST_CAUSE], "settled_at": uow.now}
    if await _move(uow, refund, RefundStatus.REFUSED, **known):
        await reports.report_refused(uow, order, payment, refund, cause)


async def note_lost(uow: UnitOfWork, payment_id: int, by: str) -> int:
    """A dispute was lost, and the bank has taken what was left of a payment; gives how much, 0 if nothing was."""
    payment = await get_payment(uow, payment_id)
    left = payment.amount - payment.refunded if payment.status is PaymentStatus.SUCCEEDED else 0
    if left:
        uow.publish(RefundSeen(payment_id, payment.amount))
        logger.bind(event="dispute.lost", payment_id=payment_id, by=by).info("a dispute is lost")
    return left


async def follow(uow: UnitOfWork, seen: RefundSeen) -> None:
    """More has gone back than we know of: what we had asked for is done, the rest was made at the provider."""
    payment = await get_payment(uow, seen.payment_id)
    order = await get_order(uow, payment.order_id)
    news = min(seen.refunded, payment.amount) - payment.refunded
    ours = await store.find_refund(uow.conn, uow.account_id, payment_id=payment.id)
    if ours is not None and ours.amount <= news and await settle(uow, ours, payment, order):
        news -= ours.amount
    if news > 0:
        decision = RefundDecision(payment.id, news, PROVIDER, payment.refunded)
        refund_id = await _add(uow, payment, decision, RefundStatus.SUCCEEDED)
        if refund_id is not None:
            await _book(uow, refund_id, payment, order, news)


async def _book(uow: UnitOfWork, refund_id: int, payment: Payment, order: Order, amount: int) -> None:
    refunded = await orders_store.add_refunded(uow.conn, uow.account_id, payment.id, amount)
    note_change(uow, Topic.ORDERS, PAYMENT, payment.id)
    if refunded is None:
        logger.bind(event="refund.too_much", order=order.public_id, refund_id=refund_id).error(
            "more of order {} would have gone back than was paid", order.public_id
        )
        return
    is_surplus = await posting.is_surplus(uow, payment.id)
    lines = ledger.refund(amount, of_surplus=is_surplus)
    await posting.post(uow, f"refund:{refund_id}", lines, payment.currency, payment, refund_id)
    logger.bind(event="refund.made", order=order.public_id, amount=amount).info(
        "money of order {} went back", order.public_id
    )
    is_whole = refunded == payment.amount
    uow.publish(PaymentRefunded(order.id, payment.id, refund_id, amount, is_whole, is_surplus))


async def check_refund(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """The moment to ask how a refund stands, or once more for one of which nobody knows."""
    refund, payment, order = await _load(uow, payload["refund_id"])
    if refund.status not in REFUND_UNDER_WAY:
        return
    await store.count_check(uow.conn, uow.account_id, refund.id)
    counted = replace(refund, checks=refund.checks + 1)
    if refund.status is RefundStatus.BY_HAND:
        await _ask_admins(uow, counted, payment, order)
    else:
        await calls.add_call(uow, counted, payment, order)


async def _ask_later(uow: UnitOfWork, refund: Refund, payment: Payment, order: Order) -> None:
    """Ask ever less often; after the last time the admins hear that nobody knows."""
    if refund.checks >= len(CHECKS):
        await reports.report_unknown(uow, order, payment, refund)
        return
    due = uow.now + uow.env.payment_check * CHECKS[refund.checks]
    await set_timer(uow, calls.CHECK, f"refund:{refund.id}", due, {"refund_id": refund.id})


async def _move(uow: UnitOfWork, refund: Refund, to: RefundStatus, **more: Any) -> bool:
    return await store.move_refund(uow.conn, uow.account_id, refund.id, to, REFUND_MOVES[to], more)


async def get_refund(uow: UnitOfWork, refund_id: int) -> Refund:
    """A refund by its id; raises REFUND_NOT_FOUND."""
    refund = await store.find_refund(uow.conn, uow.account_id, refund_id=refund_id)
    if refund is None:
        raise DomainError(ErrorKind.NOT_FOUND, "REFUND_NOT_FOUND", str(refund_id))
    return refund


async def require_ended(uow: UnitOfWork, refund_id: int, wished: RefundStatus) -> tuple[Refund, Order]:
    """A refund that ended as it was wished, with its order; raises REFUND_CHANGED for one that ended otherwise."""
    refund, _, order = await _load(uow, refund_id)
    if refund.status is not wished:
        raise DomainError(ErrorKind.CONFLICT, "REFUND_CHANGED", refund.status)
    return refund, order


async def _load(uow: UnitOfWork, refund_id: int) -> tuple[Refund, Payment, Order]:
    refund = await get_refund(uow, refund_id)
    payment = await get_payment(uow, refund.payment_id)
    return refund, payment, await get_order(uow, payment.order_id)
