"""`finished`: they have come to the end of a flow (`flow`, its slug), once at least."""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.content import flow_versions, flows
from core.db.models.learning import runs
from core.db.models.people import contacts
from core.flow.conditions import Params
from core.flow.run import RunStatus
from services.people.conditions.base import Condition, Names, Scope


class Finished(Params):
    """Which flow."""

    flow: str


def clause(asked: Finished, scope: Scope) -> ColumnElement[bool]:
    """People with a completed run of any version of the flow."""
    return (
        exists()
        .where(runs.c.account_id == scope.account_id, runs.c.contact_id == contacts.c.id)
        .where(runs.c.status == RunStatus.COMPLETED, runs.c.flow_version_id == flow_versions.c.id)
        .where(flow_versions.c.account_id == scope.account_id, flow_versions.c.flow_id == flows.c.id)
        .where(flows.c.account_id == scope.account_id, flows.c.slug == asked.flow)
    )


def known_names(account_id: int) -> Select[Any]:
    """The slugs of all flows."""
    return select(flows.c.slug).where(flows.c.account_id == account_id)


NAMES = Names(known_names, title=flows.c.name)
CONDITION = Condition(Finished, clause, main="flow", names={"flow": NAMES})
