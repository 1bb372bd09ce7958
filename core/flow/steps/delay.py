"""The step that lets time pass."""

from datetime import datetime
from typing import Literal

from core.flow.effects import Say
from core.flow.events import Entered, Event, Hurried, TimerFired
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, IntervalField, Leave, Stay, StepKey, wait_until, waits_until
from core.message import Localized, Message

_TIMER = "delay"


class DelayStep(BaseStep):
    """Says its text, if it has one, waits, then goes on at `goto` or in order."""

    type: Literal["delay"] = "delay"
    wait: IntervalField
    text: Localized | None = None
    goto: StepKey | None = None

    def targets(self) -> tuple[str, ...]:
        """Where it goes on."""
        return (self.goto,) if self.goto else ()

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Set the alarm at the entry, go on when it rings."""
        match event:
            case Entered():
                said = (Say(message=Message(text=self.text)),) if self.text else ()
                return wait_until(now + self.wait.length(view.day), _TIMER, *said)
            case Hurried() if waits_until(here.data):
                return Leave(to=self.goto)
            case TimerFired(name=name) if name == _TIMER and (until := waits_until(here.data)):
                return Leave(to=self.goto) if until <= now else wait_until(until, _TIMER)
        return None
