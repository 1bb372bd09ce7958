"""A person in a flow, played event by event; the run goes through its JSON after each."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from core.flow.definition import Flow, parse_flow
from core.flow.effects import AskPayment, Effect, Say
from core.flow.engine import Advanced, advance
from core.flow.events import Entered, Event, PollAnswered, Pressed, Replied, TimerFired
from core.flow.history import Outcome
from core.flow.run import Run, View, dump_run_state, load_run_state

START = datetime(2030, 1, 1, 9, tzinfo=UTC)
FEEDBACK = View(rights=frozenset({"feedback"}))


def flow_of(*steps: dict[str, Any]) -> Flow:
    numbered = [{"key": f"s{number}", **step} for number, step in enumerate(steps, start=1)]
    return parse_flow({"kind": "course", "slug": "flow", "name": "A flow", "steps": numbered})


def message(text: str = "hello", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "text": text, **fields}


def lesson(text: str = "a lesson", **fields: Any) -> dict[str, Any]:
    return {"type": "lesson", "title": text, "messages": [{"text": text}], **fields}


def assignment(text: str = "a task", **fields: Any) -> dict[str, Any]:
    return {"type": "assignment", "text": text, **fields}


class Scene:
    """Keeps the run, the time and what was said; `send` plays one event."""

    def __init__(self, *steps: dict[str, Any], view: View | None = None, start: bool = True) -> None:
        self.flow = flow_of(*steps)
        self.run = Run.new()
        self.now = START
        self.view = view or View()
        self.last = Advanced(self.run)
        if start:
            self.send(Entered())

    def send(self, event: Event, **later: float) -> Outcome:
        self.now += timedelta(**later)
        self.last = advance(self.flow, self.run, event, self.now, self.view)
        state = json.loads(json.dumps(dump_run_state(self.last.run)))
        self.run = load_run_state(state)
        assert self.run == self.last.run
        return self.last.outcome

    def press(self, option: str, visit: int | None = None) -> Outcome:
        return self.send(Pressed(self.run.visit if visit is None else visit, option))

    def write(self, text: str = "my work", number: int = 1, **fields: Any) -> Outcome:
        return self.send(Replied(text, message_ref={"message": number}, **fields))

    def vote(self, *options: int, visit: int | None = None) -> Outcome:
        return self.send(PollAnswered(self.run.visit if visit is None else visit, options))

    def ring(self, name: str, visit: int | None = None, **later: float) -> Outcome:
        return self.send(TimerFired(self.run.visit if visit is None else visit, name), **later)

    @property
    def said(self) -> list[str]:
        """The texts of the last advance, author's in Russian, the product's by key."""
        return [_text(one) for one in self.last.effects if isinstance(one, Say | AskPayment)]

    def effects(self, kind: type[Effect]) -> list[Any]:
        return [one for one in self.last.effects if isinstance(one, kind)]

    @property
    def history(self) -> list[tuple[str | None, str]]:
        return [(one.step, one.event.value) for one in self.last.records]

    @property
    def answers(self) -> list[str]:
        return [one.answer for one in self.last.records if one.answer]

    @property
    def scored(self) -> list[tuple[float, float]]:
        """The points the last advance gave, of how many."""
        return [(one.score.points, one.score.maximum) for one in self.last.records if one.score]

    @property
    def presses(self) -> list[str]:
        """What the buttons of the last thing said press."""
        said = self.effects(Say)[-1]
        rows = said.message.buttons if said.message else tuple((one,) for one in said.url_buttons)
        return [one.press for row in rows for one in row] + [one.press for one in said.key_buttons]


def _text(said: Say | AskPayment) -> str:
    if isinstance(said, Say) and said.poll:
        return said.poll.question["*"]
    if said.message is None:
        assert isinstance(said, Say)
        return str(said.text_key)
    return said.message.text["*"] if said.message.text else said.message.media[0].ref
