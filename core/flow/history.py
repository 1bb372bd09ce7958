"""What an event did to a run, and the lines of the run's history it leaves."""

from enum import StrEnum

from core.flow.scoring import Score
from core.value import value


class RecordEvent(StrEnum):
    """What happened at a visit."""

    ENTERED = "entered"
    LEFT = "left"
    LISTENING = "listening"  # the run went on, the visit stays open
    CLOSED = "closed"  # an open visit got what it listened for
    HELD = "held"
    RELEASED = "released"


class Outcome(StrEnum):
    """What an event did to a run."""

    MOVED = "moved"  # another step, or the end
    STAYED = "stayed"  # the run took it and waits on
    IGNORED = "ignored"  # nobody here wants it
    STALE = "stale"  # it belongs to the past: a duplicate or an old visit


@value()
class Record:
    """A line of the run's history; `answer` says what was answered, or why it is held."""

    step: str | None
    visit: int
    event: RecordEvent
    answer: str | None = None
    score: Score | None = None
