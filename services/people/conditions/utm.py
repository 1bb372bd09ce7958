"""`utm`: where they came from (`name`, by default `utm_source`), kept with them or with one of their runs."""

from sqlalchemy import exists, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.learning import runs
from core.db.models.people import contacts, variables
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope


class Utm(Params):
    """Which mark, and what it says."""

    name: str = "utm_source"
    value: str


def clause(asked: Utm, scope: Scope) -> ColumnElement[bool]:
    """People with this mark: by a link into the shop it is a variable, by one into a course it is the run's."""
    kept = (
        exists()
        .where(variables.c.account_id == scope.account_id, variables.c.contact_id == contacts.c.id)
        .where(variables.c.name == asked.name, variables.c.value == asked.value)
    )
    came = (
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.utm[asked.name].as_string() == asked.value)
    )
    return or_(kept, came)


CONDITION = Condition(Utm, clause)
