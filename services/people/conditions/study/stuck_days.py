"""`stuck_days`: a course of theirs goes on, and has said nothing for so many days (`days`)."""

from datetime import timedelta

from pydantic import Field
from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.learning import runs
from core.db.models.people import contacts
from core.flow.conditions import Params
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from services.people.conditions.base import Condition, Scope

MOST_DAYS = 3_660


class StuckDays(Params):
    """How many days."""

    days: int = Field(ge=1, le=MOST_DAYS)


def clause(asked: StuckDays, scope: Scope) -> ColumnElement[bool]:
    """People with an active course that last spoke before then: it waits for them."""
    return (
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.kind == FlowKind.COURSE, runs.c.status == RunStatus.ACTIVE)
        .where(runs.c.spoke_at <= scope.now - timedelta(days=asked.days))
    )


CONDITION = Condition(StuckDays, clause, main="days")
