"""The step that says something and, when it has buttons of its own, waits for one."""

from typing import Literal, Self

from pydantic import Field, model_validator

from core.flow.steps.choosing import ChoosingStep, Option
from core.message import Localized


class MessageStep(ChoosingStep):
    """Says its message; with `button` or `options` waits for the press, otherwise goes straight on."""

    type: Literal["message"] = "message"
    button: Localized | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _button_or_options(self) -> Self:
        if self.button and self.options:
            raise ValueError("a message has `button` or `options`, not both")
        return self

    def list_options(self) -> tuple[Option, ...]:
        """The options, or the one button."""
        return (Option(text=self.button),) if self.button else self.options
