"""A pause: the run is held, and when it goes on everything it counts from lies as much later as the pause was long."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.flow.run import OpenStep, Run
from core.flow.steps.base import put_off


def length_of(run: Run, now: datetime) -> timedelta:
    """How long a held run has been held."""
    return now - run.held_at if run.held_at else timedelta()


def shift(run: Run, by: timedelta) -> Run:
    """The run as if everything in it had happened that much later; what it waits for, too."""
    last = run.last_lesson
    return replace(
        run,
        started_at=run.started_at and run.started_at + by,
        here=run.here and _later(run.here, by),
        open=tuple(_later(visit, by) for visit in run.open),
        last_lesson=last and replace(last, at=last.at + by),
    )


def _later(visit: OpenStep, by: timedelta) -> OpenStep:
    return replace(visit, entered_at=visit.entered_at + by, data=put_off(visit.data, by))
