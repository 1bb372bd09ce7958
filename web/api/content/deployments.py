"""Where flows run: on which bot, in production or to be tried, and what its `/start` begins."""

from datetime import datetime
from typing import Annotated

from core.flow.definition import FlowKind
from core.lifecycle import Stage
from services.content import deployments, flows, scenarios
from services.content.deployments import ORDERS
from services.content.schemas import ListedDeployment
from services.workflows.installing import put_on_bot
from web.api.calls import ApiCall, Call
from web.api.content.flows import CHANGE, READ
from web.api.ids import BotId, DeploymentId, DeploymentRef, FlowId, FlowRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.problems import Problem
from web.api.routes import Room

Deployments = Annotated[ListPage, paged(ORDERS)]
room = Room("content")


class DeploymentItem(Answer):
    """A flow on a bot; a closed one (not `is_active`) nobody begins any more."""

    model_config = example(
        id="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        flow="flw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        bot="bot_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        slug="words",
        kind="course",
        environment="prod",
        is_active=True,
        is_default=False,
        created_at="2030-01-07T09:00:00Z",
    )

    id: DeploymentId
    flow: FlowId
    bot: BotId
    slug: str
    kind: FlowKind
    environment: Stage
    is_active: bool
    is_default: bool
    created_at: datetime


class DeploymentBody(Body):
    """Which published flow is put on the bot of its kind, in production or to be tried."""

    model_config = example(flow="flw_aaaaaaaaaaaaaaaaaaaaaaaaaa", environment="test")

    flow: FlowRef
    environment: Stage = Stage.PROD


def _show(listed: ListedDeployment) -> DeploymentItem:
    names = ("id", "slug", "kind", "environment", "is_active", "is_default", "created_at")
    shown = {name: getattr(listed, name) for name in names}
    return DeploymentItem(**shown, flow=listed.flow_id, bot=listed.bot_id)


@room.get("/deployments", READ)
async def list_deployments(
    call: Call, page: Deployments, flow: FlowRef | None = None
) -> Listed[DeploymentItem]:
    """Where flows run, the latest first."""
    taken = await page.take(lambda part: deployments.list_page(call.uow, flow, part), _show)
    return Listed(**taken)


@room.get("/deployments/{deployment}", READ)
async def get_deployment(call: Call, deployment: DeploymentRef) -> DeploymentItem:
    """One of them."""
    return _show(await deployments.get_listed(call.uow, deployment))


@room.post("/deployments", CHANGE, 201)
async def create_deployment(call: Call, body: DeploymentBody) -> DeploymentItem:
    """Put a published flow on the bot of its kind; one that is there stays."""
    slug = (await flows.get_overview(call.uow, body.flow)).slug
    placed = await put_on_bot(call.uow, slug, {}, test=body.environment is Stage.TEST)
    return _show(await deployments.get_listed(call.uow, placed.deployment.id))


async def _get_scenario(call: ApiCall, deployment: int) -> ListedDeployment:
    listed = await deployments.get_listed(call.uow, deployment)
    if listed.kind != FlowKind.SCENARIO or listed.environment != Stage.PROD:
        raise Problem(409, "INVALID_SCENARIO_STATE", more={"allowed": []})
    return listed


@room.post("/deployments/{deployment}/default", CHANGE)
async def make_default(call: Call, deployment: DeploymentRef) -> DeploymentItem:
    """Let `/start` of the bot begin this scenario."""
    listed = await _get_scenario(call, deployment)
    await scenarios.set_default(call.uow, listed.bot_id, listed.slug)
    return _show(await deployments.get_listed(call.uow, deployment))


@room.post("/deployments/{deployment}/close", CHANGE)
async def close_deployment(call: Call, deployment: DeploymentRef) -> DeploymentItem:
    """Let nobody new begin this scenario; who is in it finishes it."""
    listed = await _get_scenario(call, deployment)
    await scenarios.set_active(call.uow, listed.bot_id, listed.slug, active=False)
    return _show(await deployments.get_listed(call.uow, deployment))


@room.post("/deployments/{deployment}/open", CHANGE)
async def open_deployment(call: Call, deployment: DeploymentRef) -> DeploymentItem:
    """Let people begin this scenario again."""
    listed = await _get_scenario(call, deployment)
    await scenarios.set_active(call.uow, listed.bot_id, listed.slug, active=True)
    return _show(await deployments.get_listed(call.uow, deployment))
