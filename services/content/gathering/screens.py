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
    gathered = await gathering.get_gathered(uow, timer.payload["gathering_id"])
    if gathered.is_closed:
        return
    said = speech.words("gather-offer", slug=gathered.slug, count=len(split_lessons(gathered.pieces)))
    key = f"gathered:{gathered.id}:{uow.now.isoformat()}"
    speech.say(uow, gathered.to, said, key, buttons=[[_button(gathered, "list"), _button(gathered, "away")]])


async def press(uow: UnitOfWork, target: str, screen: Screen) -> str | None:
    """Do what a button says and show what comes of it in its place; gives the key of an alert if it does nothing."""
    number, version, act, place = target.split("-")
    gathered = await gathering.get_gathered(uow, int(number))
    if gathered.is_closed:
        return "gather-closed"
    late = int(version) != gathered.version and act in {*ACTS, "draft"}
    if not late and act in ACTS and await gathering.reorder(uow, gathered, int(place), act):
        gathered = await gathering.get_gathered(uow, gathered.id)
        shown = _show_list(gathered, int(place) // ON_PAGE)
    elif act == "away":
        await gathering.close(uow, gathered)
        shown = speech.words("gather-away", slug=gathered.slug), ()
    elif act == "draft" and not late:
        if gathered.waiting:
            return "gather-waiting"
        shown = await _make_draft(uow, gathered)
    elif act == "one":
        shown = _show_one(gathered, int(place))
    else:
        shown = _show_list(gathered, int(place))
    speech.show(uow, screen, *shown)
    return "gather-changed" if late else None


async def _make_draft(uow: UnitOfWork, gathered: Gathered) -> Shown:
    batch = await gathering.read_gathered(uow, gathered)
    shown = await sent.keep_read(uow, batch)
    if batch.courses and not batch.report.errors:
        await gathering.close(uow, gathered)
        return shown
    return shown[0], [[_button(gathered, "list")]]


def _show_list(gathered: Gathered, page: int) -> Shown:
    lessons = split_lessons(gathered.pieces)
    if not lessons:
        return speech.words("gather-empty", slug=gathered.slug), [[_button(gathered, "away")]]
    page = max(0, min(page, (len(lessons) - 1) // ON_PAGE))
    first = page * ON_PAGE
    days = _count_days(lessons)
    on_page = range(first, min(first + ON_PAGE, len(lessons)))
    lines = [_line(lessons[place], place, days[place]) for place in on_page]
    title = speech.words("gather-list", slug=gathered.slug, count=len(lessons), days=days[-1])
    numbers = [
        _button(gathered, "one", place, speech.words("gather-number", number=place + 1)) for place in on_page
    ]
    turns = [
        _button(gathered, "page", to, speech.words(key))
        for to, key in ((page - 1, "gather-earlier"), (page + 1, "gather-later"))
        if 0 <= to <= (len(lessons) - 1) // ON_PAGE
    ]
    rows = [numbers, turns, [_button(gathered, "draft")], [_button(gathered, "away")]]
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


def _show_one(gathered: Gathered, place: int) -> Shown:
    lessons = split_lessons(gathered.pieces)
    if not 0 <= place < len(lessons):
        return _show_list(gathered, 0)
    is_question = lessons[place][0].post.poll is not None
    acts = [act for act in ACTS if not (is_question and act in {"join", "part", "day"})]
    fitting = [act for act in acts if act != "part" or len(lessons[place]) > 1]
    buttons = [_button(gathered, act, place) for act in fitting if place or act not in {"up", "join", "day"}]
    rows = [buttons[number : number + 2] for number in range(0, len(buttons), 2)]
    back = _button(gathered, "page", place // ON_PAGE, speech.words("gather-back"))
    return _line(lessons[place], place, _count_days(lessons)[place]), [*rows, [back]]


def _button(gathered: Gathered, act: str, place: int = 0, text: Words | None = None) -> Mapping[str, Any]:
    label = text or speech.words(f"gather-do-{act}")
    return speech.button(label, GATHER, f"{gathered.id}-{gathered.version}-{act}-{place}")
