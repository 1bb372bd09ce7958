"""A pause: the run is held, and when it goes on everything it counts from lies as much later as the pause was long.

A clock that is set back moves a run the other way.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.flow.run import OpenStep, Run
from core.flow.steps.base import put_off, waits_until


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


def put_earlier(run: Run, by: timedelta, after: datetime) -> Run:
    """The run with what happened in it after a moment that much earlier; what it waits for stays."""

    def earlier(moment: datetime) -> datetime:
        return moment - by if moment > after else moment

    def visited(visit: OpenStep) -> OpenStep:
        return replace(visit, entered_at=earlier(visit.entered_at))

    last = run.last_lesson
    return replace(
        run,
        started_at=run.started_at and earlier(run.started_at),
        here=run.here and visited(run.here),
        open=tuple(visited(visit) for visit in run.open),
        last_lesson=last and replace(last, at=earlier(last.at)),
        held_at=run.held_at and earlier(run.held_at),
    )


def wait_until_others(run: Run, moments: Mapping[datetime, datetime]) -> Run:
    """The run whose waits end at other moments, where these say so."""

    def waited(visit: OpenStep) -> OpenStep:
        until = waits_until(visit.data)
        by = moments[until] - until if until and until in moments else timedelta()
        return replace(visit, data=put_off(visit.data, by))

    return replace(run, here=run.here and waited(run.here), open=tuple(waited(visit) for visit in run.open))
