"""The step that asks for all the right answers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from core.flow.effects import KeyButton, Redraw, Say, Text
from core.flow.events import Entered, Event, JsonObject, PollAnswered, Pressed
from core.flow.run import View
from core.flow.scoring import Score
from core.flow.steps.asking import AskingStep, JudgedAnswer
from core.flow.steps.base import NEXT, Here, Leave, Stay, with_button
from core.text.message import Localized, MessageText

DONE = "done"
_ON, _OFF = "on", "off"  # with the answer's number: pressed twice, a button still does one thing
_CHOSEN = "chosen"
_OVER = "over"


class MultiChoiceStep(AskingStep):
    """Asks for any number of answers; feedback for the chosen ones, then one of three summaries.

    All judged right, chosen or rightly left, is 1 point of 1, none is 0, anything between 0.5.
    Without a poll each answer's button puts it on or off, and a "done" button comes with the first choice.
    Data: `chosen` are the places that are on; `over` those it ended with, while it waits for its `button`.
    """

    takes_several: ClassVar[bool] = True

    type: Literal["multi_choice"] = "multi_choice"
    answers: tuple[JudgedAnswer, ...] = Field(min_length=1, max_length=50)
    feedback_correct: MessageText | None = None
    feedback_partial: MessageText | None = None
    feedback_incorrect: MessageText | None = None
    button: Localized | None = None

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask, take the vote or the presses, say the feedback, wait for the button where there is one."""
        del now
        over: list[int] | None = here.data.get(_OVER)
        match event:
            case Entered():
                return Stay(self.ask(view.language))
            case Pressed(option=key) if over is not None:
                return self._leave(over, view.language) if key == NEXT else None
            case Pressed(option=key):
                return self._press(key, here.data.get(_CHOSEN, []), view.language)
            case PollAnswered(options=places) if over is None and self._are_choices(places):
                return self._judge(sorted(set(places)), view.language)
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """A vote, marks and the "done" button, or the button that goes on."""
        if _OVER in data:
            return Text.BUTTON_EXPECTS
        return Text.POLL_EXPECTS if self.poll else Text.CHOICE_EXPECTS

    def presses(self, language: str, chosen: Collection[int] = ()) -> list[tuple[str, str]]:
        """A box before each answer; the button turns it."""
        labels = enumerate(self.labels(language))
        return [
            (f"{_OFF}{place}", f"☑ {label}") if place in chosen else (f"{_ON}{place}", f"☐ {label}")
            for place, label in labels
        ]

    def _are_choices(self, places: Sequence[int]) -> bool:
        return bool(places) and set(places) <= set(range(len(self.answers)))

    def _press(self, key: str, chosen: list[int], language: str) -> Stay | Leave | None:
        if key == DONE:
            return self._judge(chosen, language) if chosen else None
        for place in range(len(self.answers)):
            if key == f"{_ON}{place}" and place not in chosen:
                return self._redraw(sorted([*chosen, place]), language)
            if key == f"{_OFF}{place}" and place in chosen:
                return self._redraw([choice for choice in chosen if choice != place], language)
        return None

    def _redraw(self, chosen: list[int], language: str) -> Stay:
        done = (KeyButton(DONE, Text.CHOICE_DONE),) if chosen else ()
        part = 1 if self.media else 0  # the question stands below the media
        redraw = Redraw(message=self.question(language, chosen), part=part, key_buttons=done)
        return Stay((redraw,), data={_CHOSEN: chosen})

    def _judge(self, chosen: list[int], language: str) -> Stay | Leave:
        if self.button is None:
            return self._leave(chosen, language, *self._feedback(chosen))
        return Stay(with_button(self._feedback(chosen), self.button), data={_OVER: chosen})

    def _leave(self, chosen: list[int], language: str, *said: Say) -> Leave:
        return Leave(said, answer=self.wording(chosen, language), score=Score(self._points(chosen), 1))

    def _points(self, chosen: Collection[int]) -> float:
        judged_right = sum((place in chosen) is answer.correct for place, answer in enumerate(self.answers))
        if judged_right == len(self.answers):
            return 1.0
        return 0.5 if judged_right else 0.0

    def _feedback(self, chosen: Collection[int]) -> tuple[Say, ...]:
        summaries = {1.0: self.feedback_correct, 0.5: self.feedback_partial, 0.0: self.feedback_incorrect}
        return self.say(
            *(self.answers[choice].feedback for choice in chosen), summaries[self._points(chosen)]
        )
