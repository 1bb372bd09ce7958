"""`joined`: we first met them on or after one day (`after`), before another (`before`), or both; days of UTC."""

from datetime import UTC, date, datetime, time
from typing import Self

from pydantic import model_validator
from sqlalchemy import and_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from core.text.refusal import Refused
from services.people.conditions.base import Condition, Scope


class Joined(Params):
    """At least one of the two."""

    after: date | None = None
    before: date | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.after is None and self.before is None:
            raise Refused("refused-joined")
        return self


def clause(asked: Joined, _: Scope) -> ColumnElement[bool]:
    """People met within the days."""
    bounds = []
    if asked.after:
        bounds.append(contacts.c.created_at >= datetime.combine(asked.after, time(), UTC))
    if asked.before:
        bounds.append(contacts.c.created_at < datetime.combine(asked.before, time(), UTC))
    return and_(*bounds)


CONDITION = Condition(Joined, clause)
