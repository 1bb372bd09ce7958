"""What becomes of an import after it was read: its draft is published, or it is undone as long as nothing came after it."""

from dataclasses import dataclass
from enum import StrEnum

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.versions import MoveChoice
from services.content import imports
from services.content.drafts import get_draft
from services.content.entry.doors import Door
from services.content.importing.applying import Imported, deploy_import
from services.content.importing.reader import Course
from services.content.schemas import Deployment
from services.delivery.speech import Words
from services.learning.review.who_reviews import tell_reviewers
from services.learning.runs import version_migration
from services.tenancy.bots import get_bot
from services.workflows.installing import BOT_OF


class Undone(StrEnum):
    """What an undo has done."""

    DRAFT = "draft"  # the draft is what it was before
    VERSION = "version"  # the version before is the newest again
    WITHDRAWN = "withdrawn"  # nobody gets into what it made


@dataclass(frozen=True, slots=True)
class PublishedImport:
    """A draft that was published: on which bot, behind which door, and who reviews its work."""

    imported: Imported
    username: str
    deployment: Deployment
    door: Door
    reviewers: Words | None


async def publish_import(uow: UnitOfWork, import_id: int) -> PublishedImport:
    """Publish the draft of an import and put it on its bot; people in it finish the version they are in.

    Raises IMPORT_NOT_FOUND, IMPORT_UNDONE, IMPORT_NOT_LAST, DRAFT_NOT_FOUND, FLOW_INVALID, NAME_TAKEN.
    """
    made = await imports.get_import(uow, import_id)
    await imports.require_last(uow, made)
    flow = await get_draft(uow, made.slug)
    version = await version_migration.publish(uow, flow, MoveChoice.STAY)
    await imports.note_version(uow, import_id, version)
    imported = Imported(Course(flow, made.file), version.flow_id, version.number, changed=True)
    bot = await get_bot(uow, BOT_OF[flow.kind])
    deployment, door = await deploy_import(uow, imported, bot.id)
    reviewers = await tell_reviewers(uow, flow.slug)
    return PublishedImport(imported, bot.username, deployment, door, reviewers)


async def undo_import(uow: UnitOfWork, import_id: int) -> tuple[str, Undone]:
    """Bring back what was there before an import; gives the flow's slug and what was done.

    Raises IMPORT_NOT_FOUND, IMPORT_UNDONE, IMPORT_NOT_LAST, and IMPORT_IN_USE for a flow it made and people are in.
    """
    made = await imports.get_import(uow, import_id)
    await imports.require_last(uow, made)
    await imports.mark_undone(uow, made)
    if made.version_id is None:
        await imports.take_back_draft(uow, made)
        return made.slug, Undone.DRAFT
    former = await imports.load_former(uow, made)
    if former is not None:
        await version_migration.publish(uow, former, MoveChoice.STAY)
        return made.slug, Undone.VERSION
    if any((await version_migration.count_people(uow, made.flow_id)).values()):
        raise DomainError(
            ErrorKind.CONFLICT, "IMPORT_IN_USE", f"there are people in {made.slug}, so it stays"
        )
    await imports.withdraw(uow, made)
    return made.slug, Undone.WITHDRAWN
