"""The step that completes the run."""

from datetime import datetime
from typing import Literal

from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import Here, Leave, MaybeSpokenStep, Stay


class EndStep(MaybeSpokenStep):
    """Says its text, if it has one; nothing more is sent."""

    type: Literal["end"] = "end"

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Complete at the entry."""
        del view, now, here
        return Leave(self.said, ends=True) if isinstance(event, Entered) else None
