"""The step that completes the run."""

from datetime import datetime
from typing import Literal

from core.flow.effects import Say
from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay
from core.message import Localized, Message


class EndStep(BaseStep):
    """Says its text, if it has one; nothing more is sent."""

    type: Literal["end"] = "end"
    text: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Complete at the entry."""
        del view, now, here
        if not isinstance(event, Entered):
            return None
        said = (Say(message=Message(text=self.text)),) if self.text else ()
        return Leave(said, ends=True)
