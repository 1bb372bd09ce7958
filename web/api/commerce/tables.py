"""Orders and payments as workbooks: all that a list's filters leave, not a page of it."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from core.db.keyset import Slice
from core.lifecycle import OrderStatus, PaymentStatus
from core.limits import EXPORTS
from services.commerce.lists import WantedOrders, WantedPayments
from services.commerce.orders import listing
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.commerce.orders import MOST_PROVIDER
from web.api.ids import ContactRef, OrderRef, TariffRef
from web.api.policy import Policy
from web.api.routes import Room
from web.api.workbooks import MOST_ROWS, WORKBOOK, answer_workbook

TABLE = Policy(Permission.MONEY_READ, apart=True, counts=EXPORTS)
MORE = MOST_ROWS + 1
room = Room("commerce")


@room.get("/orders/export.xlsx", TABLE, WORKBOOK)
async def export_orders(
    call: Call,
    status: OrderStatus | None = None,
    contact: ContactRef | None = None,
    tariff: TariffRef | None = None,
) -> Response:
    """The orders as a workbook, the latest first: sums in major units, moments in UTC."""
    part = Slice(listing.ORDERS["-id"], MORE)
    async with call.read() as uow:
        lines = await listing.list_orders(uow, WantedOrders(status, contact, tariff), part)
    return await answer_workbook("orders", listing.COLUMNS, [listing.write_row(line) for line in lines])


@room.get("/payments/export.xlsx", TABLE, WORKBOOK)
async def export_payments(
    call: Call,
    status: PaymentStatus | None = None,
    order: OrderRef | None = None,
    provider: Annotated[str | None, Query(max_length=MOST_PROVIDER)] = None,
) -> Response:
    """The payments as a workbook, the latest first: sums in major units, moments in UTC."""
    part = Slice(listing.PAYMENTS["-id"], MORE)
    async with call.read() as uow:
        lines = await listing.list_payments(uow, WantedPayments(status, order, provider), part)
    return await answer_workbook(
        "payments", listing.PAYMENT_COLUMNS, [listing.write_payment(line) for line in lines]
    )
