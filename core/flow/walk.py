"""One event's way through a flow, from the step waited at to the next that waits."""

from dataclasses import replace
from datetime import datetime
from typing import get_args

from core.flow.definition import Flow
from core.flow.effects import (
    AskMember,
    AskPayment,
    Complete,
    Effect,
    Say,
    SayPriority,
    SetTag,
    SetVariable,
    WakeAt,
)
from core.flow.events import (
    Addressed,
    Entered,
    Event,
    Held,
    Moved,
    Paid,
    Released,
    Replied,
    Retimed,
    TimerFired,
)
from core.flow.history import Outcome, Record, RecordEvent
from core.flow.run import Detour, LastReply, OpenStep, Payment, Run, RunStatus, View
from core.flow.scoring import Score
from core.flow.steps import Step
from core.flow.steps.base import PUT_OFF, RETRIES, TIMEOUT, Here, Leave, SpokenStep, Stay

MAX_STEPS = 100
"""Steps a run may enter without a wait before it counts as going round in circles."""
_ADDRESSED: tuple[type[Addressed], ...] = get_args(Addressed)
# Python 3.11 takes 80 ns to look up a member of an enum: for these, a tenth of an advance.
_STALE, _STAYED, _MOVED = Outcome.STALE, Outcome.STAYED, Outcome.MOVED
_ENTERED, _LEFT, _LISTENING = RecordEvent.ENTERED, RecordEvent.LEFT, RecordEvent.LISTENING
_ACTIVE, _STOPPED = RunStatus.ACTIVE, RunStatus.STOPPED
_DIALOG, _LESSON = SayPriority.DIALOG, SayPriority.LESSON


