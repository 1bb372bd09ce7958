"""The step that asks for an answer in the person's own words."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, model_validator

from core.flow.effects import Say, SetVariable, Text
from core.flow.events import Entered, Event, JsonObject, Replied
from core.flow.run import View
from core.flow.scoring import Score
from core.flow.steps.base import MOST_ANSWER, MOST_VALUE, Here, Leave, SpokenStep, Stay, VariableName
from core.text.message import Localized, MessageText
from core.text.refusal import Refused
from core.text.wording import fold, fold_strictly
from utils.visible import is_blank

_NO_DIGIT = re.compile(r"[^0-9]")
_REFUSED = "refused"


class InputType(StrEnum):
    """How an answer is compared: as words, or by its digits alone."""

    TEXT = "text"
    SEQUENCE = "sequence"


def _read_number(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class InputStep(SpokenStep):
    """Asks, takes a text, goes on; with `correct_answer` it is 1 point of 1 or none.

    A text is right whatever its case, quotes, dashes and spaces, with ё or е, with a decimal comma or point, with a
    full stop or none; with `exact` only spaces around it and case do not count. A sequence is compared by its digits.
    Without `correct_answer` any answer is taken, and `feedback_correct` is said to it. With `variable` the
    answer is kept under the person's name, too, as `set` does it.
    """

    type: Literal["input"] = "input"
    text: Localized
    correct_answer: Annotated[Localized | None, BeforeValidator(_read_number)] = None
    feedback_correct: MessageText | None = None
    feedback_incorrect: MessageText | None = None
    input_type: InputType = InputType.TEXT
    exact: bool = False
    variable: VariableName | None = None

    @model_validator(mode="after")
    def _answer_can_be_given(self) -> Self:
        if any(not self._bare(answer) for answer in (self.correct_answer or {}).values()):
            raise Refused("refused-sequence")
        return self

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry, take the first text."""
        del view, now
        match event:
            case Entered():
                return Stay(self.said)
            case Replied(text=text, media=None) if not is_blank(text):
                return self._take(text)
            case Replied():
                return self._refuse(event, here.data)
        return None

    def takes_reply(self, data: JsonObject) -> bool:
        """Always: what it cannot use is answered, too."""
        del data
        return True

    def expects(self, data: JsonObject) -> Text | None:
        """Words, or digits."""
        del data
        return Text.SEQUENCE_EXPECTS if self.input_type is InputType.SEQUENCE else Text.INPUT_EXPECTS

    def _take(self, text: str) -> Leave:
        answer = text.strip()[:MOST_ANSWER]
        kept_variable = (SetVariable(name=self.variable, value=answer[:MOST_VALUE]),) if self.variable else ()
        if self.correct_answer is None:
            return Leave((*kept_variable, *self._feedbacks[True]), answer=answer)
        is_right = self._bare(text) in self._right
        return Leave(
            (*kept_variable, *self._feedbacks[is_right]), answer=answer, score=Score(float(is_right), 1)
        )

    @cached_property
    def _right(self) -> frozenset[str]:
        return frozenset(self._bare(answer) for answer in (self.correct_answer or {}).values())

    @cached_property
    def _feedbacks(self) -> Mapping[bool, tuple[Say, ...]]:
        return {True: self.say(self.feedback_correct), False: self.say(self.feedback_incorrect)}

    def _refuse(self, reply: Replied, data: JsonObject) -> Stay:
        """Say what is expected, once for a whole album."""
        if reply.group and reply.group == data.get(_REFUSED):
            return Stay()
        return Stay((Say(text_key=self.expects(data)),), data={_REFUSED: reply.group})

    def _bare(self, text: str) -> str:
        """What is compared."""
        if self.input_type is InputType.SEQUENCE:
            return _NO_DIGIT.sub("", text)
        return fold_strictly(text) if self.exact else fold(text)
