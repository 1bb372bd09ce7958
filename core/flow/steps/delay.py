"""The step that lets time pass, and may then ask whether to go on."""

from datetime import datetime
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from core.flow.effects import KeyButton, Say, Text
from core.flow.events import Entered, Event, Hurried, JsonObject, Pressed, TimerFired
from core.flow.run import View
from core.flow.steps.base import (
    Here,
    IntervalField,
    Leave,
    MaybeSpokenStep,
    Stay,
    StepKey,
    wait_until,
    waits_until,
)
from core.rules.interval import Interval
from core.text.message import Button, Localized, MessageText
from core.text.refusal import Refused

YES, NO = "yes", "no"
_TIMER = "delay"
_DAY = Interval(days=1)


class DelayStep(MaybeSpokenStep):
    """Says its text, if it has one, waits, then goes on at `goto` or in order.

    With `continue` it asks that first, by default a day later: yes goes on, no waits as long again. `0s` is no wait.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["delay"] = "delay"
    wait: IntervalField | None = None
    goto: StepKey | None = None
    ask: MessageText | None = Field(default=None, alias="continue")
    yes_text: Localized | None = None
    no_text: Localized | None = None

    @model_validator(mode="after")
    def _knows_how_long(self) -> Self:
        if self.wait is None and self.ask is None:
            raise Refused("refused-delay")
        return self

    def targets(self) -> tuple[str, ...]:
        """Where it goes on."""
        return (self.goto,) if self.goto else ()

    def expects(self, data: JsonObject) -> Text | None:
        """Nothing while it waits; then a yes or a no."""
        return None if waits_until(data) else Text.BUTTON_EXPECTS

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Set the alarm at the entry; when it rings go on, or ask."""
        until = waits_until(here.data)
        match event:
            case Entered():
                return self._wait(view, now, *self.said)
            case Hurried() if until:
                return self._over()
            case TimerFired(name=name) if name == _TIMER and until:
                return self._over() if until <= now else wait_until(until, _TIMER)
            case Pressed(option=option) if option == YES and not until:
                return Leave(to=self.goto, answer=YES)
            case Pressed(option=option) if option == NO and not until:
                return self._wait(view, now)
        return None

    def _wait(self, view: View, now: datetime, *said: Say) -> Stay | Leave:
        length = (self.wait or _DAY).length(view.day)
        if self.ask is None and not length:
            return Leave(said, to=self.goto)
        return wait_until(now + length, _TIMER, *said)

    def _over(self) -> Stay | Leave:
        if self.ask is None:
            return Leave(to=self.goto)
        choices = ((YES, self.yes_text, Text.YES), (NO, self.no_text, Text.NO))
        own = tuple((Button(text=text, press=press),) for press, text, _ in choices if text)
        ours = tuple(KeyButton(press, key) for press, text, key in choices if not text)
        asked = Say(message=self.words(self.ask, buttons=own), key_buttons=ours)
        return Stay((asked,), data={"asked": True})
