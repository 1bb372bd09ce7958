"""The queue on one screen: what waits, oldest first, whose it is, how much each curator has."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.steps.lesson import LessonStep
from core.lifecycle import CardKind
from services.content import flows
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.learning.review import review_cards, waiting
from services.learning.review.claim_buttons import LIST, QUEUE, TAKE, Subject
from services.learning.schemas import StoredRun, Waiting
from services.learning.store.review import claims as claim_store
from services.learning.store.review import questions as question_store
from utils.telegram_html import shorten

PAGE = 6
LESSONS_PAGE = 15
EVERYBODY, MINE = "a", "m"
ALL, WORK, QUESTIONS, ANSWERED, LESSONS = "e", "w", "q", "d", "l"
LATELY = timedelta(days=7)
MOST_ABOUT = 60
KIND_OF = {WORK: CardKind.WORK, QUESTIONS: CardKind.QUESTION}
Row = tuple[Waiting, StoredRun]


@dataclass(frozen=True)
class View:
    """Which part of the queue somebody looks at."""

    whose: str = EVERYBODY
    what: str = ALL
    page: int = 0

    def __str__(self) -> str:
        """As it stands in a button."""
        return f"{LIST}-{self.whose}-{self.what}-{self.page}"


async def show(uow: UnitOfWork, bot_id: int, curator_id: int, view: View) -> tuple[Words, Keyboard]:
    """A part of a bot's queue as it is now; a page that is gone shows the last one there is."""
    if view.what == ANSWERED:
        return await _show_answered(uow, bot_id, view)
    if view.what == LESSONS:
        return await _show_lessons(uow, bot_id, view)
    everything = await waiting.list_waiting(uow, bot_id)
    rows = [row for row in everything if _fits(uow, row[0], curator_id, view)]
    page = min(view.page, max(0, (len(rows) - 1) // PAGE))
    shown = rows[page * PAGE : (page + 1) * PAGE]
    parts = [await _head(uow, everything)]
    parts += [await _line(uow, number, *row) for number, row in enumerate(shown, page * PAGE + 1)]
    if not shown:
        parts.append(speech.words("queue-nothing-mine" if view.whose == MINE else "queue-nothing"))
    return speech.lines(*parts), [
        *_takers(shown, page),
        *_turning(View(view.whose, view.what, page), len(rows)),
        *_tabs(view),
    ]


def _fits(uow: UnitOfWork, row: Waiting, curator_id: int, view: View) -> bool:
    is_mine = _holder(uow, row) == curator_id
    return (view.whose != MINE or is_mine) and KIND_OF.get(view.what, row.kind) is row.kind


def _holder(uow: UnitOfWork, row: Waiting) -> int | None:
    """Who has it before them now."""
    return row.claim.curator_id if row.claim and row.claim.until > uow.now else None


async def _head(uow: UnitOfWork, rows: Sequence[Row]) -> Words:
    """How much waits, who has how much of it, and who answered how much lately."""
    works = sum(row.kind is CardKind.WORK for row, _ in rows)
    questions = len(rows) - works
    parts = [speech.words("queue-title", total=len(rows))]
    if works and questions:
        parts.append(speech.words("queue-kinds", works=works, questions=questions))
    held = Counter(_holder(uow, row) for row, _ in rows)
    free = held.pop(None, 0)
    loads: list[Words] = [speech.words("queue-free", number=free)] if held else []
    loads += [await _load(uow, curator, count) for curator, count in sorted(held.items(), key=str)]
    done = await claim_store.count_answered(uow.conn, uow.account_id, uow.now - LATELY)
    lately = [await _load(uow, curator, count) for curator, count in sorted(done.items(), key=str)]
    parts += [speech.lines(*loads, gap=" · ")] if loads else []
    parts += [speech.words("queue-lately", who=speech.lines(*lately, gap=" · "))] if lately else []
    return speech.lines(*parts, gap="\n")


async def _load(uow: UnitOfWork, curator_id: int | None, count: int) -> Words:
    name = await review_cards.name_reviewer(uow, curator_id)
    return speech.words("queue-load", name=name or str(curator_id), number=count)


async def _line(uow: UnitOfWork, number: int, row: Waiting, run: StoredRun) -> Words:
    line = [speech.words("queue-line", number=number, what=await waiting.describe(uow, row, run))]
    if row.kind is CardKind.QUESTION and row.step:
        flow = (await flows.get_version(uow, run.flow_version_id)).flow
        line.append(_name_lesson(flow, row.step))
    if (holder := _holder(uow, row)) is not None:
        line.append(speech.words("queue-with", name=await review_cards.name_reviewer(uow, holder)))
    return speech.lines(*line, gap="\n")


def _name_lesson(flow: Flow, key: str) -> Words:
    """The lesson a step belongs to: the last one up to it."""
    keys = [step.key for step in flow.steps]
    before = flow.steps[: keys.index(key) + 1] if key in keys else ()
    lessons = [step for step in before if isinstance(step, LessonStep)]
    if not lessons:
        return speech.words("queue-no-lesson")
    title = lessons[-1].title
    return speech.named(title) if isinstance(title, Mapping) else (title or lessons[-1].key)


def _takers(shown: Sequence[Row], page: int) -> Keyboard:
    """A button for each that is shown, and one for the oldest."""
    buttons = [
        speech.button(str(number), QUEUE, f"{TAKE}-{Subject(row.kind, row.subject_id)}-own")
        for number, (row, _) in enumerate(shown, page * PAGE + 1)
    ]
    return [buttons] if buttons else []


def _turning(view: View, total: int, size: int = PAGE) -> Keyboard:
    back = [_go("←", View(view.whose, view.what, view.page - 1))] if view.page else []
    on = [_go("→", View(view.whose, view.what, view.page + 1))] if (view.page + 1) * size < total else []
    return [[*back, *on]] if back or on else []


def _tabs(view: View) -> Keyboard:
    """Whose, and what: the tab one is on shows the same anew."""
    whose = [_tab(f"queue-whose-{tab}", View(tab, view.what), tab == view.whose) for tab in (EVERYBODY, MINE)]
    what = [
        _tab(f"queue-what-{tab}", View(view.whose, tab), tab == view.what) for tab in (ALL, WORK, QUESTIONS)
    ]
    more = [_tab(f"queue-what-{tab}", View(EVERYBODY, tab), tab == view.what) for tab in (ANSWERED, LESSONS)]
    oldest = speech.button(speech.words("button-queue-oldest"), QUEUE, f"next-{view.what}")
    return [[oldest], whose, what, more]


def _tab(text: str, view: View, is_here: bool) -> Mapping[str, Any]:
    label = speech.words(text)
    return _go(speech.words("queue-tab-here", label=label) if is_here else label, view)


def _go(text: Words, view: View) -> Mapping[str, Any]:
    return speech.button(text, QUEUE, str(view))


async def _show_answered(uow: UnitOfWork, bot_id: int, view: View) -> tuple[Words, Keyboard]:
    start = view.page * PAGE
    answered = await question_store.list_answered(uow.conn, uow.account_id, bot_id, start, PAGE + 1)
    lines = [
        speech.words(
            "queue-answered",
            about=shorten(question.text, MOST_ABOUT) or "…",
            name=await review_cards.name_reviewer(uow, question.answered_by),
        )
        for question in answered[:PAGE]
    ] or [speech.words("queue-answered-none")]
    total = start + len(answered)
    text = speech.lines(speech.words("queue-answered-title"), *lines)
    return text, [*_turning(view, total), *_tabs(view)]


async def _show_lessons(uow: UnitOfWork, bot_id: int, view: View) -> tuple[Words, Keyboard]:
    """Where people ask: questions by lesson, open ones first."""
    counts = await question_store.count_by_step(uow.conn, uow.account_id, bot_id)
    lessons = sorted(counts.items(), key=lambda lesson: (-lesson[1][0], -lesson[1][1], lesson[0]))
    page = min(view.page, max(0, (len(lessons) - 1) // LESSONS_PAGE))
    lines = []
    for (version_id, step), (open_, answered) in lessons[page * LESSONS_PAGE : (page + 1) * LESSONS_PAGE]:
        flow = (await flows.get_version(uow, version_id)).flow
        lines.append(
            speech.words("queue-lesson", lesson=_name_lesson(flow, step), waits=open_, answered=answered)
        )
    text = speech.lines(*(lines or [speech.words("queue-answered-none")]), gap="\n")
    here = View(EVERYBODY, LESSONS, page)
    turning = _turning(here, len(lessons), LESSONS_PAGE)
    return speech.lines(speech.words("queue-lessons-title"), text), [*turning, *_tabs(here)]
