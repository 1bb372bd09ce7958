"""Two hundred students in all zones through the clock changes: each lesson at its minute, once and in order.

The bots' own handlers and services work on a moved clock; `lesson_calendar` says what is right. The program rests
now and then, people press "done" early, late or never, choose an hour, move to other zones.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from core.db.session import Database
from core.lifecycle import BotKind
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.speech import Address, Screen
from services.learning.study import schedule
from services.people.consents import VERSION
from services.people.contacts import find_by_telegram_id
from tests.bots.admin.desk import Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course
from tests.factories.persons import add_consent, add_contact
from tests.factories.sales import add_access, add_tariff
from tests.fakes.clock import StillClock
from tests.models.lesson_calendar import DAY, HOUR, MINUTE, Lesson, Pause, Student, Wish, awake, tell

SEED = 20_301_031
COURSES = {"plain": None, "night": time(2, 30), "midnight": time(0), "morning": time(9)}
SEASONS = {
    "spring": datetime(2030, 2, 28, tzinfo=UTC),  # clocks change 10 March, 31 March; in the south 7 April
    "autumn": datetime(
        2030, 9, 24, tzinfo=UTC
    ),  # in the south 29 September, 6 October; 27 October, 3 November
}
HOURS = range(6, 24)  # what the buttons offer
FIRST_ID = 600_000
HELD_AFTER = 9  # the day whose exercise has to be in
DAYS = [*range(1, 5), *range(4, 45)]  # the fourth day has two lessons
# Their lesson's hour is skipped or comes twice when the clocks change in autumn; they never choose another.
HARD = (
    ("night", "Australia/Sydney"),
    ("night", "Europe/Berlin"),
    ("midnight", "America/Havana"),
    ("midnight", "Asia/Beirut"),
)
FULL = [pytest.mark.faults, pytest.mark.timeout(900)]
CASES = [
    pytest.param("autumn", 4),
    pytest.param("autumn", 100, marks=FULL),
    pytest.param("spring", 100, marks=FULL),
]


@dataclass
class World:
    """The students, what they are promised, what they really got."""

    db: Database
    clock: StillClock
    dice: random.Random
    begin: datetime
    lessons: Sequence[Lesson]
    desk: Desk
    pauses: Sequence[Pause] = ()
    students: dict[int, Student] = field(default_factory=dict)
    got: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    lesson_calls: dict[int, Call] = field(default_factory=dict)
    acts: dict[datetime, list[Callable[[], Awaitable[None]]]] = field(default_factory=dict)

    def some_time(self, since: datetime, until: datetime) -> datetime:
        """A moment with the program running."""
        while True:
            moment = since + timedelta(seconds=self.dice.randrange(int((until - since).total_seconds())))
            if awake(moment, self.pauses) == moment:
                return moment

    def plan(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        self.acts.setdefault(moment, []).append(act)

    def hear(self, calls: Sequence[Call]) -> None:
        for one in calls:
            if one.text.startswith("Lesson ") and one.method == "sendMessage":
                self.got[one.chat].append((self.clock.now(), int(one.text.removeprefix("Lesson "))))
                self.lesson_calls[one.chat] = one

    async def tick(self) -> None:
        self.hear(await self.desk.tick())


@pytest.mark.parametrize(("season", "people"), CASES)
async def test_every_lesson_at_its_minute_and_once(
    season: str, people: int, db: Database, clock: StillClock
) -> None:
    world = World(db, clock, random.Random(SEED), SEASONS[season], _lessons(), Desk(db))
    world.pauses = _draw_pauses(world)
    await _open_courses(world)
    hard = dict(enumerate(HARD))
    for number in range(people):
        await _add_student(world, FIRST_ID + number, *hard.get(number, ("", "")))
    await _live(world)
    _compare(world, season)


def _lessons() -> list[Lesson]:
    held = next(number for number, day in enumerate(DAYS, 1) if day > HELD_AFTER)
    return [Lesson(number, day, number == held) for number, day in enumerate(DAYS, 1)]


def _draw_pauses(world: World) -> list[Pause]:
    """The program rests for an hour, a night, a day and a half, three days."""
    begins = [world.begin + timedelta(days=day, minutes=world.dice.randrange(600)) for day in (6, 13, 21, 31)]
    spans = [HOUR, 9 * HOUR, 36 * HOUR, 72 * HOUR]
    world.dice.shuffle(spans)
    return [Pause(begin, begin + span) for begin, span in zip(begins, spans, strict=True)]


async def _open_courses(world: World) -> None:
    async with world.db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        for name, hour in COURSES.items():
            version = await publish_flow(uow, make_course(name, steps=_steps(world.lessons, hour)))
            await deploy_flow(uow, version.flow_id, COURSE_BOT)
            await add_tariff(uow, version.flow_id, name, rights=[], id=list(COURSES).index(name) + 1)


def _steps(lessons: Sequence[Lesson], hour: time | None) -> list[dict[str, object]]:
    at = {} if hour is None else {"at": f"{hour:%H:%M}"}
    steps: list[dict[str, object]] = []
    for one in lessons:
        if one.is_held:
            steps.append({"key": "task", "type": "assignment", "text": "Your turn", "stop": True})
        steps.append(
            {
                "key": f"lesson{one.number}",
                "type": "lesson",
                "title": f"Lesson {one.number}",
                "drip": {"day": one.day, **at},
                "messages": [{"text": f"Lesson {one.number}"}],
            }
        )
    return steps


async def _add_student(world: World, who: int, course: str, zone: str) -> None:
    """Somebody with a way of life of their own, but for what is given, and with what it will bring them."""
    dice = world.dice
    name = course or dice.choice(list(COURSES))
    start = world.some_time(world.begin, world.begin + 2 * DAY)
    wishes = [Wish(start, zone)] if zone else _draw_wishes(world, start)
    ready_at = start + timedelta(days=HELD_AFTER - 1, hours=dice.choice((0, 3, 30, 70)))
    student = world.students[who] = Student(start, COURSES[name], wishes, ready_at)
    tell(student, world.lessons, world.pauses)
    world.got[who] = []
    async with world.db.unit(1) as uow:
        contact = await add_contact(uow, who, language="en", zone=wishes[0].zone)
        await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)
        await add_access(uow, contact.id, list(COURSES).index(name) + 1)
    _plan_life(world, who, student)


def _draw_wishes(world: World, start: datetime) -> list[Wish]:
    """Each changes the zone or the hour: never, at once, or in the midst of the course."""
    dice, wishes = world.dice, [Wish(start, _draw_zone(world))]
    moments = [world.some_time(start, start + 2 * HOUR)] if dice.random() < 0.5 else []
    moments += [world.some_time(start + DAY, start + 42 * DAY) for _ in range(dice.choice((0, 0, 1, 1, 3)))]
    for moment in sorted(moments):
        last = wishes[-1]
        if dice.random() < 0.3:
            wishes.append(Wish(moment, _draw_zone(world), last.hour))
        else:
            wishes.append(Wish(moment, last.zone, dice.choice((None, *HOURS, *HOURS))))
    return wishes


def _draw_zone(world: World) -> str:
    """Any zone there is; two times of three one whose clocks are changed meanwhile."""
    zones = sorted(available_timezones() - {"localtime", "Factory"})
    if world.dice.random() < 1 / 3:
        return world.dice.choice(zones)
    return world.dice.choice([zone for zone in zones if _changes(zone, world.begin)])


def _changes(zone: str, begin: datetime) -> bool:
    return len({(begin + timedelta(days=day)).astimezone(ZoneInfo(zone)).utcoffset() for day in (2, 44)}) > 1


def _plan_life(world: World, who: int, student: Student) -> None:
    world.plan(student.start, lambda: _write(world, who, "/start"))
    for before, wish in zip(student.wishes, student.wishes[1:], strict=False):
        world.plan(wish.since, lambda before=before, wish=wish: _wish(world, who, before, wish))
    assert student.handed_in_at
    world.plan(student.handed_in_at, lambda: _write(world, who, "My work"))
    for moment, number in student.given:
        world.acts.setdefault(moment, [])
        just_before = moment - MINUTE
        is_awake = awake(just_before, world.pauses) == just_before
        if number % 3 == who % 3 and just_before > student.start and is_awake:
            world.acts.setdefault(just_before, [])
        if number % 5 == world.dice.randrange(5):
            world.plan(world.some_time(moment, moment + 3 * DAY), lambda: _press_done(world, who))


async def _write(world: World, who: int, text: str) -> None:
    world.hear(await world.desk.write(text, who, COURSE_BOT))


async def _wish(world: World, who: int, before: Wish, wish: Wish) -> None:
    screen = Screen(Address(COURSE_BOT, who), f"wish:{who}:{wish.since}")
    async with world.db.unit(1) as uow:
        contact = await find_by_telegram_id(uow, who)
        assert contact
        if wish.zone != before.zone:
            minute = int(uow.now.timestamp()) // 60
            await schedule.change_zone(uow, contact, screen, f"{minute}-{wish.zone}")
        else:
            hour = schedule.COURSE if wish.hour is None else str(wish.hour)
            await schedule.change_hour(uow, contact, screen, hour)
    world.hear(await world.desk.deliver())
    await world.tick()


async def _press_done(world: World, who: int) -> None:
    """On the lesson that came last; who pressed it before presses again."""
    world.hear(await world.desk.press("✅ Done", who, world.lesson_calls[who]))


async def _live(world: World) -> None:
    """From one moment to the next at which something is due, was just not due, or is done; and at odd ones."""
    last = max(world.acts)
    odd = [world.some_time(world.begin, last) for _ in range(len(world.students))]
    ends = [one.end for one in world.pauses]
    for moment in sorted({*world.acts, *odd, *ends, last + 3 * DAY}):
        world.clock.advance(seconds=(moment - world.clock.now()).total_seconds())
        await world.tick()
        for act in world.acts.get(moment, ()):
            await act()


def _compare(world: World, season: str) -> None:
    wrong, doubled, bursts, late = 0, 0, 0, 0
    for who, student in world.students.items():
        got = world.got[who]
        wrong += sum(one not in student.given for one in got) + sum(one not in got for one in student.given)
        doubled += len(got) - len({number for _, number in got})
        days = {one.number: one.day for one in world.lessons}
        for pause in world.pauses:
            caught_up = {days[number] for moment, number in got if moment == pause.end}
            late += len(caught_up) > 0
            bursts += len(caught_up) > 1
    zones = {wish.zone for one in world.students.values() for wish in one.wishes}
    changing = sum(_changes(zone, world.begin) for zone in zones)
    lessons = sum(len(got) for got in world.got.values())
    print(
        f"{season}: {len(world.students)} students in {len(zones)} zones ({changing} change their clocks), "
        f"{lessons} lessons, wrong minutes {wrong}, doubled {doubled}, after a pause {late}, bursts {bursts}"
    )
    assert (wrong, doubled, bursts) == (0, 0, 0)
    assert late > 0
    assert lessons == len(world.students) * len(world.lessons)
    assert all(
        got == student.given for got, student in zip(world.got.values(), world.students.values(), strict=True)
    )
