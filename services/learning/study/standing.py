"""How a course stands, in a sentence for its student, with the buttons for what they can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.flow.run import HoldReason, RunStatus
from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.lesson import LessonStep
from core.presses import PressKind
from core.rules.drip import REAL_DAY, Dated, OnDay
from core.rules.local_hour import LocalHour
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.learning import run_lookup
from services.learning.run_context import KnownRun, know, load_rights
from services.learning.runs.holds import access_changes, pausing
from services.learning.schemas import LoadedRun

LIST = PressKind.LESSON_LIST  # kind of the button that shows the lessons
PRESSES: Mapping[str, str] = {
    HoldReason.PAUSED: "press-paused",
    HoldReason.NO_ACCESS: "press-closed",
    HoldReason.PARKED: "press-parked",
    HoldReason.OPERATOR: "talk-goes-on",
}
"""What a press is answered while a course is held."""


@dataclass(frozen=True)
class Standing:
    """What to tell, and what can be pressed."""

    words: Words
    buttons: Keyboard = ()


async def find_obstacle(uow: UnitOfWork, run: LoadedRun) -> Standing | None:
    """Why nothing of the course comes: they paused, talk or have no access; None if nothing is in its way."""
    value = run.stored.value
    reason = value.held_for if value.status is RunStatus.HELD else None
    if reason == HoldReason.PAUSED:
        return Standing(*await pausing.describe(uow, run.stored))
    if await load_rights(uow, run.stored) is None or reason == HoldReason.NO_ACCESS:
        return Standing(speech.words("course-held"), await access_changes.shop_buttons(uow))
    if reason == HoldReason.OPERATOR:
        return Standing(speech.words("course-talks"))
    if reason == HoldReason.PARKED:
        return Standing(speech.words("course-parked"))
    return Standing(speech.words("course-stuck")) if reason else None


async def explain_press(uow: UnitOfWork, run_id: int, visit: int) -> str:
    """The text for a press at a visit that led to nothing."""
    value = (await run_lookup.load_run(uow, run_id)).stored.value
    if value.status is RunStatus.HELD:
        return PRESSES.get(value.held_for or "", "course-stuck")
    if visit in {opened.visit for opened in (value.here, *value.open) if opened}:
        return "press-answered"
    return "press-ticked" if await run_lookup.is_lesson(uow, run_id, visit) else "press-passed"


async def describe(uow: UnitOfWork, run: LoadedRun) -> Standing:
    """What comes next and when, or why nothing does."""
    obstacle = await find_obstacle(uow, run)
    if obstacle is not None:
        return obstacle
    if run.stored.value.status is not RunStatus.ACTIVE:
        return Standing(speech.words(over_key(run)))
    known = await know(uow, run.stored.id)
    if at := find_next(known, uow.now):
        return Standing(speech.words("progress-next", at=speech.moment(at, known.contact.zone)))
    return Standing(speech.words(_waits_key(run)))


def over_key(run: LoadedRun) -> str:
    """The text for a course that has ended, with lessons to read again or without."""
    if run.stored.value.status is RunStatus.STOPPED:
        return "course-stopped"
    has_lessons = any(isinstance(step, LessonStep) for step in run.flow.steps)
    return "progress-finished" if has_lessons else "course-finished"


def _waits_key(run: LoadedRun) -> str:
    value = run.stored.value
    step = run.flow.step(value.step)
    if isinstance(step, AssignmentStep):
        return "progress-waits-for-work"
    return "progress-waits-for-you" if step and step.expects(value.data) else "course-goes-on"


def find_next(known: KnownRun, now: datetime) -> datetime | None:
    """When the lesson really comes that the course waits for; None if it waits for something else."""
    value, view = known.run.stored.value, known.view
    step = known.run.flow.step(value.step)
    return step.comes_at(value.data, view, now) if isinstance(step, LessonStep) else None


def find_hour(known: KnownRun, now: datetime) -> LocalHour | None:
    """The hour at which the next lesson comes by the course's own plan; None where it has none."""
    value, flow = known.run.stored.value, known.run.flow
    if known.settings.day != REAL_DAY or value.started_at is None:
        return None
    begun = False
    for step in flow.steps:
        begun = begun or step.key == value.step
        if begun and isinstance(step, LessonStep) and _has_hour(step):
            return step.usual_hour(known.view, value.started_at, now)
    return None


def _has_hour(step: LessonStep) -> bool:
    first = isinstance(step.drip, OnDay) and step.drip.day == 1
    return isinstance(step.drip, Dated) and not first


def list_button(run: LoadedRun) -> Mapping[str, Any]:
    """The button that shows the lessons."""
    return speech.button(speech.words("lessons-button"), LIST, run.stored.id)
