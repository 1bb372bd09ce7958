"""A draft or an earlier version becomes the newest, and everybody in the flow is moved at once."""

from collections.abc import Callable

from core.db.session import Database, UnitOfWork
from core.flow.definition import Flow
from core.flow.versions import MoveChoice
from services.content.drafts import get_draft
from services.learning.runs import version_migration
from services.learning.runs.version_migration import BATCH


async def find_publishable(uow: UnitOfWork, slug: str, version: int | None) -> Flow:
    """The draft of a flow, or an earlier `version` of it (0: the one before the newest).

    Raises DRAFT_NOT_FOUND, VERSION_NOT_FOUND.
    """
    if version is None:
        return await get_draft(uow, slug)
    return await version_migration.restore(uow, slug, version or None)


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