class Walk:
    """One advance while it happens: the run's fields, free to change until the walk is over."""

    def __init__(self, flow: Flow, run: Run, event: Event, now: datetime, view: View) -> None:
        self.flow = flow
        self.event = event
        self.now = now
        self.view = view
        is_unasked = isinstance(event, TimerFired) or (isinstance(event, Entered) and event.by_us)
        self.priority = _LESSON if is_unasked else _DIALOG
        self.status = run.status
        self.started_at = run.started_at
        self.visit = run.visit
        self.here = run.here
        self.open = run.open
        self.waiting = run.waiting
        self.payments = run.payments
        self.last_reply = run.last_reply
        self.last_lesson = run.last_lesson
        self.held_for = run.held_for
        self.scores = run.scores
        self.detour = run.detour
        self.held_at = run.held_at
        self.effects: list[Effect] = []
        self.records: list[Record] = []
        self.in_circles = False

    def result(self) -> Run:
        """The run as it has become."""
        return Run(
            self.status,
            self.started_at,
            self.visit,
            self.here,
            self.open,
            self.waiting,
            self.payments,
            self.last_reply,
            self.last_lesson,
            self.held_for,
            self.scores,
            self.detour,
            self.held_at,
        )

    def handle(self, event: Event) -> Outcome:
        """Let the event happen; what it did."""
        if isinstance(event, Moved):
            return self._move(event.to)
        if isinstance(event, Paid):
            return self._pay(event)
        return _STALE if self.status is _STOPPED else self._take(event)

    def _take(self, event: Entered | Replied | Held | Released | Retimed | Addressed) -> Outcome:
        if isinstance(event, Replied):
            return self._reply(event)
        if isinstance(event, _ADDRESSED):
            return self._address(event)
        match event:
            case Entered():
                return self._start()
            case Held(reason=reason):
                return self._set_aside(reason)
            case Retimed() if self.here:
                return self._deliver(event, self.here) or _STALE
        return _STALE

    def _move(self, key: str) -> Outcome:
        step = self.flow.step(key)
        if step is None:
            return Outcome.IGNORED
        self.started_at = self.started_at or self.now
        self.status, self.here, self.detour = _ACTIVE, None, None
        self._enter(step)
        return _MOVED

    def _start(self) -> Outcome:
        if self.visit or self.status is not _ACTIVE:
            return _STALE
        self.started_at = self.now
        self._enter(self.flow.first)
        return _MOVED

    def _set_aside(self, reason: str) -> Outcome:
        if self.status is not _ACTIVE:
            return _STALE
        self.status, self.waiting, self.held_for = RunStatus.HELD, (), reason
        self.held_at = self.now
        step, visit = (self.here.step, self.visit) if self.here else (None, self.visit)
        self.records.append(Record(step, visit, RecordEvent.HELD, reason))
        return _STAYED

    def _pay(self, event: Paid) -> Outcome:
        if any(known.order_ref == event.order_ref for known in self.payments):
            return _STALE
        self.payments = (*self.payments, Payment(event.order_ref, event.tariff))
        here = self.here
        waits = here is not None and self.status is _ACTIVE
        return (self._deliver(event, here) if here and waits else None) or _STAYED

    def _reply(self, event: Replied) -> Outcome:
        last = self.last_reply
        if last and event.message_ref and event.message_ref == last.message_ref:
            return _STALE
        album_of = last.visit if last and event.group and event.group == last.group else None
        taker = self._find_taker(album_of)
        outcome = self._deliver(event, taker) if taker else None
        if taker is None or outcome is None:
            return _STALE if album_of else Outcome.IGNORED
        self.last_reply = LastReply(taker.visit, event.message_ref, event.group)
        return outcome

    def _find_taker(self, album_of: int | None) -> OpenStep | None:
        """The visit that takes a reply; the rest of an album only goes where its beginning went."""
        here = (self.here,) if self.here else ()
        for visit in here + self.open[::-1]:
            step = self.flow.step(visit.step)
            if step and (album_of is None or album_of == visit.visit) and step.takes_reply(visit.data):
                return visit
        return None

    def _address(self, event: Addressed) -> Outcome:
        visit = self.here
        if visit is None or visit.visit != event.visit:
            visit = next((visit for visit in self.open if visit.visit == event.visit), None)
        return (self._deliver(event, visit) if visit else None) or _STALE

    def _deliver(self, event: Event, visit: OpenStep) -> Outcome | None:
        step = self.flow.step(visit.step)
        if step is None:
            return None
        if self._keeps_quiet(step, event, visit):
            return _STAYED
        is_timeout = isinstance(event, TimerFired) and event.name == TIMEOUT
        result = self._time_out(step, visit) if is_timeout else self._ask(step, event, visit)
        if result is None:
            return None
        if isinstance(result, Stay):
            self._stay(visit, result)
            if result.holds and self.status is _ACTIVE:
                self._set_aside(result.holds)
            return _STAYED
        if visit is not self.here:
            self._close(visit, result)
            return _STAYED
        self._leave(visit, result)
        self._enter(self._next(step, result))
        return _MOVED

    def _quiet_until(self, step: Step) -> datetime | None:
        """When the quiet hours end that it is now; None where there are none, or the step has an hour of its own."""
        quiet, zone = step.quiet(self.view), self.view.zone
        return quiet.leave(self.now, zone) if quiet and quiet.covers(self.now, zone) else None

    def _keeps_quiet(self, step: Step, event: Event, visit: OpenStep) -> bool:
        """Nothing comes by itself in quiet hours: the alarm rings again when they are over.

        Another clock of theirs may end them at once: it is asked anew.
        """
        match event:
            case TimerFired(name=name) if ends_at := self._quiet_until(step):
                wake = WakeAt(at=ends_at, name=name)
                self._stay(visit, Stay((wake,), data={**visit.data, PUT_OFF: name}))
                return True
            case Retimed() if late := visit.data.get(PUT_OFF):
                self._stay(visit, Stay((WakeAt(at=self.now, name=late),)))
                return True
        return False

    def _time_out(self, step: Step, visit: OpenStep) -> Stay | Leave | None:
        """Only the step waited at runs out of time."""
        if visit is not self.here or not isinstance(step, SpokenStep):
            return None
        result = step.time_is_up(self.view, self.now, visit.entered_at, visit.data)
        asked = visit.data.get(RETRIES, 0)
        if isinstance(result, Leave) and asked < step.retries_of(self.view):
            first = self._ask(step, Entered(), replace(visit, data={}))
            return self._ask_again(step, visit, first, asked + 1)
        return result

    def _ask_again(
        self, step: SpokenStep, visit: OpenStep, first: Stay | Leave | None, times: int
    ) -> Stay | None:
        """Say what the step said at its entry (`first`), and wait as long again."""
        if not isinstance(first, Stay) or step.timeout is None:
            return None
        said = tuple(effect for effect in first.effects if isinstance(effect, Say | AskPayment | AskMember))
        wake = WakeAt(at=self.now + step.timeout.length(self.view.day), name=TIMEOUT)
        return Stay((*said, wake), data={**visit.data, RETRIES: times})

    def _ask(self, step: Step, event: Event, visit: OpenStep) -> Stay | Leave | None:
        here = Here(
            visit.visit,
            visit.data,
            visit.entered_at,
            self.started_at or self.now,
            self.payments and tuple(payment for payment in self.payments if not payment.claimed),
            self.last_lesson,
            self.scores,
            self.detour is not None,
        )
        return step.on(event, self.view, self.now, here)

    def _next(self, step: Step, leave: Leave) -> Step | None:
        """The way on: the end, the rest of a detour, a step of one's own choice, or the next in order."""
        if leave.ends:
            return None
        if leave.detour:
            self.detour = Detour(step.key, leave.detour)
        return self._detour() if self.detour else self.flow.step(leave.to) or self.flow.after(step.key)

    def _detour(self) -> Step | None:
        """The next step of the detour that exists; after the last one the run goes on behind its home."""
        while (detour := self.detour) and detour.steps:
            first, *rest = detour.steps
            self.detour = Detour(detour.home, tuple(rest))
            if step := self.flow.step(first):
                return step
        self.detour = None
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
                if isinstance(step, SpokenStep) and step.timeout:
                    ends_at = self.now + step.timeout.length(self.view.day)
                    wake = WakeAt(at=ends_at, name=TIMEOUT, step=visit.step, visit=visit.visit)
                    self.effects.append(wake)
                return
            self._leave(visit, result)
            step = self._next(step, result)
        self._complete()

    def _open_visit(self, step: Step) -> OpenStep:
        self.visit += 1
        visit = OpenStep(step.key, self.visit, self.now)
        self.here = visit
        if self.open:
            key = step.key
            self.open = tuple([visit for visit in self.open if visit.step != key])
        self._note(visit, _ENTERED)
        return visit

    def _stay(self, visit: OpenStep, stay: Stay) -> None:
        data = visit.data if stay.data is None else stay.data
        said = self._emit(visit, stay.effects)
        after = OpenStep(visit.step, visit.visit, visit.entered_at, data, said)
        if visit is self.here:
            self.here = after
        else:
            self.open = self._others(visit, after)

    def _leave(self, visit: OpenStep, leave: Leave) -> None:
        said = self._emit(visit, leave.effects)
        self.here = None
        if leave.listening:
            after = OpenStep(visit.step, visit.visit, visit.entered_at, leave.data, said)
            self.open = (*self.open, after)
        if leave.claim is not None:
            self.payments = tuple(_claimed(payment, leave.claim) for payment in self.payments)
        self.last_lesson = leave.gave or self.last_lesson
        self._count(visit, leave)
        event = _LISTENING if leave.listening else _LEFT
        self._note(visit, event, leave.answer, leave.score)

    def _close(self, visit: OpenStep, leave: Leave) -> None:
        said = self._emit(visit, leave.effects)
        after = OpenStep(visit.step, visit.visit, visit.entered_at, leave.data, said)
        self.open = self._others(visit, after) if leave.listening else self._others(visit)
        self._count(visit, leave)
        self._note(visit, RecordEvent.CLOSED, leave.answer, leave.score)

    def _count(self, visit: OpenStep, leave: Leave) -> None:
        if leave.score is not None:
            self.scores = {**self.scores, visit.step: leave.score}

    def _others(self, visit: OpenStep, *instead: OpenStep) -> tuple[OpenStep, ...]:
        place = self.open.index(visit)
        return self.open[:place] + instead + self.open[place + 1 :]

    def _complete(self) -> None:
        self.status, self.here = RunStatus.COMPLETED, None
        self.effects.append(Complete(visit=self.visit))

    def _note(
        self, visit: OpenStep, event: RecordEvent, answer: str | None = None, score: Score | None = None
    ) -> None:
        self.records.append(Record(visit.step, visit.visit, event, answer, score))

    def _emit(self, visit: OpenStep, effects: tuple[Effect, ...]) -> int:
        """Put the visit's name on its effects and number what it says; how much it has said then."""
        part = visit.said
        for effect in effects:
            if isinstance(effect, Say):
                self.effects.append(effect.at(visit.step, visit.visit, part, self.priority))
                part += 1
            elif isinstance(effect, AskPayment):
                named = replace(effect, step=visit.step, visit=visit.visit, part=part, priority=self.priority)
                self.effects.append(named)
                part += 1
            else:
                self.view = _know(self.view, effect)
                self.effects.append(replace(effect, step=visit.step, visit=visit.visit))
        return part


def _claimed(payment: Payment, order_ref: str) -> Payment:
    return replace(payment, claimed=True) if payment.order_ref == order_ref else payment


def _know(view: View, effect: Effect) -> View:
    """The person as the steps behind this effect know them: what it sets is set."""
    match effect:
        case SetVariable(name=name, value=value):
            return replace(view, variables={**view.variables, name: value})
        case SetTag(name=name, present=present):
            return replace(view, tags=view.tags | {name} if present else view.tags - {name})
    return view
