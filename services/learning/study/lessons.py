"""What a student has been given: progress, and the delivered lessons to leaf through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.db.models.learning import run_steps
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import CourseFinished
from core.flow.effects import KeyButton, Text
from core.flow.history import RecordEvent
from core.flow.run import RunStatus
from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.lesson import DONE, LessonStep
from core.lifecycle import Priority
from core.presses import PressKind
from services.content.messages.rendering import calls_of
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.learning import run_lookup
from services.learning.run_context import load_rights
from services.learning.runs import effects
from services.learning.schemas import LoadedRun, StepRecord
from services.learning.store import lessons as store
from services.learning.store.review import submissions
from services.learning.study import modules, standing
from services.learning.study.standing import list_button
from services.people.schemas import Contact
from utils.telegram_html import shorten, strip_tags

OPEN = PressKind.LESSON_OPEN  # kind of the buttons that open a lesson: run-number
PAGE = PressKind.LESSON_PAGE  # kind of the buttons that leaf through the list: run-page
ON_A_PAGE = 8
BAR = 10
MOST_TITLE = 60
_GIVEN = {RecordEvent.LEFT, RecordEvent.LISTENING}
_TAKEN = {RecordEvent.LEFT, RecordEvent.CLOSED}


@dataclass(frozen=True)
class Given:
    """A lesson that has been delivered; `number` counts all lessons of the course, from 1."""

    number: int
    step: LessonStep
    done: bool


@dataclass(frozen=True)
class Progress:
    """How far a run has come: works are (task, status) with a status of `work-status-…`."""

    run: LoadedRun
    lessons: tuple[Given, ...]
    total: int
    works: tuple[tuple[Mapping[str, str], str], ...]

    @property
    def done(self) -> int:
        """How many lessons they have ticked off."""
        return sum(lesson.done for lesson in self.lessons)


async def load_progress(uow: UnitOfWork, run: LoadedRun) -> Progress:
    """Read how far a run has come from its history."""
    records = await _list_records(uow, run.stored.id)
    sent_steps = {record.step for record in records if record.event in _GIVEN}
    done = {record.step for record in records if record.answer == DONE}
    steps = [step for step in run.flow.steps if isinstance(step, LessonStep)]
    lessons = tuple(
        Given(number, step, step.key in done)
        for number, step in enumerate(steps, 1)
        if step.key in sent_steps
    )
    handed = {
        submission.step: submission
        for submission in await submissions.list_of_run(uow.conn, uow.account_id, run.stored.id)
    }
    answered = {record.step for record in records if record.event in _TAKEN and record.answer}
    entered = {record.step for record in records}
    works = tuple(
        (_title(step), _status(step.key, handed, answered))
        for step in run.flow.steps
        if isinstance(step, AssignmentStep) and step.key in entered
    )
    return Progress(run, lessons, len(steps), works)


async def _list_records(uow: UnitOfWork, run_id: int) -> list[StepRecord]:
    """Those of the database, and those this very unit is about to write."""
    own = [
        StepRecord(row["step"], row["event"], row["answer"])
        for table, row in uow.appended
        if table is run_steps and row["run_id"] == run_id
    ]
    return [*await store.list_records(uow.conn, uow.account_id, run_id), *own]


def _status(key: str, handed: Mapping[str, Any], answered: set[str]) -> str:
    if key in handed:
        return str(handed[key].status)
    return "answered" if key in answered else "awaited"


def _title(step: AssignmentStep) -> Mapping[str, str]:
    """The task's first line, by language."""
    texts = step.in_html(step.text) or {"*": step.key}
    return {
        name: shorten(strip_tags(text).strip().split("\n")[0], MOST_TITLE) for name, text in texts.items()
    }


