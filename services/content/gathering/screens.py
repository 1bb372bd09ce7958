"""What an admin sees of forwarded posts: how many there are, their list with days, one of them with what can be done."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.events import TimerDue
from core.presses import PressKind
from services.content.gathering import gathering
from services.content.gathering.gathering import Gathered
from services.content.gathering.plan import Lesson, describe, split_lessons
from services.content.importing import sent
from services.delivery import speech
from services.delivery.speech import Keyboard, Screen, Words

GATHER = PressKind.GATHER  # kind of the buttons: gathering-version-action-place
ON_PAGE = 6
MOST_SHOWN = 40  # letters of a title in the list
ACTS = ("up", "down", "day", "join", "part", "drop")
Shown = tuple[Words, Keyboard]


async def offer(uow: UnitOfWork, timer: TimerDue) -> None:
    """Some seconds after the last of many posts: how many there are, and the way to their list."""
    found = await gathering.get_gathered(uow, timer.payload["gathering_id"])
    if found.is_closed:
        return
    said = speech.words("gather-offer", slug=found.slug, count=len(split_lessons(found.pieces)))
    key = f"gathered:{found.id}:{uow.now.isoformat()}"
    speech.say(uow, found.to, said, key, buttons=[[_button(found, "list"), _button(found, "away")]])


async def press(uow: UnitOfWork, target: str, screen: Screen) -> str | None:
    """Do what a button says and show what comes of it in its place; gives the key of an alert if it does nothing."""
    number, version, act, place = target.split("-")
    found = await gathering.get_gathered(uow, int(number))
    if found.is_closed:
        return "gather-closed"
    late = int(version) != found.version and act in {*ACTS, "draft"}
    if not late and act in ACTS and await gathering.reorder(uow, found, int(place), act):
        found = await gathering.get_gathered(uow, found.id)
        shown = _show_list(found, int(place) // ON_PAGE)
    elif act == "away":
        await gathering.close(uow, found)
        shown = speech.words("gather-away", slug=found.slug), ()
    elif act == "draft" and not late:
        if found.waiting:
            return "gather-waiting"
        shown = await _make_draft(uow, found)
    elif act == "one":
        shown = _show_one(found, int(place))
    else:
        shown = _show_list(found, int(place))
    speech.show(uow, screen, *shown)
    return "gather-changed" if late else None


async def _make_draft(uow: UnitOfWork, found: Gathered) -> Shown:
    batch = await gathering.read_gathered(uow, found)
    shown = await sent.keep_read(uow, batch)
    if batch.courses and not batch.report.errors:
        await gathering.close(uow, found)
        return shown
    return shown[0], [[_button(found, "list")]]


def _show_list(found: Gathered, page: int) -> Shown:
    lessons = split_lessons(found.pieces)
    if not lessons:
        return speech.words("gather-empty", slug=found.slug), [[_button(found, "away")]]
    page = max(0, min(page, (len(lessons) - 1) // ON_PAGE))
    first = page * ON_PAGE
    days = _count_days(lessons)
    on_page = range(first, min(first + ON_PAGE, len(lessons)))
    lines = [_line(lessons[place], place, days[place]) for place in on_page]
    title = speech.words("gather-list", slug=found.slug, count=len(lessons), days=days[-1])
    numbers = [
        _button(found, "one", place, speech.words("gather-number", number=place + 1)) for place in on_page
    ]
    turns = [
        _button(found, "page", to, speech.words(key))
        for to, key in ((page - 1, "gather-earlier"), (page + 1, "gather-later"))
        if 0 <= to <= (len(lessons) - 1) // ON_PAGE
    ]
    rows = [numbers, turns, [_button(found, "draft")], [_button(found, "away")]]
    return speech.lines(title, speech.lines(*lines, gap="\n")), list(filter(None, rows))


def _count_days(lessons: list[Lesson]) -> list[int]:
    day, days = 0, []
    for lesson in lessons:
        if lesson[0].post.poll is None:
            day += not (lesson[0].same_day and day)
        days.append(day)
    return days


def _line(lesson: Lesson, place: int, day: int) -> Words:
    title, files, is_question = describe(lesson)
    key = "gather-question" if is_question else "gather-lesson"
    shown = title[:MOST_SHOWN] or speech.words("gather-untitled")
    return speech.words(f"{key}-files" if files else key, number=place + 1, day=day, title=shown, files=files)


def _show_one(found: Gathered, place: int) -> Shown:
    lessons = split_lessons(found.pieces)
    if not 0 <= place < len(lessons):
        return _show_list(found, 0)
    is_question = lessons[place][0].post.poll is not None
    acts = [act for act in ACTS if not (is_question and act in {"join", "part", "day"})]
    fitting = [act for act in acts if act != "part" or len(lessons[place]) > 1]
    buttons = [_button(found, act, place) for act in fitting if place or act not in {"up", "join", "day"}]
    rows = [buttons[number : number + 2] for number in range(0, len(buttons), 2)]
    back = _button(found, "page", place // ON_PAGE, speech.words("gather-back"))
    return _line(lessons[place], place, _count_days(lessons)[place]), [*rows, [back]]


def _button(found: Gathered, act: str, place: int = 0, text: Words | None = None) -> Mapping[str, Any]:
    label = text or speech.words(f"gather-do-{act}")
    return speech.button(label, GATHER, f"{found.id}-{found.version}-{act}-{place}")
