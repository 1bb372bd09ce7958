"""`advance`: one event happens to one run; the only place where runs move."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.flow.definition import Flow
from core.flow.effects import AskPayment, Complete, Effect, Say, SayClass, SetTag, SetVariable
from core.flow.events import (
    Addressed,
    ConditionAnswered,
    Entered,
    Event,
    Held,
    Issued,
    MiniAppAnswered,
    ModelAnswered,
    ModelFailed,
    Moved,
    Paid,
    PollAnswered,
    Released,
    Replied,
    Retimed,
    Reviewed,
    TimerFired,
    Transcribed,
)
from core.flow.run import Detour, LastReply, OpenStep, Payment, Run, RunStatus, View
from core.flow.scoring import Score
from core.flow.steps import Step
from core.flow.steps.base import Here, Leave, Stay
from core.value import value

MAX_STEPS = 100
"""Steps a run may enter without a wait before it counts as going round in circles."""
LOOP = "loop"
"""The answer of the record that explains a run held by the loop guard."""
_REMEMBERED = (
    TimerFired,
    Paid,
    Reviewed,
    Issued,
    Retimed,
    PollAnswered,
    ConditionAnswered,
    Transcribed,
    ModelAnswered,
    ModelFailed,
    MiniAppAnswered,
)
"""What the world does not say twice: kept while a run is held."""


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
    if run.status is RunStatus.HELD:
        return _while_held(flow, run, event, now, view)
    walk = _Walk(flow, run, event, now, view)
    outcome = walk.handle(event)
    if walk.in_circles:
        return _hold(run, LOOP, waiting=(event,))
    if outcome in {Outcome.IGNORED, Outcome.STALE}:
        return Advanced(run, outcome=outcome)
    return Advanced(walk.run, tuple(walk.effects), tuple(walk.records), outcome)


def _while_held(flow: Flow, run: Run, event: Event, now: datetime, view: View) -> Advanced:
    kept = tuple(one for one in run.waiting if isinstance(one, _REMEMBERED))
    match event:
        case Released():
            return _release(flow, run, run.waiting, now, view)
        case Moved(to=key):
            if flow.step(key):
                return _release(flow, run, (event, *kept), now, view)
    if not isinstance(event, _REMEMBERED):
        return Advanced(run, outcome=Outcome.IGNORED)
    if event in run.waiting:
        return Advanced(run, outcome=Outcome.STALE)
    return Advanced(replace(run, waiting=(*run.waiting, event)))


def _hold(run: Run, reason: str, waiting: tuple[Event, ...] = ()) -> Advanced:
    held = replace(run, status=RunStatus.HELD, waiting=waiting, held_for=reason)
    return Advanced(held, records=(Record(run.step, run.visit, RecordEvent.HELD, reason),))


def _release(flow: Flow, run: Run, waiting: Iterable[Event], now: datetime, view: View) -> Advanced:
    free = replace(run, status=RunStatus.ACTIVE, waiting=(), held_for=None)
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


def _know(view: View, effect: Effect) -> View:
    """The person as the steps behind this effect know her: what it sets is set."""
    match effect:
        case SetVariable(name=name, value=value):
            return replace(view, variables={**view.variables, name: value})
        case SetTag(name=name, present=present):
            return replace(view, tags=view.tags | {name} if present else view.tags - {name})
    return view


@dataclass(slots=True)
class _Walk:
    """One advance while it happens."""

    flow: Flow
    run: Run
    event: Event
    now: datetime
    view: View
    effects: list[Effect] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    in_circles: bool = False

    def handle(self, event: Event) -> Outcome:
        match event:
            case Moved(to=key):
                return self._move(key)
            case Paid():
                return self._pay(event)
        return Outcome.STALE if self.run.status is RunStatus.STOPPED else self._take(event)

    def _take(self, event: Entered | Replied | Held | Released | Retimed | Addressed) -> Outcome:
        match event:
            case Entered():
                return self._start()
            case Replied():
                return self._reply(event)
            case Held(reason=reason):
                return self._set_aside(reason)
            case Released():
                return Outcome.STALE
            case Retimed():
                return (self._deliver(event, self.run.here) if self.run.here else None) or Outcome.STALE
        return self._address(event)

    def _move(self, key: str) -> Outcome:
        step = self.flow.step(key)
        if step is None:
            return Outcome.IGNORED
        started = self.run.started_at or self.now
        self.run = replace(self.run, status=RunStatus.ACTIVE, started_at=started, here=None, detour=None)
        self._enter(step)
        return Outcome.MOVED

    def _start(self) -> Outcome:
        if self.run.visit or self.run.status is not RunStatus.ACTIVE:
            return Outcome.STALE
        self.run = replace(self.run, started_at=self.now)
        self._enter(self.flow.first)
        return Outcome.MOVED

    def _set_aside(self, reason: str) -> Outcome:
        if self.run.status is not RunStatus.ACTIVE:
            return Outcome.STALE
        held = _hold(self.run, reason)
        self.run = held.run
        self.records.extend(held.records)
        return Outcome.STAYED

    def _pay(self, event: Paid) -> Outcome:
        if any(known.order_ref == event.order_ref for known in self.run.payments):
            return Outcome.STALE
        payment = Payment(event.order_ref, event.tariff)
        self.run = replace(self.run, payments=(*self.run.payments, payment))
        here = self.run.here
        waits = here is not None and self.run.status is RunStatus.ACTIVE
        return (self._deliver(event, here) if here and waits else None) or Outcome.STAYED

    def _reply(self, event: Replied) -> Outcome:
        last = self.run.last_reply
        if last and event.message_ref and event.message_ref == last.message_ref:
            return Outcome.STALE
        album_of = last.visit if last and event.group and event.group == last.group else None
        taker = self._find_taker(album_of)
        outcome = self._deliver(event, taker) if taker else None
        if taker is None or outcome is None:
            return Outcome.STALE if album_of else Outcome.IGNORED
        self.run = replace(self.run, last_reply=LastReply(taker.visit, event.message_ref, event.group))
        return outcome

    def _find_taker(self, album_of: int | None) -> OpenStep | None:
        """The visit that takes a reply; the rest of an album only goes where its beginning went."""
        for visit in self._visits():
            step = self.flow.step(visit.step)
            if step and album_of in {None, visit.visit} and step.takes_reply(visit.data):
                return visit
        return None

    def _address(self, event: Addressed) -> Outcome:
        visit = next((one for one in self._visits() if one.visit == event.visit), None)
        return (self._deliver(event, visit) if visit else None) or Outcome.STALE

    def _visits(self) -> tuple[OpenStep, ...]:
        """The current visit, then those still listening, the latest first."""
        here = (self.run.here,) if self.run.here else ()
        return here + self.run.open[::-1]

    def _deliver(self, event: Event, visit: OpenStep) -> Outcome | None:
        step = self.flow.step(visit.step)
        result = self._ask(step, event, visit) if step else None
        if step is None or result is None:
            return None
        if isinstance(result, Stay):
            self._stay(visit, result)
            if result.holds and self.run.status is RunStatus.ACTIVE:
                self._set_aside(result.holds)
            return Outcome.STAYED
        if visit is not self.run.here:
            self._close(visit, result)
            return Outcome.STAYED
        self._leave(visit, result)
        self._enter(self._next(step, result))
        return Outcome.MOVED

    def _ask(self, step: Step, event: Event, visit: OpenStep) -> Stay | Leave | None:
        unclaimed = tuple(payment for payment in self.run.payments if not payment.claimed)
        started = self.run.started_at or self.now
        here = Here(
            visit.visit,
            visit.data,
            visit.entered_at,
            started,
            unclaimed,
            last_lesson=self.run.last_lesson,
            scores=self.run.scores,
            again=self.run.detour is not None,
        )
        return step.on(event, self.view, self.now, here)

    def _next(self, step: Step, leave: Leave) -> Step | None:
        """The way on: the end, the rest of a detour, a step of one's own choice, or the next in order."""
        if leave.ends:
            return None
        if leave.detour:
            self.run = replace(self.run, detour=Detour(step.key, leave.detour))
        return self._detour() if self.run.detour else self.flow.step(leave.to) or self.flow.after(step.key)

    def _detour(self) -> Step | None:
        """The next step of the detour that exists; after the last one the run goes on behind its home."""
        while (detour := self.run.detour) and detour.steps:
            first, *rest = detour.steps
            self.run = replace(self.run, detour=Detour(detour.home, tuple(rest)))
            if step := self.flow.step(first):
                return step
        self.run = replace(self.run, detour=None)
        return self.flow.after(detour.home) if detour and self.flow.step(detour.home) else None

    def _enter(self, step: Step | None) -> None:
        """Go through steps from this one on until one stays, the flow ends or it goes in circles."""
        entered = 0
        while step is not None:
            if entered == MAX_STEPS:
                self.in_circles = True
                return
            entered += 1
            visit = self._open_visit(step)
            result = self._ask(step, Entered(), visit)
            if not isinstance(result, Leave):
                self._stay(visit, result or Stay())
                return
            self._leave(visit, result)
            step = self._next(step, result)
        self._complete()

    def _open_visit(self, step: Step) -> OpenStep:
        visit = OpenStep(step.key, self.run.visit + 1, self.now)
        others = tuple(one for one in self.run.open if one.step != step.key)
        self.run = replace(self.run, visit=visit.visit, here=visit, open=others)
        self._note(visit, RecordEvent.ENTERED)
        return visit

    def _stay(self, visit: OpenStep, stay: Stay) -> None:
        data = visit.data if stay.data is None else stay.data
        after = replace(self._emit(visit, stay.effects), data=data)
        if visit is self.run.here:
            self.run = replace(self.run, here=after)
        else:
            self.run = replace(self.run, open=self._others(visit, after))

    def _leave(self, visit: OpenStep, leave: Leave) -> None:
        after = replace(self._emit(visit, leave.effects), data=leave.data)
        listeners = (*self.run.open, after) if leave.listening else self.run.open
        payments = tuple(
            replace(one, claimed=one.claimed or one.order_ref == leave.claim) for one in self.run.payments
        )
        gave = leave.gave or self.run.last_lesson
        self.run = replace(self.run, here=None, open=listeners, payments=payments, last_lesson=gave)
        self._count(visit, leave)
        event = RecordEvent.LISTENING if leave.listening else RecordEvent.LEFT
        self._note(visit, event, leave.answer, leave.score)

    def _close(self, visit: OpenStep, leave: Leave) -> None:
        self._emit(visit, leave.effects)
        self.run = replace(self.run, open=self._others(visit))
        self._count(visit, leave)
        self._note(visit, RecordEvent.CLOSED, leave.answer, leave.score)

    def _count(self, visit: OpenStep, leave: Leave) -> None:
        if leave.score is not None:
            self.run = replace(self.run, scores={**self.run.scores, visit.step: leave.score})

    def _others(self, visit: OpenStep, *instead: OpenStep) -> tuple[OpenStep, ...]:
        place = self.run.open.index(visit)
        return self.run.open[:place] + instead + self.run.open[place + 1 :]

    def _complete(self) -> None:
        self.run = replace(self.run, status=RunStatus.COMPLETED, here=None)
        self.effects.append(Complete(visit=self.run.visit))

    def _note(
        self, visit: OpenStep, event: RecordEvent, answer: str | None = None, score: Score | None = None
    ) -> None:
        self.records.append(Record(visit.step, visit.visit, event, answer, score))

    def _emit(self, visit: OpenStep, effects: tuple[Effect, ...]) -> OpenStep:
        """Put the visit's name on its effects, number what it says, and count it."""
        klass = SayClass.LESSON if isinstance(self.event, TimerFired) else SayClass.DIALOG
        part = visit.said
        for effect in effects:
            named = replace(effect, step=visit.step, visit=visit.visit)
            self.view = _know(self.view, effect)
            if isinstance(named, Say | AskPayment):
                named = replace(named, part=part, klass=klass)
                part += 1
            self.effects.append(named)
        return replace(visit, said=part)
