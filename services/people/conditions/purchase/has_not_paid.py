"""`has_not_paid`: they have paid for nothing, or all of it went back."""

from sqlalchemy.sql.elements import ColumnElement

from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope
from services.people.conditions.purchase import has_paid


def clause(_: Params, scope: Scope) -> ColumnElement[bool]:
    """The others than `has_paid` finds."""
    return ~has_paid.clause(has_paid.HasPaid(), scope)


CONDITION = Condition(Params, clause)
