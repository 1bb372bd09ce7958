"""Orders and their payments: seen, given back, counted as paid by hand."""

from datetime import datetime
from typing import Annotated

from fastapi import Query

from core.lifecycle import OrderStatus, PaymentKind, PaymentStatus, RefundStatus
from core.rules.order_standing import OrderStanding
from services.commerce.lists import OrderLine, PaymentLine, RefundLine, WantedOrders, WantedPayments
from services.commerce.orders import listing, manual_orders
from services.commerce.payments.payments import get_order as load_order
from services.commerce.refunds import refunds
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.commerce.models import Sum
from web.api.ids import (
    ContactId,
    ContactRef,
    OrderId,
    OrderRef,
    PaymentId,
    PaymentRef,
    RefundId,
    RefundRef,
    TariffId,
    TariffRef,
)
from web.api.models import Answer, Body, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.MONEY_READ)
CHANGE = Policy(Permission.MONEY, idempotency_key=True)
MOST_PROVIDER = 32
OrdersPage = Annotated[ListPage, paged(listing.ORDERS)]
PaymentsPage = Annotated[ListPage, paged(listing.PAYMENTS)]
room = Room("commerce")

ORDER = {
    "id": f"ord_{'a' * 26}",
    "number": "K7QF2M",
    "contact": f"con_{'a' * 26}",
    "name": "Anna Ivanova",
    "username": "anna",
    "tariff": f"trf_{'a' * 26}",
    "tariff_code": "basic",
    "status": "paid",
    "standing": "paid",
    "price": {"amount": 499000, "currency": "RUB"},
    "discount": {"amount": 0, "currency": "RUB"},
    "promo_code": None,
    "paid": {"amount": 499000, "currency": "RUB"},
    "refunded": {"amount": 0, "currency": "RUB"},
    "provider": "yookassa",
    "external_id": "2c85c9d1-000f-5000-8000-18db351245c7",
    "utm": {"utm_source": "channel"},
    "created_at": "2030-01-07T09:00:00Z",
    "paid_at": "2030-01-07T09:02:00Z",
}
PAYMENT = {
    "id": f"pay_{'a' * 26}",
    "order": f"ord_{'a' * 26}",
    "number": "K7QF2M",
    "contact": f"con_{'a' * 26}",
    "provider": "yookassa",
    "external_id": "2c85c9d1-000f-5000-8000-18db351245c7",
    "kind": "purchase",
    "status": "succeeded",
    "amount": {"amount": 499000, "currency": "RUB"},
    "refunded": {"amount": 0, "currency": "RUB"},
    "fee": {"amount": 17465, "currency": "RUB"},
    "is_test": False,
    "held_until": None,
    "created_at": "2030-01-07T09:00:00Z",
    "settled_at": "2030-01-07T09:02:00Z",
}
REFUND = {
    "id": f"rfd_{'a' * 26}",
    "payment": f"pay_{'a' * 26}",
    "amount": {"amount": 100000, "currency": "RUB"},
    "status": "asked",
    "closes": None,
    "reason": "",
    "by": "1001",
    "created_at": "2030-01-08T09:00:00Z",
    "settled_at": None,
}


class OrderItem(Answer):
    """A tariff that somebody wants, and what came of it; `paid` and `refunded` are in the currency that was paid in."""

    model_config = example(**ORDER)

    id: OrderId
    number: str
    contact: ContactId
    name: str
    username: str | None
    tariff: TariffId
    tariff_code: str
    status: OrderStatus
    standing: OrderStanding
    price: Money
    discount: Money
    promo_code: str | None
    paid: Money
    refunded: Money
    provider: str | None
    external_id: str | None
    utm: dict[str, str]
    created_at: datetime
    paid_at: datetime | None


class PaymentItem(Answer):
    """One attempt to pay an order; `is_test`: its provider says that no money came."""

    model_config = example(**PAYMENT)

    id: PaymentId
    order: OrderId
    number: str
    contact: ContactId
    provider: str
    external_id: str | None
    kind: PaymentKind
    status: PaymentStatus
    amount: Money
    refunded: Money
    fee: Money | None
    is_test: bool
    held_until: datetime | None
    created_at: datetime
    settled_at: datetime | None


class RefundItem(Answer):
    """Money that goes back; `closes`: whether it closes the access, null where the tariff decides."""

    model_config = example(**REFUND)

    id: RefundId
    payment: PaymentId
    amount: Money
    status: RefundStatus
    closes: bool | None
    reason: str
    by: str
    created_at: datetime
    settled_at: datetime | None


class OrderDetail(OrderItem):
    """An order with all its payments and what went back of them."""

    model_config = example(**{**ORDER, "payments": [PAYMENT], "refunds": [REFUND]})

    payments: list[PaymentItem]
    refunds: list[RefundItem]


class RefundBody(Body):
    """How much is to go back: all that is left of the latest payment without `amount`; `closes` as in a refund."""

    model_config = example(amount={"amount": 100000, "currency": "RUB"})

    amount: Sum | None = None
    closes: bool | None = None


def show_order(line: OrderLine) -> OrderItem:
    """An order as the API shows it."""
    names = ("id", "name", "username", "status", "standing", "provider", "external_id", "created_at")
    return OrderItem(
        **{name: getattr(line, name) for name in names},
        number=line.public_id,
        contact=line.contact_id,
        tariff=line.tariff_id,
        tariff_code=line.tariff,
        price=money(line.price, line.currency),
        discount=money(line.discount, line.currency),
        promo_code=line.promo,
        paid=money(line.paid, line.paid_in),
        refunded=money(line.refunded, line.paid_in),
        utm=dict(line.utm),
        paid_at=line.paid_at,
    )


