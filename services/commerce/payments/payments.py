"""A payment's way: asked for, checked, settled once; the provider is only ever called from jobs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import JobFinished, OrderPaid, PaymentFailed
from core.lifecycle import ORDER_MOVES, PAYMENT_MOVES, OrderStatus, PaymentStatus
from payment.base import PaymentProvider, PaymentRequest, PaymentState, ProviderError
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.payments import notices
from services.commerce.schemas import Order, Payment, Tariff
from services.commerce.store import orders as store
from services.delivery import speech
from services.delivery.jobs import Perform, PermanentFailure, add_job
from services.delivery.speech import Address
from services.delivery.timers import set_timer

CREATE = "create_payment"
CHECK = "check_payment"
CHECKS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610)
)


def build_performers(providers: Mapping[str, PaymentProvider]) -> Mapping[str, Perform]:
    """The jobs that talk to payment providers, about each payment to the one that it was begun with."""

    async def create(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        request = {name: value for name, value in payload.items() if name != "provider"}
        try:
            invoice = await _find(providers, payload).create_payment(PaymentRequest(**request))
        except ProviderError as error:
            raise _failure(error) from error
        after = invoice.check_after.total_seconds()
        return {"external_id": invoice.external_id, "url": invoice.url, "check_after": after}

    async def check(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            state = await _find(providers, payload).check_payment_status(payload["external_id"])
        except ProviderError as error:
            raise _failure(error) from error
        return {"state": state}

    return {CREATE: create, CHECK: check}


def _find(providers: Mapping[str, PaymentProvider], payload: Mapping[str, Any]) -> PaymentProvider:
    name = payload["provider"]
    if name not in providers:
        raise ProviderError(f"{name} is not set up here", permanent=True)
    return providers[name]


def _failure(error: ProviderError) -> Exception:
    return PermanentFailure(str(error)) if error.permanent else error


async def request_payment(uow: UnitOfWork, payment_id: int, provider: str, tariff: Tariff) -> None:
    """Have the provider make the payment; our row's id is the idempotency key."""
    request = {
        "provider": provider,
        "payment_id": payment_id,
        "amount": tariff.price,
        "currency": tariff.currency,
        "description": tariff.code,
    }
    await add_job(uow, CREATE, f"pay:{payment_id}", request)