async def show_progress(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Say how far they have come and what comes next; raises PAYMENT_REQUIRED if they are in no course."""
    run = await _get_run(uow, contact, screen.to)
    progress, stands = await load_progress(uow, run), await standing.describe(uow, run)
    parts = [*_describe(progress), *modules.score_lines(run), stands.words]
    lists = [[list_button(run)]] if progress.lessons else []
    speech.show(uow, screen, speech.lines(*parts), [*stands.buttons, *lists])


async def say_finished(uow: UnitOfWork, finished: CourseFinished) -> None:
    """The course is over: what they have done, and where it stays."""
    run = await run_lookup.load_run(uow, finished.run_id)
    progress = await load_progress(uow, run)
    words = speech.lines(
        *_describe(progress), *modules.score_lines(run), speech.words(standing.over_key(run))
    )
    key = f"finished:{run.stored.id}:{run.stored.version}"
    buttons = [[list_button(run)]] if progress.lessons else []
    speech.say(uow, run.stored.address, words, key, buttons=buttons, priority=Priority.LESSON)


def _describe(progress: Progress) -> list[Words]:
    lessons = [speech.words("progress-course", course=speech.named(progress.run.flow.name))]
    if progress.total:
        lessons.append(_bar(progress))
    if progress.done:
        lessons.append(speech.words("progress-done", done=progress.done))
    head = speech.lines(*lessons, gap="\n")
    if not progress.works:
        return [head]
    works = [
        speech.words("progress-work", task=speech.named(title), status=speech.words(f"work-status-{status}"))
        for title, status in progress.works
    ]
    return [head, speech.lines(*works, gap="\n")]


def _bar(progress: Progress) -> Words:
    filled = round(BAR * len(progress.lessons) / progress.total)
    bar = "▰" * filled + "▱" * (BAR - filled)
    return speech.words("progress-lessons", bar=bar, given=len(progress.lessons), total=progress.total)


async def list_lessons(uow: UnitOfWork, contact: Contact, screen: Screen, page: int = 0) -> None:
    """Show a page of the lessons they have been given; raises PAYMENT_REQUIRED if they are in no course."""
    run = await _get_run(uow, contact, screen.to)
    if await _explain_if_closed(uow, run, screen):
        return
    progress = await load_progress(uow, run)
    if not progress.lessons:
        stands = await standing.describe(uow, run)
        speech.show(uow, screen, stands.words, stands.buttons)
        return
    words = speech.words("lessons-list", given=len(progress.lessons), total=progress.total)
    speech.show(uow, screen, words, _page(run, progress.lessons, page))


def _page(run: LoadedRun, lessons: Sequence[Given], page: int) -> Keyboard:
    last = (len(lessons) - 1) // ON_A_PAGE
    page = max(0, min(page, last))
    rows: list[list[Mapping[str, Any]]] = [
        [_lesson_button(run, lesson)] for lesson in lessons[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    ]
    turns = [
        speech.button(sign, PAGE, f"{run.stored.id}-{to}")
        for sign, to in (("◀", page - 1), ("▶", page + 1))
        if 0 <= to <= last
    ]
    return [*rows, turns] if turns else rows


def _lesson_button(run: LoadedRun, lesson: Given) -> Mapping[str, Any]:
    key = "lessons-done" if lesson.done else "lessons-given"
    words = speech.words(key, number=lesson.number, title=speech.named(lesson.step.title))
    return speech.button(words, OPEN, f"{run.stored.id}-{lesson.number}")


async def say_lesson(uow: UnitOfWork, contact: Contact, screen: Screen, run_id: int, number: int) -> None:
    """Say a delivered lesson again, with the way to its neighbours; raises LESSON_NOT_FOUND for any other."""
    run = await _get_own_run(uow, contact, screen.to, run_id)
    if await _explain_if_closed(uow, run, screen):
        return
    lessons = {lesson.number: lesson for lesson in (await load_progress(uow, run)).lessons}
    if number not in lessons:
        raise DomainError(ErrorKind.NOT_FOUND, "LESSON_NOT_FOUND", str(number))
    *first, last = lessons[number].step.messages
    keyboard = [*_done_row(run, lessons[number].step), _neighbours(run, lessons, number)]
    calls = [call for message in first for call in calls_of(message, [])]
    calls += calls_of(last, [*([_link(cell) for cell in row] for row in last.buttons), *keyboard])
    for n, (method, fields) in enumerate(calls):
        payload = {"chat_id": screen.to.chat_id, **fields}
        enqueue(uow, Outgoing(screen.to.bot_id, screen.to.chat_id, method, payload, f"{screen.key}:{n}"))


def _link(lesson: Any) -> Mapping[str, Any]:
    return speech.link_button(speech.content(lesson.text), speech.content({"*": lesson.url}))


def _done_row(run: LoadedRun, step: LessonStep) -> Iterator[list[Mapping[str, Any]]]:
    for visit in run.stored.value.open:
        if visit.step == step.key:
            yield [effects.own_button(run.stored.id, visit.visit, KeyButton(DONE, Text.LESSON_DONE))]


def _neighbours(run: LoadedRun, lessons: Mapping[int, Given], number: int) -> list[Mapping[str, Any]]:
    row = [
        speech.button(f"{sign} {to}", OPEN, f"{run.stored.id}-{to}")
        for sign, to in (("◀", number - 1), ("▶", number + 1))
        if to in lessons
    ]
    return [*row, list_button(run)]


async def say_where(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Nobody takes what they wrote: say what the course waits for, and where to ask."""
    current = await run_lookup.find_current(uow, contact, screen.to.bot_id)
    if current is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    run = await run_lookup.load_flow(uow, current)
    obstacle = await standing.find_obstacle(uow, run)
    if obstacle is not None:
        speech.show(uow, screen, obstacle.words, obstacle.buttons)
        return
    rights = await load_rights(uow, run.stored)
    asks = [[effects.ask_button()]] if run_lookup.may_ask(run, rights or frozenset()) else []
    speech.show(uow, screen, await _expects(uow, run), asks)


async def _expects(uow: UnitOfWork, run: LoadedRun) -> Words:
    """What the course waits for now; nothing of theirs: what comes next."""
    value = run.stored.value
    step = run.flow.step(value.step) if value.status is RunStatus.ACTIVE else None
    key = step.expects(value.data) if step else None
    if key is not None:
        return speech.words(key)
    stands = (await standing.describe(uow, run)).words
    return speech.lines(speech.words("course-fallback"), stands, gap=" ")


async def explain_hold(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Say why nothing comes."""
    stands = await standing.describe(uow, await _get_run(uow, contact, screen.to))
    speech.show(uow, screen, stands.words, stands.buttons)


async def _explain_if_closed(uow: UnitOfWork, run: LoadedRun, screen: Screen) -> bool:
    """Without access lessons are not read again; who paused or talks still has theirs."""
    if await load_rights(uow, run.stored) is not None:
        return False
    obstacle = await standing.find_obstacle(uow, run)
    if obstacle is not None:
        speech.show(uow, screen, obstacle.words, obstacle.buttons)
    return obstacle is not None


async def _get_run(uow: UnitOfWork, contact: Contact, to: Address) -> LoadedRun:
    current = await run_lookup.find_current(uow, contact, to.bot_id)
    if current is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    return await run_lookup.load_flow(uow, current)


async def _get_own_run(uow: UnitOfWork, contact: Contact, to: Address, run_id: int) -> LoadedRun:
    run = await run_lookup.load_run(uow, run_id)
    if (run.stored.contact_id, run.stored.bot_id) != (contact.id, to.bot_id):
        raise DomainError(ErrorKind.NOT_FOUND, "LESSON_NOT_FOUND", str(run_id))
    return run
