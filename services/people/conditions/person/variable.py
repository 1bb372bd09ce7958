"""`variable`: something is kept under this name (`name`), and is `value` (or `equals`, the same) where one is given."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import variables
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope, is_among


def _as_text(value: object) -> object:
    """YAML reads `equals: 5` as a number; what is kept is text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


class Variable(Params):
    """Under which name, and what it is; any value without one. `equals` is another word for `value`."""

    name: str
    value: Annotated[str | None, BeforeValidator(_as_text)] = Field(
        default=None, validation_alias=AliasChoices("value", "equals")
    )


def clause(asked: Variable, scope: Scope) -> ColumnElement[bool]:
    """People with the variable."""
    kept = [variables.c.account_id == scope.account_id, variables.c.name == asked.name]
    if asked.value is not None:
        kept.append(variables.c.value == asked.value)
    return is_among(variables.c.contact_id, scope, *kept)


CONDITION = Condition(Variable, clause, main="name")
