"""All wizards by the kind of their talk."""

from collections.abc import Mapping

from core.flow.definition import FlowKind
from services.workflows.desk import flow_desk, list_desks
from services.workflows.desk.talks import Wizard

WIZARDS: Mapping[str, Wizard] = {
    FlowKind.SCENARIO: flow_desk.WIZARD,
    FlowKind.COURSE: flow_desk.WIZARD,
    **list_desks.DESKS,
}
