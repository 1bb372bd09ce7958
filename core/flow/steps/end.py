"""The step that completes the run."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.flow.effects import SetResult
from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import Here, Leave, MaybeSpokenStep, Stay


class EndStep(MaybeSpokenStep):
    """Says its text, if it has one; nothing more is sent. `result` is what an outreach reports of the person."""

    type: Literal["end"] = "end"
    result: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,31}$")

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Complete at the entry."""
        del view, now, here
        if not isinstance(event, Entered):
            return None
        noted = (SetResult(code=self.result),) if self.result else ()
        return Leave((*self.said, *noted), ends=True, answer=self.result)
