"""The step that keeps a value under the person's name."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.flow.effects import SetVariable
from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import MOST_VALUE, BaseStep, Here, Leave, Stay, VariableName


class SetStep(BaseStep):
    """Sets a variable, which texts show as `{{user.name}}`, and goes on."""

    type: Literal["set"] = "set"
    name: VariableName
    value: str = Field(max_length=MOST_VALUE)

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Set it at the entry."""
        del view, now, here
        is_entry = isinstance(event, Entered)
        return Leave((SetVariable(name=self.name, value=self.value),)) if is_entry else None
