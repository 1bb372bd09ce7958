"""The step that gives the person their certificate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from core.flow.effects import Issue, Say, Text
from core.flow.events import Entered, Event, Issued, JsonObject, Pressed
from core.flow.run import View
from core.flow.scoring import total_score
from core.flow.steps.base import NEXT, Here, Leave, MaybeSpokenStep, Stay, with_button
from core.text.message import Localized
from core.text.template import make_inert

_NUMBER = "number"


class CertificateStep(MaybeSpokenStep):
    """Has a certificate made of all points so far, waits for its files, says `text` below them and goes on.

    In `text`, `{number}` and `{url}` stand for the certificate's number and the page that confirms it. With
    `button` it waits for the press as well. `template` is a typst file of the content folder.
    """

    type: Literal["certificate"] = "certificate"
    button: Localized | None = None
    template: str | None = Field(default=None, pattern=r"^\w[\w-]*(/\w[\w-]*)*\.typ$", max_length=200)

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask for it at the entry, go on when it is there."""
        del view, now
        given_number = here.data.get(_NUMBER)
        match event:
            case Entered():
                total = total_score(here.scores)
                return Stay((Issue(score=total.points, max_score=total.maximum),))
            case Issued(values=values) if given_number is None:
                return self._give(values, self._announce(values, failed=event.failed))
            case Pressed(option=key) if key == NEXT and self.button and given_number is not None:
                return Leave(answer=given_number)
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """A press of the button, once the certificate is there."""
        return Text.BUTTON_EXPECTS if _NUMBER in data else None

    def _give(self, values: Mapping[str, str], said: tuple[Say, ...]) -> Stay | Leave:
        number = values.get(_NUMBER, "")
        if self.button:
            return Stay(with_button(said, self.button), data={_NUMBER: number})
        return Leave(said, answer=number)

    def _announce(self, values: Mapping[str, str], *, failed: bool) -> tuple[Say, ...]:
        if failed:
            return (Say(text_key=Text.CERTIFICATE_FAILED, values=values),)
        if not self.said or not self.text:
            return self.said
        text = {language: _fill(template, values) for language, template in self.text.items()}
        message = self.message().model_copy(update={"text": text})
        return (Say(message=message),)


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", make_inert(value))
    return text
