"""Who will look at the work of a course, in words for whoever publishes it."""

from core.db.session import UnitOfWork
from core.flow.steps.assignment import AssignmentStep
from services.content.entry.tokens import list_courses
from services.content.flows import get_flow_id, get_latest_version
from services.content.settings import load_course_settings
from services.content.store import deployments as store
from services.delivery import speech
from services.delivery.speech import Words
from services.learning.run_context import free_rights, list_unsold
from services.tenancy import groups, members
from services.tenancy.permissions import Permission


async def tell_reviewers(uow: UnitOfWork, slug: str) -> Words | None:
    """A sentence: who reviews the work of this course, or that nobody will; None if it asks for none."""
    flow_id = await get_flow_id(uow, slug)
    version = await get_latest_version(uow, flow_id)
    if not any(isinstance(step, AssignmentStep) for step in version.flow.steps):
        return None
    place = await store.find_deployment(uow.conn, uow.account_id, flow_id=flow_id)
    settings = await load_course_settings(uow, place.id if place else None)
    unsold = bool(await list_unsold(uow, {version.id}))
    reviewers = await members.list_who_may(uow, Permission.REVIEWS)
    if settings.review_chat_id is None and not reviewers:
        return speech.words("reviewed-by-nobody")
    if unsold and not free_rights(settings, unsold=True, reviewed=bool(reviewers)):
        return speech.words("reviewed-by-wish")
    whose = speech.words("reviewed-all" if unsold or settings.review else "reviewed-bought")
    if settings.review_chat_id is not None:
        titles = await groups.load_titles(uow, [settings.review_chat_id])
        shown = titles.get(settings.review_chat_id, settings.review_chat_id)
        return speech.words("reviewed-in-group", whose=whose, group=shown)
    return speech.words("reviewed-by-admins", whose=whose, count=len(reviewers))


async def list_review_groups(uow: UnitOfWork, bot_id: int) -> set[int]:
    """The groups in which the work of this bot's courses is shown, by the numbers they have now."""
    return set(await groups.resolve(uow, [chat_id for chat_id, _ in await _list_said(uow, bot_id)]))


async def list_forums(uow: UnitOfWork, bot_id: int) -> set[int]:
    """Those of the groups in which every student is to have a topic."""
    forums = set()
    for said, wanted in await _list_said(uow, bot_id):
        seat = await groups.find_seat(uow, bot_id, said)
        if wanted or (wanted is None and seat is not None and seat.group.is_forum):
            forums.add(seat.group.chat_id if seat else said)
    return forums


async def _list_said(uow: UnitOfWork, bot_id: int) -> set[tuple[int, bool | None]]:
    """The groups that are set for review, and whether topics are, too."""
    courses = await list_courses(uow, bot_id)
    places = [None, *(course.deployment.id for course in courses)]
    settings = [await load_course_settings(uow, place_id) for place_id in places]
    return {
        (place.review_chat_id, place.review_topics) for place in settings if place.review_chat_id is not None
    }
