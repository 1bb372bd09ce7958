"""The step that plays something."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.flow.effects import Say
from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay
from core.text.message import MAX_MEDIA, Media


class AudioStep(SpokenStep):
    """Sends audio with its text as the caption and goes on; without `link_preview` the text comes after it."""

    type: Literal["audio"] = "audio"
    media: tuple[Media, ...] = Field(min_length=1, max_length=MAX_MEDIA)

    def has_caption(self) -> bool:
        """Unless the text is a message of its own."""
        return self.link_preview and super().has_caption()

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Play it at the entry."""
        del view, now, here
        if not isinstance(event, Entered):
            return None
        if self.link_preview or self.text is None:
            return Leave(self.said)
        sound = Say(message=self.words(None, media=self.media))
        return Leave((sound, Say(message=self.words(self.text, buttons=self.buttons))))
