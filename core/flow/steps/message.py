"""The step that says something and, when it has buttons of its own, waits for one."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.flow.effects import Say
from core.flow.events import Entered, Event, Pressed
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay, StepKey
from core.message import Button, Localized, localize


class Option(BaseModel):
    """A button that goes on, at `goto` or in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Localized
    goto: StepKey | None = None


class MessageStep(SpokenStep):
    """Says its message; with `button` or `options` waits for the press, otherwise goes straight on."""

    type: Literal["message"] = "message"
    button: Localized | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _button_or_options(self) -> Self:
        if self.button and self.options:
            raise ValueError("a message has `button` or `options`, not both")
        return self

    def targets(self) -> tuple[str, ...]:
        """Where the options lead."""
        return tuple(option.goto for option in self.options if option.goto)

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Say it at the entry, go on by the option pressed."""
        del now, here
        match event:
            case Entered():
                return self._say()
            case Pressed(option=key):
                return self._choose(key, view.language)
        return None

    def _choices(self) -> dict[str, Option]:
        options = (Option(text=self.button),) if self.button else self.options
        return {str(number): option for number, option in enumerate(options, start=1)}

    def _say(self) -> Stay | Leave:
        choices = self._choices()
        buttons = [Button(text=option.text, press=key) for key, option in choices.items()]
        said = (Say(message=self.message(*buttons)),)
        return Stay(said) if choices else Leave(said)

    def _choose(self, key: str, language: str) -> Leave | None:
        option = self._choices().get(key)
        return Leave(to=option.goto, answer=localize(option.text, language)) if option else None
