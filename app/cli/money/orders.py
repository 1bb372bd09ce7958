"""`tandem orders`, `settle` and `refund`: all orders, and what is done about one by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.commerce.lists import OrderLine
    from services.commerce.schemas import Order

Number = Annotated[str, typer.Argument(help="The order's number.")]

NOT_REFUNDED = {
    "NOTHING_TO_REFUND": "nothing of order {} can go back: it is not paid, or all of it went back",
    "REFUND_TOO_MUCH": "at most {} of it can go back",
}
"""What a refusal says at a terminal, with what it is about."""


def orders(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
    export: Annotated[Path | None, typer.Option("--export", help="Into this file, .csv or .xlsx.")] = None,
) -> None:
    """Show all orders, the latest first, with what was paid and what went back."""
    if export is not None:
        from app.cli.tables import in_table

        in_table(export, read_table)
    in_unit(list_orders, as_json=as_json)


async def list_orders(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line per order, or one JSON document."""
    import json

    from services.commerce.orders import listing

    found_orders = await listing.list_orders(uow)
    if as_json:
        return [json.dumps([_document(order) for order in found_orders], ensure_ascii=False, indent=2)]
    return [_line(order) for order in found_orders] or ["nothing has been ordered yet"]


async def read_table(uow: "UnitOfWork") -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """All orders as a table."""
    from services.commerce.orders import listing

    return listing.COLUMNS, [listing.write_row(order) for order in await listing.list_orders(uow)]


def _document(order: "OrderLine") -> dict[str, Any]:
    return {
        "order": order.public_id,
        "contact": order.telegram_id,
        "name": order.name,
        "username": order.username,
        "tariff": order.tariff,
        "price": order.price,
        "discount": order.discount,
        "promo": order.promo,
        "utm": dict(order.utm),
        "currency": order.currency,
        "state": order.status,
        "paid": order.paid,
        "refunded": order.refunded,
        "paid_in": order.paid_in,
        "provider": order.provider,
        "external_id": order.external_id,
        "created_at": order.created_at.isoformat(),
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
    }


def _line(order: "OrderLine") -> str:
    from core.money import Money
    from services.commerce.orders.listing import known_as

    paid = f"paid {Money(order.paid, order.paid_in)}" if order.paid or order.status == "paid" else "not paid"
    back = f", {Money(order.refunded, order.paid_in)} went back" if order.refunded else ""
    price = str(Money(order.price, order.currency))
    return "\t".join(
        (
            order.public_id,
            order.status,
            known_as(order),
            order.tariff,
            price,
            paid + back,
            order.provider or "–",
        )
    )


def settle(order: Number) -> None:
    """Have an order count as paid, because the money was seen in the provider's cabinet."""
    in_unit(settle_order, order)


async def settle_order(uow: "UnitOfWork", number: str) -> list[str]:
    """Have it count as paid."""
    from services.commerce.orders import manual_orders
    from services.commerce.refunds.refunds import CONSOLE

    order = await get_by_number(uow, number)
    await manual_orders.settle_order(uow, order, CONSOLE)
    return [f"order {order.public_id} is paid; `tandem run` tells the buyer"]


def refund(
    order: Number,
    amount: Annotated[str, typer.Argument(help="A part, like 500.00; everything without it.")] = "",
    *,
    keep_access: Annotated[bool, typer.Option("--keep-access", help="Whatever the tariff says.")] = False,
    close_access: Annotated[bool, typer.Option("--close-access", help="Whatever the tariff says.")] = False,
    done: Annotated[bool, typer.Option("--done", help="It was sent by hand, as asked before.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Nothing is sent by hand after all.")] = False,
) -> None:
    """Give the money of an order back; the running bots ask the provider and tell what became of it.

    A provider that gives nothing back when asked leaves it to you: say --done once you have sent it in its cabinet.
    """
    if done or drop:
        in_unit(end_refund, order, is_done=done)
    if keep_access and close_access:
        raise typer.BadParameter("the access is either kept or closed")
    closes = close_access if keep_access or close_access else None
    in_unit(begin_refund, order, amount, closes=closes)


async def begin_refund(uow: "UnitOfWork", number: str, amount: str, *, closes: bool | None) -> list[str]:
    """Have the provider asked for it."""
    from core.errors import DomainError
    from core.money import Money, read_money
    from services.commerce.refunds import refunds

    order = await get_by_number(uow, number)
    wanted = read_money(amount, await refunds.find_currency(uow, order)) if amount else None
    try:
        payment, most = await refunds.find_refundable(uow, order, wanted)
    except DomainError as refusal:
        told = NOT_REFUNDED[refusal.code].format(refusal.detail)
        raise DomainError(refusal.kind, refusal.code, told) from None
    decision = refunds.RefundDecision(payment.id, most, refunds.CONSOLE, payment.refunded, closes)
    await refunds.ask_refund(uow, decision)
    money = Money(most, payment.currency)
    if refunds.goes_by_hand(payment):
        place = f"in the cabinet of {payment.provider}"
        return [
            f"order {order.public_id}: send {money} back {place}, then `tandem refund {order.public_id} --done`"
        ]
    return [
        f"order {order.public_id}: {payment.provider} is asked to give {money} back while `tandem run` runs"
    ]


async def end_refund(uow: "UnitOfWork", number: str, *, is_done: bool) -> list[str]:
    """The refund that waits for a person is made, or dropped."""
    from core.errors import DomainError, ErrorKind
    from services.commerce.refunds import refunds

    order = await get_by_number(uow, number)
    waiting = await refunds.find_by_hand(uow, order)
    if waiting is None:
        told = f"no refund of order {order.public_id} waits to be made by hand"
        raise DomainError(ErrorKind.NOT_FOUND, "REFUND_NOT_FOUND", told)
    if is_done:
        await refunds.settle_by_hand(uow, waiting[0].id)
        return [f"order {order.public_id}: noted, the money went back; `tandem run` tells the buyer"]
    await refunds.give_up(uow, waiting[0].id)
    return [f"order {order.public_id}: noted, nothing goes back"]


async def get_by_number(uow: "UnitOfWork", number: str) -> "Order":
    """An order by its number as people write it; raises ORDER_NOT_FOUND."""
    from core.errors import DomainError, ErrorKind
    from services.commerce.orders.orders import find_by_number

    order = await find_by_number(uow, number)
    if order is None:
        raise DomainError(
            ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", f"there is no order {number}; `tandem orders` lists them"
        )
    return order