def show_payment(line: PaymentLine) -> PaymentItem:
    """A payment as the API shows it."""
    names = ("id", "number", "provider", "external_id", "kind", "status", "is_test")
    times = ("held_until", "created_at", "settled_at")
    return PaymentItem(
        **{name: getattr(line, name) for name in (*names, *times)},
        order=line.order_id,
        contact=line.contact_id,
        amount=money(line.amount, line.currency),
        refunded=money(line.refunded, line.currency),
        fee=None if line.fee is None else money(line.fee, line.currency),
    )


def show_refund(line: RefundLine) -> RefundItem:
    """A refund as the API shows it."""
    names = ("id", "status", "closes", "reason", "by", "created_at", "settled_at")
    return RefundItem(
        **{name: getattr(line, name) for name in names},
        payment=line.payment_id,
        amount=money(line.amount, line.currency),
    )


@room.get("/orders", READ)
async def list_orders(
    call: Call,
    page: OrdersPage,
    status: OrderStatus | None = None,
    contact: ContactRef | None = None,
    tariff: TariffRef | None = None,
) -> Listed[OrderItem]:
    """The orders of the account, the latest first."""
    wanted = WantedOrders(status, contact, tariff)
    taken = await page.take(
        lambda part: listing.list_orders(call.uow, wanted, part),
        show_order,
        lambda most: listing.count_orders(call.uow, wanted, most),
    )
    return Listed(**taken)


@room.get("/orders/{order}", READ)
async def get_order(call: Call, order: OrderRef) -> OrderDetail:
    """One order, with its payments and refunds."""
    return await _show_whole(call, order)


@room.post("/orders/{order}/refund", CHANGE)
async def refund_order(call: Call, order: OrderRef, body: RefundBody) -> RefundItem:
    """Give money of an order back, all or a part; the provider is asked, and what it said stands in the order."""
    wanted = await load_order(call.uow, order)
    asked = body.amount
    amount = await refunds.read_amount(call.uow, wanted, asked.amount, asked.currency) if asked else None
    by = str(call.who.telegram_id)
    refund_id = await refunds.refund_order(call.uow, wanted, amount, by, closes=body.closes)
    call.note_change(wanted.contact_id, None, str(amount or "all"))
    lines = await listing.list_refunds(call.uow, order)
    return next(show_refund(line) for line in lines if line.id == refund_id)


@room.post("/refunds/{refund}/done", CHANGE)
async def end_refund(call: Call, refund: RefundRef) -> RefundItem:
    """Have a refund count as made, because somebody has sent the money by hand; then it closes what it closes."""
    call.only_looked = not await refunds.settle_by_hand(call.uow, refund)
    return await _show_ended(call, refund, RefundStatus.SUCCEEDED)


@room.post("/refunds/{refund}/drop", CHANGE)
async def drop_refund(call: Call, refund: RefundRef) -> RefundItem:
    """Have no money go back after all, where it has not."""
    call.only_looked = not await refunds.give_up(call.uow, refund)
    return await _show_ended(call, refund, RefundStatus.REFUSED)


async def _show_ended(call: Call, refund_id: int, wished: RefundStatus) -> RefundItem:
    ended, order = await refunds.require_ended(call.uow, refund_id, wished)
    call.note_change(order.contact_id, None, ended.status)
    lines = await listing.list_refunds(call.uow, order.id)
    return next(show_refund(line) for line in lines if line.id == refund_id)


@room.post("/orders/{order}/settle", CHANGE)
async def settle_order(call: Call, order: OrderRef) -> OrderDetail:
    """Have an order count as paid, because somebody has seen the money."""
    wanted = await load_order(call.uow, order)
    call.only_looked = not await manual_orders.settle_once(call.uow, wanted, str(call.who.telegram_id))
    call.note_change(wanted.contact_id, wanted.status, OrderStatus.PAID)
    return await _show_whole(call, order)


async def _show_whole(call: Call, order_id: int) -> OrderDetail:
    line = await listing.get_line(call.uow, order_id)
    wanted = WantedPayments(order_id=order_id)
    paid = await listing.list_payments(call.uow, wanted, listing.ALL_PAYMENTS)
    back = await listing.list_refunds(call.uow, order_id)
    return OrderDetail(
        **dict(show_order(line)),
        payments=[show_payment(each_payment) for each_payment in paid],
        refunds=[show_refund(each_refund) for each_refund in back],
    )


@room.get("/payments", READ)
async def list_payments(
    call: Call,
    page: PaymentsPage,
    status: PaymentStatus | None = None,
    order: OrderRef | None = None,
    provider: Annotated[str | None, Query(max_length=MOST_PROVIDER)] = None,
) -> Listed[PaymentItem]:
    """The payments of the account, the latest first."""
    wanted = WantedPayments(status, order, provider)
    taken = await page.take(
        lambda part: listing.list_payments(call.uow, wanted, part),
        show_payment,
        lambda most: listing.count_payments(call.uow, wanted, most),
    )
    return Listed(**taken)


@room.get("/payments/{payment}", READ)
async def get_payment(call: Call, payment: PaymentRef) -> PaymentItem:
    """One payment."""
    return show_payment(await listing.get_payment(call.uow, payment))
