from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.rules.drip import (
    AfterPrevious,
    Calendar,
    DripRule,
    Due,
    GivenLesson,
    Immediately,
    OnDate,
    OnDay,
    OnWeekday,
    Weekday,
    due_at,
    dump_drip,
    note_given,
    parse_drip,
)
from core.rules.interval import Interval
from core.rules.local_hour import LocalHour, parse_hour
from core.rules.quiet_hours import Hours

STARTED = datetime(2030, 1, 1, 9, tzinfo=UTC)
LEFT = STARTED + timedelta(days=3, hours=5)
DAY = timedelta(days=1)
NINE = LocalHour(9)
RULES = [
    Immediately(),
    OnDay(1),
    OnDay(30),
    OnDay(2, LocalHour(9, 30)),
    AfterPrevious(Interval(1, 7200)),
    AfterPrevious(Interval()),
    OnDate(date(2030, 2, 28)),
    OnDate(date(2030, 2, 28), NINE),
    OnWeekday(Weekday.SUNDAY),
    OnWeekday(Weekday.MONDAY, LocalHour(19, 30)),
]


def due(rule: DripRule, calendar: Calendar | None = None, **more: Any) -> Due:
    values = {"started_at": STARTED, "previous_left_at": LEFT, **more}
    return due_at(rule, calendar=calendar or Calendar(), **values)


@pytest.mark.parametrize(
    ("rule", "moment"),
    [
        (Immediately(), LEFT),
        (OnDay(1), STARTED),
        (OnDay(2), STARTED + DAY),
        (OnDay(10), STARTED + 9 * DAY),
        (AfterPrevious(Interval(1, 7200)), LEFT + timedelta(hours=26)),
    ],
)
def test_due_moments(rule: DripRule, moment: datetime) -> None:
    assert due(rule).at == moment


def test_a_rehearsal_has_short_days() -> None:
    day = timedelta(seconds=20)
    rehearsal = Calendar(day, "Asia/Tokyo", NINE)
    assert due(OnDay(4, NINE), rehearsal) == Due(STARTED + 3 * day)


class TestAtAnHour:
    """They start at 09:00 UTC, which is 18:00 in Tokyo."""

    TOKYO = Calendar(zone="Asia/Tokyo")

    def test_the_author_s_hour_is_hers_to_read(self) -> None:
        found = due(OnDay(2, NINE), self.TOKYO)
        assert found == Due(datetime(2030, 1, 2, 0, tzinfo=UTC), datetime.fromisoformat("2030-01-02T09:00"))

    def test_her_own_hour_goes_before_the_author_s(self) -> None:
        hers = Calendar(zone="Asia/Tokyo", hour=LocalHour(21, 30))
        expected = Due(datetime(2030, 1, 2, 12, 30, tzinfo=UTC), datetime.fromisoformat("2030-01-02T21:30"))
        assert due(OnDay(2, NINE), hers) == due(OnDay(2), hers) == expected

    def test_day_1_comes_at_once(self) -> None:
        assert due(OnDay(1, NINE), self.TOKYO) == Due(STARTED)

    def test_the_day_is_the_one_on_her_wall(self) -> None:
        midnight = datetime(2030, 1, 1, 15, 30, tzinfo=UTC)  # 00:30 of January 2 in Tokyo
        assert due(OnDay(2, NINE), self.TOKYO, started_at=midnight).wall == datetime.fromisoformat(
            "2030-01-03T09:00"
        )

    @pytest.mark.parametrize(
        ("hour", "instant"),
        [
            (LocalHour(2, 30), datetime(2030, 3, 31, 1, tzinfo=UTC)),  # skipped: 03:00 summer time
            (LocalHour(3), datetime(2030, 3, 31, 1, tzinfo=UTC)),
        ],
    )
    def test_a_skipped_hour_is_the_first_valid_instant(self, hour: LocalHour, instant: datetime) -> None:
        start = datetime(2030, 3, 30, 12, tzinfo=UTC)
        assert due(OnDay(2, hour), Calendar(zone="Europe/Berlin"), started_at=start).at == instant

    def test_an_hour_that_comes_twice_is_the_first(self) -> None:
        start = datetime(2030, 10, 26, 12, tzinfo=UTC)
        found = due(OnDay(2, LocalHour(2, 30)), Calendar(zone="Europe/Berlin"), started_at=start)
        assert found.at == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


