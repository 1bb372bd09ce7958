"""`created_after`: we first met them on this day (`day`) of UTC or later."""

from datetime import UTC, date, datetime, time

from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope


class CreatedAfter(Params):
    """Since when."""

    day: date


def clause(asked: CreatedAfter, _: Scope) -> ColumnElement[bool]:
    """People met since then."""
    return contacts.c.created_at >= datetime.combine(asked.day, time(), UTC)


CONDITION = Condition(CreatedAfter, clause, main="day")
