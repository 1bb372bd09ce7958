"""`has_paid`: they have paid for something, or for this tariff (`tariff`), and the money did not all go back."""

from sqlalchemy import exists, or_, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import orders, payments, tariffs
from core.flow.conditions import Params
from core.lifecycle import OrderStatus, PaymentStatus
from services.people.conditions.base import Condition, Scope, is_among
from services.people.conditions.purchase import tariff


class HasPaid(Params):
    """For which tariff, by its code; any without one."""

    tariff: str | None = None


def is_paid(account_id: int) -> list[ColumnElement[bool]]:
    """Asked of orders: paid ones whose money is still ours, or that cost nothing."""
    money = (
        exists()
        .where(payments.c.account_id == account_id, payments.c.order_id == orders.c.id)
        .where(payments.c.status == PaymentStatus.SUCCEEDED)
    )
    return [
        orders.c.account_id == account_id,
        orders.c.status == OrderStatus.PAID,
        or_(money.where(payments.c.refunded < payments.c.amount), ~money),
    ]


def clause(asked: HasPaid, scope: Scope) -> ColumnElement[bool]:
    """People with such an order."""
    paid = is_paid(scope.account_id)
    if asked.tariff is not None:
        code = select(tariffs.c.id).where(
            tariffs.c.account_id == scope.account_id, tariffs.c.code == asked.tariff
        )
        paid.append(orders.c.tariff_id.in_(code))
    return is_among(orders.c.contact_id, scope, *paid)


CONDITION = Condition(HasPaid, clause, main="tariff", names={"tariff": tariff.NAMES})
