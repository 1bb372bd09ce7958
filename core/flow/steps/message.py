"""The step that says something and, when it has buttons of its own, waits for one."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import Here, Leave, Stay
from core.flow.steps.choosing import ChoosingStep, Option
from core.text.message import Localized, Message
from core.text.refusal import Refused


class MessageStep(ChoosingStep):
    """Says its message; with `button` or `options` waits for the press, otherwise goes straight on.

    `prompt` names what of the installation's profile is said instead, where the profile has it.
    """

    type: Literal["message"] = "message"
    button: Localized | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=50)
    prompt: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,31}$")

    @model_validator(mode="after")
    def _button_or_options(self) -> Self:
        if self.button and self.options:
            raise Refused("refused-button-and-options")
        return self

    def list_options(self) -> tuple[Option, ...]:
        """The options, or the one button."""
        return (Option(text=self.button),) if self.button else self.options

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """As the options have it; at the entry the profile's words, if it has some."""
        if isinstance(event, Entered) and self.prompt:
            return self.asked_with(self.own_words(view))
        return super().on(event, view, now, here)

    def own_words(self, view: View) -> Message:
        """The profile's words, if it has some."""
        prompt = view.profile.prompts.get(self.prompt) if self.prompt and view.profile else None
        return prompt.message if prompt else self.message()