class TestNobodyChoseAnHour:
    """Day N comes when their clock shows what it showed at the start, and not between 22:00 and 08:00."""

    @pytest.mark.parametrize(
        ("start", "second"),
        [
            ("2030-01-01T12:34:56", "2030-01-02T12:34:56"),
            ("2030-01-01T08:00", "2030-01-02T08:00"),
            ("2030-01-01T21:59", "2030-01-02T21:59"),
            ("2030-01-01T22:00", "2030-01-03T08:00"),
            ("2030-01-01T23:30", "2030-01-03T08:00"),
            ("2030-01-01T00:30", "2030-01-02T08:00"),
            ("2030-01-01T07:59", "2030-01-02T08:00"),
            ("2030-03-30T10:00", "2030-03-31T10:00"),  # 23 hours later
            ("2030-10-26T10:00", "2030-10-27T10:00"),  # 25 hours later
            ("2030-03-30T02:30", "2030-03-31T08:00"),  # an hour that is skipped
        ],
    )
    def test_it_is_the_time_of_day_she_began(self, start: str, second: str) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        began, wall = (datetime.fromisoformat(one) for one in (start, second))
        found = due(
            OnDay(2), Calendar(zone="Europe/Berlin"), started_at=began.replace(tzinfo=berlin).astimezone(UTC)
        )
        assert found == Due(wall.replace(tzinfo=berlin).astimezone(UTC), wall)

    def test_hours_an_author_wants_quiet_replace_the_night(self) -> None:
        quiet = Calendar(quiet=Hours(LocalHour(9), LocalHour(10)))
        assert due(OnDay(2), quiet).wall == datetime.fromisoformat("2030-01-02T10:00")
        night = datetime(2030, 1, 1, 23, 30, tzinfo=UTC)
        assert due(OnDay(2), quiet, started_at=night).at == night + DAY

    def test_a_chosen_hour_may_lie_in_the_night(self) -> None:
        late = LocalHour(23)
        assert due(OnDay(2, late)).wall == datetime.fromisoformat("2030-01-02T23:00")
        assert due(OnDay(2), Calendar(hour=late)).wall == datetime.fromisoformat("2030-01-02T23:00")

    def test_who_is_behind_is_not_woken_either(self) -> None:
        given = datetime(2030, 1, 6, 23, tzinfo=UTC)
        found = due(OnDay(3), last=GivenLesson(given, 2, late=True))
        assert found.wall == datetime.fromisoformat("2030-01-08T08:00")


