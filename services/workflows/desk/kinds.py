"""All wizards by the kind of their talk."""

from collections.abc import Mapping

from core.flow.definition import FlowKind
from core.wizard.setup import KIND as SETUP
from core.wizard.texts import KIND as TEXTS
from services.workflows.desk import flow_desk, list_desks, setup_desk, text_desk
from services.workflows.desk.talks import Wizard

WIZARDS: Mapping[str, Wizard] = {
    FlowKind.SCENARIO: flow_desk.WIZARD,
    FlowKind.COURSE: flow_desk.WIZARD,
    **list_desks.DESKS,
    SETUP: setup_desk.WIZARD,
    TEXTS: text_desk.WIZARD,
}