async def on_created(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider knows the payment: tell the person where to pay, and look after it."""
    payment, order = await _load(uow, finished.payload["payment_id"])
    if not finished.ok:
        if await _close(uow, payment, order, "order-no-page"):
            await notices.report_refusal(uow, order, payment.provider, str(finished.result.get("error", "")))
        return
    result = finished.result
    invoice = {"external_id": result["external_id"], "url": result["url"]}
    allowed = PAYMENT_MOVES[PaymentStatus.PENDING]
    if not await store.move_payment(
        uow.conn, uow.account_id, payment.id, PaymentStatus.PENDING, allowed, invoice
    ):
        return
    await say_invoice(uow, order, result["url"], f"pay:{payment.id}:invoice")
    await _check_in(uow, payment.id, timedelta(seconds=result["check_after"]))


async def say_invoice(
    uow: UnitOfWork, order: Order, url: str | None, key: str, text: str = "order-pay"
) -> None:
    """Say what is to be paid, with the button that leads there; without a page the payment runs by itself."""
    amount = speech.price(order.price, order.currency)
    name = speech.content((await get_tariff_by_id(uow, order.tariff_id)).name)
    words = speech.words(text if url else "order-wait", number=order.public_id, tariff=name, amount=amount)
    if uow.env.takes_no_money:
        words = speech.lines(words, speech.words("no-money"))
    buttons = [[speech.link_button(speech.words("button-pay"), url)]] if url else []
    to = Address(order.bot_id, order.chat_id)
    speech.say(uow, to, words, key, buttons=buttons)


async def check_payment(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """The moment to ask the provider how a payment stands."""
    payment, _ = await _load(uow, payload["payment_id"])
    if payment.status is PaymentStatus.PENDING:
        await store.count_check(uow.conn, uow.account_id, payment.id)
        question = {
            "provider": payment.provider,
            "payment_id": payment.id,
            "external_id": payment.external_id,
        }
        await add_job(uow, CHECK, f"pay:{payment.id}:{payment.checks}", question)


async def on_checked(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has answered how a payment stands; one that could not be asked is asked again later."""
    payment, order = await _load(uow, finished.payload["payment_id"])
    state = finished.result.get("state") if finished.ok else PaymentState.PENDING
    if state == PaymentState.SUCCEEDED:
        await settle_payment(uow, payment, order)
    elif state == PaymentState.CANCELLED:
        await _close(uow, payment, order, "order-failed")
    elif payment.checks <= len(CHECKS):
        await _check_in(uow, payment.id, CHECKS[payment.checks - 1])
    elif await _close(uow, payment, order, "order-unsettled"):
        await notices.report_unsettled(uow, order, payment.provider)


async def settle_payment(uow: UnitOfWork, payment: Payment, order: Order) -> None:
    """The money is certain: paid once, whoever says so how often."""
    moved = await store.move_payment(
        uow.conn,
        uow.account_id,
        payment.id,
        PaymentStatus.SUCCEEDED,
        PAYMENT_MOVES[PaymentStatus.SUCCEEDED],
        {"settled_at": uow.now},
    )
    if not moved:
        return
    await _move_order(uow, order, OrderStatus.PAID, paid_at=uow.now)
    logger.bind(
        event="order.paid", order=order.public_id, amount=payment.amount, currency=payment.currency
    ).info("order {} is paid", order.public_id)
    if order.status is OrderStatus.CANCELLED:
        await notices.report_late_money(uow, order)
    uow.publish(OrderPaid(order.id, payment.id))


async def put_aside(uow: UnitOfWork, order: Order) -> bool:
    """Close an order because she wants another one; False if it is not open any more.

    A page that was shown can still be paid, so its payment is looked after to its end; one without a page is dropped.
    """
    if not await _move_order(uow, order, OrderStatus.CANCELLED):
        return False
    payment = await store.find_payment(uow.conn, uow.account_id, order_id=order.id)
    if payment and not payment.url:
        await _cancel(uow, payment)
    return True


async def _close(uow: UnitOfWork, payment: Payment, order: Order, text: str) -> bool:
    """End a payment and its order without money, and say so; False if that had been done or is no news to her."""
    if not await _cancel(uow, payment) or not await _move_order(uow, order, OrderStatus.CANCELLED):
        return False
    logger.bind(event="payment.cancelled", order=order.public_id).warning(
        "order {} was not paid", order.public_id
    )
    notices.tell_buyer(uow, order, text, f"pay:{payment.id}:failed")
    uow.publish(PaymentFailed(order.id))
    return True


async def _cancel(uow: UnitOfWork, payment: Payment) -> bool:
    cancelled = PaymentStatus.CANCELLED
    return await store.move_payment(
        uow.conn, uow.account_id, payment.id, cancelled, PAYMENT_MOVES[cancelled], {"settled_at": uow.now}
    )


async def _move_order(uow: UnitOfWork, order: Order, to: OrderStatus, **more: Any) -> bool:
    return await store.move_order(uow.conn, uow.account_id, order.id, to, ORDER_MOVES[to], more)


async def _check_in(uow: UnitOfWork, payment_id: int, after: timedelta) -> None:
    await set_timer(uow, CHECK, f"pay:{payment_id}", uow.now + after, {"payment_id": payment_id})


async def _load(uow: UnitOfWork, payment_id: int) -> tuple[Payment, Order]:
    payment = await store.find_payment(uow.conn, uow.account_id, payment_id=payment_id)
    if payment is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PAYMENT_NOT_FOUND", str(payment_id))
    return payment, await get_order(uow, payment.order_id)


async def get_order(uow: UnitOfWork, order_id: int) -> Order:
    """An order by its id; raises ORDER_NOT_FOUND."""
    order = await store.find_order(uow.conn, uow.account_id, order_id=order_id)
    if order is None:
        raise DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", str(order_id))
    return order
