"""Courses and scenarios: how many people are on the way, wait, have come to the end."""

from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.text.message import localize
from services.insight.pages.progress import FlowProgress, list_progress
from web.api.calls import Call
from web.api.insight.reports import NUMBER, READ, NumberItem, show_number
from web.api.models import Answer, example
from web.api.routes import Room

room = Room("insight")
FLOW = {
    "flow": "words",
    "kind": "course",
    "name": "Plain words",
    **{status.value: NUMBER for status in RunStatus},
}


class ProgressItem(Answer):
    """A flow, and its people by what became of them; who began again may stand in two places."""

    model_config = example(**FLOW)

    flow: str
    kind: FlowKind
    name: str
    active: NumberItem
    held: NumberItem
    completed: NumberItem
    stopped: NumberItem


class ProgressAnswer(Answer):
    """Every flow that anybody has begun."""

    model_config = example(flows=[FLOW])

    flows: list[ProgressItem]


@room.get("/numbers/progress", READ)
async def get_progress(call: Call) -> ProgressAnswer:
    """How many people are on the way, wait, have come to the end."""
    return ProgressAnswer(flows=[_show(flow, call.language) for flow in await list_progress(call.uow)])


def _show(flow: FlowProgress, language: str) -> ProgressItem:
    numbers = {status.value: show_number(number) for status, number in flow.by_status.items()}
    return ProgressItem(
        flow=flow.slug, kind=FlowKind(flow.kind), name=localize(flow.name, language), **numbers
    )