class TestCatchingUp:
    def test_what_was_due_when_a_late_lesson_came_waits_a_day(self) -> None:
        given = STARTED + 4 * DAY
        last = note_given(
            OnDay(2), given, started_at=STARTED, previous_left_at=LEFT, calendar=Calendar(), last=None
        )
        assert last == GivenLesson(given, 2, late=True)
        assert due(OnDay(3), last=last).at == given + DAY

    def test_what_would_follow_within_half_a_day_waits_too(self) -> None:
        given = STARTED + 2 * DAY - timedelta(minutes=1)
        assert due(OnDay(3), last=GivenLesson(given, 2, late=True)).at == given + DAY

    def test_a_little_late_changes_nothing(self) -> None:
        given = STARTED + DAY + timedelta(minutes=59)
        last = note_given(
            OnDay(2), given, started_at=STARTED, previous_left_at=LEFT, calendar=Calendar(), last=None
        )
        assert not last.late
        assert due(OnDay(3), last=last).at == STARTED + 2 * DAY

    def test_late_but_with_a_day_to_go_changes_nothing(self) -> None:
        last = GivenLesson(STARTED + DAY + timedelta(hours=5), 2, late=True)
        assert due(OnDay(3), last=last).at == STARTED + 2 * DAY

    def test_lessons_of_one_day_stay_together(self) -> None:
        last = GivenLesson(STARTED + 5 * DAY, 3, late=True)
        assert due(OnDay(3), last=last).at == STARTED + 2 * DAY

    def test_the_next_day_begins_at_her_hour(self) -> None:
        last = GivenLesson(datetime(2030, 1, 9, 12, tzinfo=UTC), 2, late=True)
        found = due(OnDay(3), Calendar(zone="Europe/Moscow", hour=NINE), last=last)
        assert found.wall == datetime.fromisoformat("2030-01-10T09:00")

    def test_a_lesson_without_a_day_keeps_the_place_in_the_course(self) -> None:
        before = GivenLesson(STARTED, 2, late=True)
        after = note_given(
            Immediately(), LEFT, started_at=STARTED, previous_left_at=LEFT, calendar=Calendar(), last=before
        )
        assert after == GivenLesson(LEFT, 2, late=True)

    @staticmethod
    def gaps(find: Callable[..., Due]) -> list[timedelta]:
        """How long after one another the lessons of days 2 to 8 come to who was away for a week."""
        last, now, gaps = None, STARTED + 7 * DAY, []
        for number in range(2, 9):
            place = {"started_at": STARTED, "previous_left_at": now, "calendar": Calendar(), "last": last}
            due_moment = find(OnDay(number), **place).at
            moment = max(now, due_moment)
            gaps.append(moment - now)
            now = moment
            last = note_given(OnDay(number), now, **place)
            assert find is not due_at or note_given(OnDay(number), now, **place, was_due=due_moment) == last
        return gaps

    def test_a_week_away_is_caught_up_one_a_day(self) -> None:
        assert self.gaps(due_at) == [timedelta()] + [DAY] * 6

    def test_planted_nobody_remembers_that_she_was_away(self) -> None:
        """Without the rule all seven come in a burst."""

        def forgetful(rule: OnDay, **place: Any) -> Due:
            return due_at(rule, **{**place, "last": None})

        assert self.gaps(forgetful) == [timedelta()] * 7


class TestOnADate:
    """They start on Tuesday, January 1, at 09:00 UTC: 18:00 in Tokyo, where their calendar hangs."""

    TOKYO = Calendar(zone="Asia/Tokyo")
    DATE = OnDate(date(2030, 1, 5), LocalHour(19))

    @pytest.mark.parametrize(
        ("rule", "calendar", "wall"),
        [
            (DATE, TOKYO, "2030-01-05T19:00"),
            (DATE, Calendar(zone="Asia/Tokyo", hour=NINE), "2030-01-05T09:00"),
            (OnDate(date(2030, 1, 5)), TOKYO, "2030-01-05T09:00"),
            (OnDate(date(2029, 12, 30)), TOKYO, "2029-12-30T09:00"),
        ],
    )
    def test_it_comes_at_an_hour_of_her_clock(self, rule: OnDate, calendar: Calendar, wall: str) -> None:
        found = due(rule, calendar)
        assert found.wall == datetime.fromisoformat(wall)
        assert found.at == found.wall.replace(tzinfo=ZoneInfo("Asia/Tokyo"))

    def test_a_rehearsal_counts_its_days(self) -> None:
        assert due(self.DATE, Calendar(timedelta(seconds=10))) == Due(STARTED + timedelta(seconds=40))

    def test_who_joins_late_gets_what_is_past_one_a_day(self) -> None:
        """The course's dates are January 2 to 6; they start on the 20th."""
        start = datetime(2030, 1, 20, 12, tzinfo=UTC)
        last, now, moments = None, start, []
        for number in range(2, 7):
            rule = OnDate(date(2030, 1, number))
            place = {"started_at": start, "previous_left_at": now, "calendar": Calendar(), "last": last}
            now = max(now, due_at(rule, **place).at)
            last = note_given(rule, now, **place)
            moments.append(now)
        assert moments == [start, *(datetime(2030, 1, day, 9, tzinfo=UTC) for day in range(21, 25))]

    def test_lessons_of_one_date_stay_together(self) -> None:
        start = datetime(2030, 1, 20, 12, tzinfo=UTC)
        place = {"started_at": start, "previous_left_at": start, "calendar": Calendar()}
        last = note_given(self.DATE, start, **place, last=None)
        assert last.late
        assert due_at(self.DATE, **place, last=last).at < start

    def test_a_date_and_a_day_of_the_course_are_compared(self) -> None:
        last = note_given(
            OnDate(date(2030, 1, 3)),
            STARTED + 5 * DAY,
            started_at=STARTED,
            previous_left_at=LEFT,
            calendar=Calendar(),
            last=None,
        )
        assert (last.day, last.late) == (3, True)
        assert due(OnDay(4), last=last).at == STARTED + 6 * DAY


