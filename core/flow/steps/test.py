"""The step that sums up how well a part of the course went."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from core.flow.effects import Say, Text
from core.flow.events import Entered, Event, JsonObject, Pressed
from core.flow.run import View
from core.flow.scoring import Score, total_score
from core.flow.steps.base import NEXT, Here, Leave, SpokenStep, Stay
from core.text.message import MAX_TEXT, Button, Localized, Message, localize, plain, shown_length
from core.text.refusal import MOST_GIVEN, Refused

WHOLE = 100
_GAP = "\n\n"


def _read_bands(value: object) -> object:
    """Bands by their number, whether it is written as a number, in quotes or with a per cent sign."""
    if not isinstance(value, Mapping):
        return value
    bands = [(_read_percent(key), text) for key, text in value.items()]
    if len({percent for percent, _ in bands}) < len(bands):
        raise Refused("refused-band-twice")
    return dict(sorted(bands, key=lambda band: band[0]))


def _read_percent(key: object) -> float:
    try:
        percent = float(str(key).strip().removesuffix("%").replace(",", "."))
    except ValueError:
        percent = math.nan
    if not 0 <= percent <= WHOLE:
        raise Refused("refused-band", given=str(key)[:MOST_GIVEN], most=WHOLE)
    return percent


def _dump_bands(bands: Mapping[float, Mapping[str, str]]) -> dict[str, object]:
    texts = {percent: dict(text) for percent, text in bands.items()}
    return {f"{percent:g}": text["*"] if text.keys() == {"*"} else text for percent, text in texts.items()}


Bands = Annotated[dict[float, Localized], BeforeValidator(_read_bands), PlainSerializer(_dump_bands)]
"""Texts by the most mistakes (in per cent) they are said for, fewest first."""


class ResultStep(SpokenStep):
    """Says the points of the elements whose keys start with `prefix`, and what they mean.

    `{score}` and `{maxscore}` stand for the points; the first of the bands of `score` that is not below the
    share of mistakes is said as well. It has no points of its own, so no other test counts it.
    """

    type: Literal["test"] = "test"
    text: Localized
    prefix: str
    score: Bands = Field(default_factory=dict)
    button: Localized | None = None

    @model_validator(mode="after")
    def _fits_with_bands(self) -> Self:
        longest = max(map(shown_length, self.in_html(self.text).values()))
        longest += max(
            (shown_length(wording) for band in self.score.values() for wording in band.values()), default=0
        )
        if longest + len(_GAP) > MAX_TEXT:
            raise Refused("refused-long-bands", length=longest, limit=MAX_TEXT)
        return self

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Sum up at the entry; with `button` wait for the press."""
        del now
        match event:
            case Entered():
                said = (Say(message=self._sum_up(total_score(here.scores, self.prefix), view.language)),)
                return Stay(said) if self.button else Leave(said)
            case Pressed(option=key) if key == NEXT and self.button:
                return Leave()
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """A press of the button."""
        del data
        return Text.BUTTON_EXPECTS

    def find_band(self, mistakes: float) -> Localized | None:
        """What is said for this share of mistakes, in per cent."""
        return next((text for percent, text in self.score.items() if percent >= mistakes), None)

    def _sum_up(self, score: Score, language: str) -> Message:
        band = self.find_band(score.mistakes)
        text = _GAP.join(localize(wording, language) for wording in (self.text, band) if wording)
        for name, points in (("{score}", score.points), ("{maxscore}", score.maximum)):
            text = text.replace(name, _show(points, language))
        button = (Button(text=self.button, press=NEXT),) if self.button else ()
        return self.message(*button).model_copy(update={"text": plain(text)})


def _show(points: float, language: str) -> str:
    shown = f"{points:.10g}"
    return shown.replace(".", ",") if language.startswith("ru") else shown
