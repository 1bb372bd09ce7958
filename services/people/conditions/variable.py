"""`variable`: something is kept under this name (`name`), and is `value` where one is given."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts, variables
from core.flow.conditions import Variable
from services.people.conditions.base import Condition, Scope


def clause(asked: Variable, scope: Scope) -> ColumnElement[bool]:
    """People with the variable."""
    kept = exists().where(
        variables.c.account_id == scope.account_id,
        variables.c.contact_id == contacts.c.id,
        variables.c.name == asked.name,
    )
    return kept if asked.value is None else kept.where(variables.c.value == asked.value)


CONDITION = Condition(Variable, clause)
