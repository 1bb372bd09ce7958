"""Nobody leaves a group unwarned, nor at once with too many, nor by a table or a clock that looks wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from core.rules.removal import AT_ONCE, Alarm, Place, Sight, Word, find_alarm, find_word, plan

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GRACE = 3 * DAY
GROUP, OTHER = -1, -2


def sight(**changed: object) -> Sight:
    known: dict[str, object] = {
        "now": NOW,
        "last_at": NOW - HOUR,
        "seen": 50,
        "known": 50,
        "inside": {GROUP: 50},
        "outside": {GROUP: 2},
    }
    return Sight(**(known | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "alarm"),
    [
        ({}, None),
        ({"last_at": None, "seen": 0}, None),  # the first pass of all
        ({"last_at": NOW - 40 * DAY}, None),
        ({"last_at": NOW - 365 * DAY}, Alarm.CLOCK),
        ({"last_at": NOW + 2 * HOUR}, Alarm.CLOCK),
        ({"orphans": 1}, Alarm.TABLE),
        ({"known": 0, "inside": {}, "outside": {}}, Alarm.TABLE),  # the table was emptied
        ({"known": 24}, Alarm.TABLE),
        ({"inside": {}, "outside": {}}, None),  # all have left
        ({"known": 25, "inside": {GROUP: 25}, "outside": {GROUP: 5}}, None),
        ({"outside": {GROUP: 10}}, None),
        ({"outside": {GROUP: 11}}, Alarm.MANY),
        ({"inside": {GROUP: 5}, "seen": 5, "outside": {GROUP: 3}}, None),
        ({"inside": {GROUP: 5}, "seen": 5, "outside": {GROUP: 4}}, Alarm.MANY),
        ({"inside": {GROUP: 40, OTHER: 10}, "outside": {OTHER: 4}}, Alarm.MANY),
        ({"outside": {GROUP: 50}}, Alarm.MANY),  # every access is closed
        ({"outside": {GROUP: 50}, "approved": 50}, None),
        ({"outside": {GROUP: 50}, "approved": 49}, Alarm.MANY),
    ],
)
def test_what_stops_everything(changed: dict[str, object], alarm: Alarm | None) -> None:
    assert find_alarm(sight(**changed)) is alarm


def test_a_place_is_warned_twice_before_it_is_left() -> None:
    place = Place(1, GROUP, ended_at=NOW)
    assert find_word(place, NOW, GRACE) is Word.FIRST
    told = Place(1, GROUP, NOW, leaves_at=NOW + GRACE)
    assert find_word(told, NOW + DAY, GRACE) is None
    assert find_word(told, NOW + 2 * DAY, GRACE) is Word.LAST
    last = Place(1, GROUP, NOW, NOW + GRACE, is_last_said=True)
    assert find_word(last, NOW + GRACE - HOUR, GRACE) is None
    assert find_word(last, NOW + GRACE, GRACE) is Word.OUT


def test_what_ended_long_ago_has_a_day_after_its_only_warning() -> None:
    place = Place(1, GROUP, ended_at=NOW - 100 * DAY)
    assert find_word(place, NOW, GRACE) is Word.LAST


def test_a_clock_that_jumped_past_the_day_still_says_the_last_word_first() -> None:
    told = Place(1, GROUP, NOW, leaves_at=NOW + GRACE)
    assert find_word(told, NOW + 30 * DAY, GRACE) is Word.LAST


def test_in_one_pass_go_twenty_and_the_longest_told_first() -> None:
    due = [Place(n, GROUP, NOW - 9 * DAY, NOW - n * HOUR, is_last_said=True) for n in range(30)]
    done = plan(due, NOW, GRACE)
    assert [one.id for one, _ in done] == list(range(29, 29 - AT_ONCE, -1))
