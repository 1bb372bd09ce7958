"""Who leaves the groups when access has ended, and when nobody does: pure, so that every wrong table can be tried.

Nobody leaves unwarned: a first word says the day, a last one comes the day before. Where the table or the clock
looks wrong, everything stops, and a person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
LONGEST_GAP = timedelta(days=45)  # between two passes; longer, and the clock has jumped or nobody ran
BACKWARDS = timedelta(hours=1)  # a clock that was put back further than this is wrong, now or before
AT_ONCE = 20  # people put out in one pass
ALWAYS = 3  # so many of a group may go without a question
SHARE = 5  # beyond that: one of so many


class Alarm(StrEnum):
    """Why nobody is put out."""

    CLOCK = "clock"  # the last pass was too long ago, or lies ahead
    TABLE = "table"  # places without an access, or half of all places are gone since the last pass
    MANY = "many"  # too many people of a group at once


class Word(StrEnum):
    """What a place needs now."""

    FIRST = "first"  # say the day
    LAST = "last"  # say that it is tomorrow
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody in a group whose access has ended; `leaves_at` is the day that was said, `is_last_said` of its eve."""

    id: int
    chat_id: int
    ended_at: datetime
    leaves_at: datetime | None = None
    is_last_said: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What a pass sees: when the last one was and how many places that knew, how many there are now and in which groups."""

    now: datetime
    last_at: datetime | None
    seen: int  # places, left ones too, at the last pass
    known: int  # and now
    inside: Mapping[int, int]  # chat → people we let in who are in it
    outside: Mapping[int, int]  # chat → those of them without an open access
    orphans: int = 0  # places whose access is not there at all
    approved: int = 0  # so many without access an owner has looked at


def find_alarm(sight: Sight) -> Alarm | None:
    """What speaks against putting anybody out now."""
    if sight.last_at is not None:
        gap = sight.now - sight.last_at
        if gap > LONGEST_GAP or gap < -BACKWARDS:
            return Alarm.CLOCK
    if sight.orphans or (sight.seen > ALWAYS and sight.known * 2 < sight.seen):
        return Alarm.TABLE
    if sum(sight.outside.values()) > sight.approved and any(
        count > most_of(sight.inside.get(chat, 0)) for chat, count in sight.outside.items()
    ):
        return Alarm.MANY
    return None


def most_of(inside: int) -> int:
    """How many of a group may be without access before somebody is asked."""
    return max(ALWAYS, inside // SHARE)


def first_day(ended_at: datetime, now: datetime, grace: timedelta) -> datetime:
    """The day somebody leaves whose access ended then: after the grace, and never without a day's warning."""
    return max(ended_at + grace, now + DAY)


def find_word(place: Place, now: datetime, grace: timedelta) -> Word | None:
    """What a place needs now; None while there is nothing to say."""
    if place.leaves_at is None:
        near = first_day(place.ended_at, now, grace) - now <= DAY
        return Word.LAST if near else Word.FIRST
    if not place.is_last_said:
        return Word.LAST if place.leaves_at - now <= DAY else None
    return Word.OUT if place.leaves_at <= now else None


def plan(places: Sequence[Place], now: datetime, grace: timedelta) -> list[tuple[Place, Word]]:
    """What is to be done in one pass; of those who are to go, the ones who were told first, and no more than AT_ONCE."""
    todo = [(place, word) for place in places if (word := find_word(place, now, grace)) is not None]
    said = [due for due in todo if due[1] is not Word.OUT]
    out = sorted((due for due in todo if due[1] is Word.OUT), key=lambda due: due[0].leaves_at or now)
    return said + out[:AT_ONCE]
