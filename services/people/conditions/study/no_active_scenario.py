"""`no_active_scenario`: no scenario leads them now, whether it goes on or is held."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.learning import runs
from core.db.models.people import contacts
from core.flow.conditions import Params
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from services.people.conditions.base import Condition, Scope

GOES_ON = (RunStatus.ACTIVE, RunStatus.HELD)


def clause(_: Params, scope: Scope) -> ColumnElement[bool]:
    """People without a run of a scenario that goes on."""
    return ~(
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.kind == FlowKind.SCENARIO, runs.c.status.in_(GOES_ON))
    )


CONDITION = Condition(Params, clause)