class TestOnAWeekday:
    MONDAY = OnWeekday(Weekday.MONDAY, LocalHour(19))

    @pytest.mark.parametrize(
        ("left", "wall"),
        [
            ("2030-01-01T12:00", "2030-01-07T19:00"),
            ("2030-01-07T12:00", "2030-01-07T19:00"),
            ("2030-01-07T19:00", "2030-01-14T19:00"),
            ("2030-01-07T20:00", "2030-01-14T19:00"),
        ],
    )
    def test_it_is_the_first_after_the_step_before(self, left: str, wall: str) -> None:
        found = due(self.MONDAY, previous_left_at=datetime.fromisoformat(left).replace(tzinfo=UTC))
        assert found.wall == datetime.fromisoformat(wall)

    def test_it_is_monday_on_her_wall(self) -> None:
        left = datetime(2030, 1, 6, 23, tzinfo=UTC)  # Monday, 08:00, in Tokyo
        found = due(self.MONDAY, Calendar(zone="Asia/Tokyo"), previous_left_at=left)
        assert found.at == datetime(2030, 1, 7, 10, tzinfo=UTC)

    def test_her_own_hour_and_the_morning(self) -> None:
        found = due(OnWeekday(Weekday.FRIDAY))
        assert found.wall == datetime.fromisoformat("2030-01-11T09:00")
        hers = due(self.MONDAY, Calendar(hour=LocalHour(6)))
        assert hers.wall == datetime.fromisoformat("2030-01-07T06:00")

    def test_a_rehearsal_counts_the_days_to_it(self) -> None:
        found = due(self.MONDAY, Calendar(timedelta(seconds=10)))  # LEFT is a Friday
        assert found == Due(LEFT + timedelta(seconds=30))

    def test_after_a_late_lesson_it_leaves_half_a_day(self) -> None:
        """The lesson of Monday the 7th came on the 14th, an hour before the next one."""
        given = datetime(2030, 1, 14, 18, tzinfo=UTC)
        last = note_given(
            self.MONDAY,
            given,
            started_at=STARTED,
            previous_left_at=STARTED,
            calendar=Calendar(),
            last=None,
        )
        assert last == GivenLesson(given, 7, late=True)
        found = due(self.MONDAY, previous_left_at=given, last=last)
        assert found.wall == datetime.fromisoformat("2030-01-21T19:00")


@pytest.mark.parametrize(("text", "hour"), [("9:00", NINE), ("09:00", NINE), ("23:59", LocalHour(23, 59))])
def test_hours_are_read(text: str, hour: LocalHour) -> None:
    assert parse_hour(text) == hour
    assert parse_hour(str(hour)) == hour


@pytest.mark.parametrize("text", ["", "9", "24:00", "12:60", "9 am", "١٢:٠٠"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no hour"):
        parse_hour(text)


@pytest.mark.parametrize("rule", RULES)
def test_rules_round_trip(rule: DripRule) -> None:
    assert parse_drip(dump_drip(rule)) == rule
    assert parse_drip(rule) == rule


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "never",
        3,
        [],
        {},
        {"day": 0},
        {"day": True},
        {"day": "2"},
        {"day": 1, "after": "1d"},
        {"day": 1, "at": "25:00"},
        {"at": "09:00"},
        {"after": "x"},
        {"after": "1d", "at": "09:00"},
        {"date": "31.01.2030"},
        {"date": "0001-01-01"},
        {"date": "2030-01-31", "day": 3},
        {"weekday": "someday"},
        {"weekday": 1},
    ],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"drip rule|a day|interval|no hour|no date|no weekday"):
        parse_drip(value)
