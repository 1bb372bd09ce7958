"""`utm`: where they came from (`source`, `medium`, `campaign`, `term`), kept with the person or with one of their runs."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator
from sqlalchemy import and_, exists, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.learning import runs
from core.db.models.people import contacts, variables
from core.flow.conditions import Params
from core.text.refusal import Refused
from services.people.conditions.base import Condition, Scope

PREFIX = "utm_"


class Utm(Params):
    """What each mark says, at least one of them."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_former(cls, value: object) -> object:
        """Flows published before name one mark and what it says: `{name: utm_campaign, value: may}`."""
        if isinstance(value, Mapping) and "value" in value and set(value) <= {"name", "value"}:
            return {str(value.get("name", "utm_source")).removeprefix(PREFIX): value["value"]}
        return value

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise Refused("refused-utm")
        return self


def clause(asked: Utm, scope: Scope) -> ColumnElement[bool]:
    """People with all these marks."""
    marks: dict[str, Any] = asked.model_dump(exclude_none=True)
    return and_(*(_has(PREFIX + name, value, scope) for name, value in marks.items()))


def _has(name: str, value: str, scope: Scope) -> ColumnElement[bool]:
    """By a link into the shop a mark is a variable, by one into a course it is the run's."""
    mark = (
        exists()
        .where(variables.c.account_id == scope.account_id, variables.c.contact_id == contacts.c.id)
        .where(variables.c.name == name, variables.c.value == value)
    )
    came = (
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.utm[name].as_string() == value)
    )
    return or_(mark, came)


CONDITION = Condition(Utm, clause, main="source")
