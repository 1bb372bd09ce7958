"""The step that has mistakes repeated."""

from datetime import datetime
from hashlib import sha256
from typing import Literal

from core.flow.effects import Say, Text
from core.flow.events import Entered, Event, JsonObject, Pressed
from core.flow.run import View
from core.flow.steps.base import NEXT, Here, Leave, SpokenStep, Stay
from core.text.message import Button, Localized, MessageText

DRAWN = 2
"""Elements answered right that are repeated along with the mistakes."""


class RevisionStep(SpokenStep):
    """Repeats the elements under `prefix` that are not all right, and two more; says `no_mistakes` if none is wrong.

    Each comes once, in a chain, its gotos ignored; their latest answers count. With `button` it waits for the press.
    """

    type: Literal["revision"] = "revision"
    text: Localized
    prefix: str
    no_mistakes: MessageText
    button: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Say what there is to repeat, then repeat it."""
        del now
        repeated = self._choose(view.seed, here)
        match event:
            case Entered():
                button = (Button(text=self.button, press=NEXT),) if self.button else ()
                message = self.message(*button)
                if not repeated:
                    message = self.words(self.no_mistakes, buttons=(button,) if button else ())
                said = (Say(message=message),)
                return Stay(said) if self.button else Leave(said, detour=repeated)
            case Pressed(option=key) if key == NEXT and self.button:
                return Leave(detour=repeated)
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """A press of the button."""
        del data
        return Text.BUTTON_EXPECTS

    def _choose(self, seed: str, here: Here) -> tuple[str, ...]:
        scores = {key: score for key, score in here.scores.items() if key.startswith(self.prefix)}
        wrong = [key for key, score in scores.items() if score.points < score.maximum]
        right = [key for key in scores if key not in wrong]
        right.sort(key=lambda key: sha256(f"{seed}:{here.visit}:{key}".encode()).digest())
        return (*wrong, *right[:DRAWN]) if wrong else ()
