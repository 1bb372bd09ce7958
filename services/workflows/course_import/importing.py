"""Courses that were read become versions or drafts, are put on their bots, and say who reviews their assignments."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.db.session import UnitOfWork
from services.content.entry.doors import Door
from services.content.importing.applying import Imported, Planned, deploy_import, publish_import
from services.content.importing.reader import Batch
from services.content.imports import keep_imported_draft
from services.delivery.speech import Words
from services.learning.review.who_reviews import tell_reviewers
from services.tenancy.bots import get_bot
from services.workflows.installing import BOT_OF


@dataclass(frozen=True, slots=True)
class DeployedImport:
    """On which bot an imported course is, and whom it lets in."""

    username: str
    door: Door


@dataclass(frozen=True, slots=True)
class CourseImport:
    """What became of one course of a batch; `deployed` only where that was asked for."""

    imported: Imported
    deployed: DeployedImport | None
    reviewers: Words | None


async def import_courses(
    uow: UnitOfWork, batch: Batch, planned: Sequence[Planned], *, deploy: bool, public: bool
) -> list[CourseImport]:
    """Publish all courses of a batch without errors; with `deploy` they are put on their bots."""
    made = await publish_import(uow, batch, list(planned))
    deployed = [await _deploy(uow, made_course, public=public) if deploy else None for made_course in made]
    reviewers = [await tell_reviewers(uow, made_course.course.flow.slug) for made_course in made]
    return [CourseImport(*parts) for parts in zip(made, deployed, reviewers, strict=True)]


async def _deploy(uow: UnitOfWork, imported: Imported, *, public: bool) -> DeployedImport:
    bot = await get_bot(uow, BOT_OF[imported.course.flow.kind])
    _, door = await deploy_import(uow, imported, bot.id, public=public)
    return DeployedImport(bot.username, door)


async def keep_drafts(uow: UnitOfWork, batch: Batch, planned: Sequence[Planned]) -> None:
    """Keep what has changed as drafts, with the files that go along."""
    for shelf in batch.shelves:
        shelf.keep()
    for planned_course in planned:
        if planned_course.changes:
            await keep_imported_draft(uow, planned_course.course.flow, planned_course.course.file)
