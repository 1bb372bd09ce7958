"""The step that lets the person into the groups and channels of their tariff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from core.flow.effects import Grant, Say, Text
from core.flow.events import Entered, Event, Issued
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay
from core.text.message import Button, Localized, Message, plain
from core.text.template import make_inert

COMMUNITIES = "communities"


class InviteStep(BaseStep):
    """Asks for links and says them under `text`, a button each; with none it goes straight on."""

    type: Literal["invite"] = "invite"
    text: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry, say what has been issued."""
        del view, now, here
        match event:
            case Entered():
                return Stay((Grant(what=COMMUNITIES),))
            case Issued(failed=True):
                return Leave((Say(text_key=Text.INVITE_BY_HAND),), answer="failed")
            case Issued(values=links):
                return Leave((self._say(links),), answer=", ".join(links)) if links else Leave()
        return None

    def _say(self, links: Mapping[str, str]) -> Say:
        buttons = tuple(Button(text=plain(make_inert(title)), url=url) for title, url in links.items())
        if self.text is None:
            return Say(text_key=Text.INVITE_LINKS, url_buttons=buttons)
        return Say(message=Message(text=self.text, buttons=tuple((button,) for button in buttons)))
