"""A draft or an earlier version becomes the newest, and everybody in the flow is moved at once."""

from collections.abc import Callable, Mapping

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow
from core.flow.versions import MoveChoice
from services.content.deployments import deploy_flow
from services.content.drafts import find_editable, get_draft
from services.content.flows import get_overview
from services.content.schemas import Deployment, FlowVersion
from services.learning.runs import version_migration
from services.learning.runs.version_migration import BATCH
from services.tenancy.bots import find_bot
from services.workflows.installing import BOT_OF


async def find_publishable(uow: UnitOfWork, slug: str, version: int | None) -> Flow:
    """The draft of a flow, or an earlier `version` of it (0: the one before the newest).

    Raises DRAFT_NOT_FOUND, VERSION_NOT_FOUND.
    """
    if version is None:
        return await get_draft(uow, slug)
    return await version_migration.restore(uow, slug, version or None)


async def publish_draft(
    uow: UnitOfWork, slug: str, choice: MoveChoice, by_step: Mapping[str, MoveChoice] | None = None
) -> FlowVersion:
    """Make what there is to edit the next version, and have it on its bot; raises DRAFT_NOT_FOUND, FLOW_INVALID, NAME_TAKEN.

    A flow without a draft stays at its version; that opens no course to anybody.
    """
    flow = await find_editable(uow, slug)
    if flow is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DRAFT_NOT_FOUND", slug)
    version = await version_migration.publish(uow, flow, choice, by_step)
    await put_on_its_bot(uow, version)
    return version


async def roll_back(uow: UnitOfWork, flow_id: int, number: int | None, choice: MoveChoice) -> FlowVersion:
    """Make an earlier version (None: the one before the newest) the newest again; raises VERSION_NOT_FOUND.

    What was being worked on is worked on still.
    """
    slug = (await get_overview(uow, flow_id)).slug
    former = await version_migration.restore(uow, slug, number)
    return await version_migration.publish(uow, former, choice, keeps_draft=True)


async def put_on_its_bot(uow: UnitOfWork, version: FlowVersion) -> Deployment | None:
    """Have it on the bot of its kind; None while there is none."""
    bot = await find_bot(uow, BOT_OF[version.flow.kind])
    return await deploy_flow(uow, version.flow_id, bot.id) if bot else None


async def move_everybody(
    db: Database, account_id: int, version_id: int, choice: MoveChoice, tick: Callable[[int], None]
) -> int:
    """Move everybody in the flow into a version, some runs per transaction; says how many were moved.

    `tick` is told of each some. Broken off, the running process goes on by itself.
    """
    moved = 0
    while choice is not MoveChoice.STAY:
        async with db.unit(account_id) as uow:
            some = await version_migration.move_some(uow, version_id, choice)
        moved += some
        tick(some)
        if some < BATCH:
            break
    return moved
