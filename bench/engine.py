"""How many events a second the pure engine takes: a press, a vote, a reply, a lesson that is due, a duplicate."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.figures import Figure, Scale
from core.flow.definition import Flow, parse_flow
from core.flow.engine import advance
from core.flow.events import Entered, Event, PollAnswered, Pressed, Replied, TimerFired
from core.flow.history import Outcome
from core.flow.run import Run, View

EVENTS = {Scale.FULL: 20_000, Scale.SHORT: 5_000, Scale.TINY: 20}  # of each kind and round, at least
ROUNDS = {Scale.FULL: 9, Scale.SHORT: 5, Scale.TINY: 1}
LEAST_SECONDS = 0.05  # of a round
GOAL = 100_000
START = datetime(2030, 1, 1, 9, tzinfo=UTC)
NEXT_DAY = START + timedelta(days=1)
VIEW = View(language="en")
PRESSED = {"type": "message", "text": "One thought", "button": "Next"}
ASKED = {
    "type": "quiz",
    "text": "Which one?",
    "answers": [{"text": "This", "correct": True, "feedback": "Yes."}, {"text": "That", "feedback": "No."}],
}
WRITTEN = {"type": "input", "text": "Write one word", "correct_answer": "thought", "feedback_correct": "Yes."}
LESSON = {"type": "lesson", "title": "Day 2", "drip": {"day": 2}, "messages": [{"text": "The second"}]}


@dataclass(frozen=True)
class _Case:
    name: str
    flow: Flow
    run: Run
    event: Event
    outcome: Outcome = Outcome.MOVED


def run(scale: Scale) -> Sequence[Figure]:
    """Events per second of each kind, and of all kinds in equal shares."""
    cases = [*_cases()]
    took = {case.name: _median_time(case, EVENTS[scale], ROUNDS[scale]) for case in cases}
    how = f"median of {ROUNDS[scale]} rounds of {EVENTS[scale]:,}, one core"
    each = [Figure(f"advance: {name}", 1 / seconds, "/s", how=how) for name, seconds in took.items()]
    return [
        *each,
        Figure("advance: equal shares", 1 / statistics.mean(took.values()), "/s", goal=GOAL, how=how),
    ]


def _cases() -> Iterator[_Case]:
    """Each event meets a run that waits for it, in a course of ten or twenty steps."""
    pressing = _course(PRESSED)
    at_second = advance(pressing, _begun(pressing), Pressed(1, "1"), START, VIEW).run
    yield _Case("a press, the next message", pressing, at_second, Pressed(2, "1"))
    yield _Case("a press come twice", pressing, at_second, Pressed(1, "1"), Outcome.STALE)
    voting = _course(ASKED)
    yield _Case("a vote, feedback, the next quiz", voting, _begun(voting), PollAnswered(1, (0,)))
    writing = _course(WRITTEN)
    said = Replied("thought", message_ref={"message": 1})
    yield _Case("a reply, feedback, the next input", writing, _begun(writing), said)
    learning = _course(LESSON, PRESSED)
    yield _Case("a lesson that is due", learning, _begun(learning), TimerFired(1, "due"))


def _course(*steps: dict[str, Any]) -> Flow:
    steps = tuple({"key": f"step_{number}", **step} for number, step in enumerate(steps * 10))
    return parse_flow({"kind": "course", "slug": "bench", "name": "Bench", "steps": steps})


def _begun(flow: Flow) -> Run:
    return advance(flow, Run.new(), Entered(), START, VIEW).run


def _median_time(case: _Case, events: int, rounds: int) -> float:
    """Seconds of processor time per event."""
    assert advance(case.flow, case.run, case.event, NEXT_DAY, VIEW).outcome is case.outcome
    return statistics.median(_time(case, events) for _ in range(rounds))


def _time(case: _Case, events: int) -> float:
    """Seconds per event of one round, long enough for a clock that counts in hundredths of a second."""
    flow, state, event = case.flow, case.run, case.event
    began, done = time.process_time(), 0
    while (spent := time.process_time() - began) < LEAST_SECONDS or not done:
        for _ in range(events):
            advance(flow, state, event, NEXT_DAY, VIEW)
        done += events
    return spent / done
