"""The step that lets the person choose the way: go on, go elsewhere, or tomorrow."""

from typing import Literal

from pydantic import Field

from core.flow.steps.choosing import ChoosingStep, Option
from core.text.message import Localized


class JumpStep(ChoosingStep):
    """Asks which way; an option with `wait` says its `wait_text`, waits, then goes its way."""

    type: Literal["jump"] = "jump"
    text: Localized
    options: tuple[Option, ...] = Field(min_length=1, max_length=50)

    def list_options(self) -> tuple[Option, ...]:
        """The options."""
        return self.options
