"""`tandem refund`: what is done about an order's money by hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.commerce.schemas import Order

Number = Annotated[str, typer.Argument(help="The order's number.")]


def refund(
    order: Number,
    amount: Annotated[str, typer.Argument(help="A part, like 500.00; everything without it.")] = "",
    *,
    keep_access: Annotated[bool, typer.Option("--keep-access", help="Whatever the tariff says.")] = False,
    close_access: Annotated[bool, typer.Option("--close-access", help="Whatever the tariff says.")] = False,
) -> None:
    """Give the money of an order back; the running bots ask the provider and tell what became of it."""
    if keep_access and close_access:
        raise typer.BadParameter("the access is either kept or closed")
    closes = close_access if keep_access or close_access else None
    in_unit(_refund, order, amount, closes=closes)


async def _refund(uow: "UnitOfWork", number: str, amount: str, *, closes: bool | None) -> list[str]:
    from core.money import Money, read_money
    from services.commerce.refunds import refunds

    order = await get_by_number(uow, number)
    wanted = read_money(amount, order.currency) if amount else None
    payment, most = await refunds.find_refundable(uow, order, wanted)
    wish = refunds.Wish(payment.id, most, refunds.CONSOLE, payment.refunded, closes)
    await refunds.ask_refund(uow, wish)
    money = Money(most, payment.currency)
    return [
        f"order {order.public_id}: {payment.provider} is asked to give {money} back while `tandem run` runs"
    ]


async def get_by_number(uow: "UnitOfWork", number: str) -> "Order":
    """An order by its number as people write it; raises ORDER_NOT_FOUND."""
    from core.errors import DomainError, ErrorKind
    from services.commerce.orders.orders import find_by_number

    order = await find_by_number(uow, number)
    if order is None:
        raise DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", f"there is no order {number}")
    return order
