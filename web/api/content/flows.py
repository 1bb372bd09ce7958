"""Flows: courses, scenarios and outreaches, listed and begun."""

from typing import Annotated

from core.flow.definition import FlowKind, parse_flow
from services.content import drafts, flows
from services.content.flows import ORDERS
from services.learning import flow_pages
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.content.models import FlowBody, FlowItem, show_flow
from web.api.ids import FlowRef
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTENT_READ)
CHANGE = Policy(Permission.CONTENT)
Flows = Annotated[ListPage, paged(ORDERS)]
room = Room("content")


@room.get("/flows", READ)
async def list_flows(call: Call, page: Flows, kind: FlowKind | None = None) -> Listed[FlowItem]:
    """The flows of the account, the latest first, with how many people are in each."""
    taken = await page.take(
        lambda part: flow_pages.list_flows(call.uow, kind, part),
        lambda seen: show_flow(seen, call.language),
        lambda most: flows.count_flows(call.uow, kind, most),
    )
    return Listed(**taken)


@room.post("/flows", CHANGE, 201)
async def create_flow(call: Call, body: FlowBody) -> FlowItem:
    """Begin a flow; it is a draft that nobody sees until it is published."""
    flow_id = await drafts.create_draft(call.uow, parse_flow(body.model_dump()))
    return show_flow(await flow_pages.get_flow(call.uow, flow_id), call.language)


@room.get("/flows/{flow}", READ)
async def get_flow(call: Call, flow: FlowRef) -> FlowItem:
    """One flow."""
    return show_flow(await flow_pages.get_flow(call.uow, flow), call.language)
