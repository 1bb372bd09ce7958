"""`advance`: one event happens to one run; the only place where runs move."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.flow.definition import Flow
from core.flow.effects import Effect
from core.flow.events import (
    ConditionAnswered,
    Event,
    Issued,
    MemberTold,
    MiniAppAnswered,
    ModelAnswered,
    ModelFailed,
    Moved,
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
    Paid,
    PollAnswered,
    Released,
    Retimed,
    Reviewed,
    TimerFired,
    Transcribed,
    Undone,
)
from core.flow.history import Outcome, Record, RecordEvent
from core.flow.run import HoldReason, Run, RunStatus, View
from core.flow.walk import Walk
from core.value import value

_REMEMBERED = (
    TimerFired,
    Paid,
    Reviewed,
    Issued,
    Retimed,
    PollAnswered,
    ConditionAnswered,
    MemberTold,
    Transcribed,
    ModelAnswered,
    ModelFailed,
    MiniAppAnswered,
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
    Undone,
)
"""What the world does not say twice: kept while a run is held."""
_HELD, _STALE, _IGNORED = RunStatus.HELD, Outcome.STALE, Outcome.IGNORED  # for speed, see core.flow.walk


@value()
class Advanced:
    """What came of an event. Ignored and stale events change nothing and have no effects."""

    run: Run
    effects: tuple[Effect, ...] = ()
    records: tuple[Record, ...] = ()
    outcome: Outcome = Outcome.STAYED


def advance(flow: Flow, run: Run, event: Event, now: datetime, view: View) -> Advanced:
    """Let `event` happen to `run` at `now`; pure, deterministic, and never raises for any order of events.

    Events that name a visit reach that visit or are stale. A reply goes to the current step, else to the
    visit opened last that takes replies; a copy of the reply just taken is stale, and so is the rest of an
    album whose visit is over. Money is noted whatever
    the run's state. A completed run still serves its open visits; a stopped one can only be moved. A held
    one remembers what the world does not say twice until Released or Moved. `Moved` works in any state and
    ends a detour. A step entered again closes its earlier open visit. More than MAX_STEPS steps without a wait:
    nothing is done, the run is held with the event waiting, so that Released tries it again.
    """
    if run.status is _HELD:
        return _while_held(flow, run, event, now, view)
    walk = Walk(flow, run, event, now, view)
    outcome = walk.handle(event)
    if walk.in_circles:
        return _hold(run, HoldReason.LOOP, now, waiting=(event,))
    if outcome is _STALE or outcome is _IGNORED:
        return Advanced(run, outcome=outcome)
    return Advanced(walk.result(), tuple(walk.effects), tuple(walk.records), outcome)


def _while_held(flow: Flow, run: Run, event: Event, now: datetime, view: View) -> Advanced:
    remembered = tuple(event_held for event_held in run.waiting if isinstance(event_held, _REMEMBERED))
    match event:
        case Released():
            return _release(flow, run, run.waiting, now, view)
        case Moved(to=key):
            if flow.step(key):
                return _release(flow, run, (event, *remembered), now, view)
    if isinstance(event, Undone):
        return _undo_while_held(flow, run, event, now, view)
    if not isinstance(event, _REMEMBERED):
        return Advanced(run, outcome=Outcome.IGNORED)
    if event in run.waiting:
        return Advanced(run, outcome=Outcome.STALE)
    return Advanced(replace(run, waiting=(*run.waiting, event)))


def _undo_while_held(flow: Flow, run: Run, event: Undone, now: datetime, view: View) -> Advanced:
    """A verdict that still waits is taken out; one given before is taken back at release, if that is not too late."""
    remembered = tuple(
        waiting_event
        for waiting_event in run.waiting
        if not (isinstance(waiting_event, Reviewed) and _is_about(event, waiting_event))
    )
    if remembered != run.waiting:
        return Advanced(replace(run, waiting=remembered))
    if any(
        isinstance(waiting_event, Undone) and _is_about(event, waiting_event) for waiting_event in run.waiting
    ):
        return Advanced(run, outcome=Outcome.STALE)
    free = replace(run, status=RunStatus.ACTIVE, waiting=(), held_for=None, held_at=None)
    if advance(flow, free, event, now, view).outcome is Outcome.STALE:
        return Advanced(run, outcome=Outcome.STALE)
    return Advanced(replace(run, waiting=(*run.waiting, event)))


def _is_about(undone: Undone, other: Reviewed | Undone) -> bool:
    return (other.visit, other.submission) == (undone.visit, undone.submission)


def _hold(run: Run, reason: str, now: datetime, waiting: tuple[Event, ...] = ()) -> Advanced:
    held = replace(run, status=RunStatus.HELD, waiting=waiting, held_for=reason, held_at=now)
    return Advanced(held, records=(Record(run.step, run.visit, RecordEvent.HELD, reason),))


def _release(flow: Flow, run: Run, waiting: Iterable[Event], now: datetime, view: View) -> Advanced:
    free = replace(run, status=RunStatus.ACTIVE, waiting=(), held_for=None, held_at=None)
    so_far = Advanced(free, records=(Record(run.step, run.visit, RecordEvent.RELEASED),))
    for event in waiting:
        so_far = _then(so_far, advance(flow, so_far.run, event, now, view))
    return so_far


def _then(before: Advanced, after: Advanced) -> Advanced:
    moved = Outcome.MOVED in {before.outcome, after.outcome}
    return Advanced(
        after.run,
        before.effects + after.effects,
        before.records + after.records,
        Outcome.MOVED if moved else Outcome.STAYED,
    )
