"""The step that begins a part of the course."""

from datetime import datetime
from typing import Literal

from core.flow.events import Entered, Event, Hurried, Retimed, TimerFired
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay, wait_until, waits_until
from core.text.message import Localized

_TIMER = "section"


class SectionStep(BaseStep):
    """Says nothing; where the person's cohort has a time for it (`View.sections`, by key) it waits for that."""

    type: Literal["section"] = "section"
    title: Localized

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Go on when its time has come, or when nothing waits for its day."""
        waits = waits_until(here.data)
        begins = None if view.open_all else view.sections.get(self.key)
        match event:
            case Hurried() if waits:
                return Leave()
            case Retimed() if waits and begins == waits:
                return None
            case TimerFired(name=name) if name != _TIMER or not waits:
                return None
            case Entered() | Retimed() | TimerFired():
                return wait_until(begins, _TIMER) if begins and begins > now else Leave()
        return None
