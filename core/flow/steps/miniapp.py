"""The step that asks its question in a Mini App: a page opened from the chat, ours or somebody else's."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.flow.effects import AppButton, Say, Text
from core.flow.events import Entered, Event, JsonObject, MiniAppAnswered
from core.flow.run import View
from core.flow.scoring import Score
from core.flow.steps.base import MOST_ANSWER, Here, Leave, SpokenStep, Stay
from core.text.message import Localized, MessageText, Worded, localize
from core.text.refusal import Refused
from core.text.wording import fold, fold_strictly

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class AnswerBy(StrEnum):
    """How a question is answered: by one of its options, or in the person's own words."""

    OPTIONS = "options"
    TEXT = "text"


_SPELLINGS = {
    **dict.fromkeys(
        ("option", "choice", "radio", "select", "single", "quiz", "multiple_choice", "single_choice"),
        AnswerBy.OPTIONS,
    ),
    **dict.fromkeys(("input", "free", "open", "string", "typein", "type_in"), AnswerBy.TEXT),
}


def _read_kind(value: object) -> object:
    return _SPELLINGS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _read_word(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Wording = Annotated[Localized, BeforeValidator(_read_word)]
"""A text by language; a number is its digits."""


class AppOption(Worded):
    """An answer to choose on the page."""

    text: Wording


class AppQuestion(Worded):
    """What the page asks; `type` is `options` (also `multiple_choice`) or `text` (also `typein`).

    Without it the question is answered by its options if it has some.
    """

    type: Annotated[str | None, BeforeValidator(_read_kind)] = Field(default=None, max_length=60)
    text: Localized
    options: tuple[AppOption, ...] = Field(default=(), max_length=50)

    def check(self) -> None:
        """Raise ValueError for what our own page cannot ask."""
        if self.type is not None and self.type not in set(AnswerBy):
            raise Refused("refused-app-type", type=self.type)
        if self.type == AnswerBy.OPTIONS and not self.options:
            raise Refused("refused-app-options")
        if self.type == AnswerBy.TEXT and self.options:
            raise Refused("refused-app-text")


class AppAnswer(BaseModel):
    """The right answer, if there is one, and what is said in the chat afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actual: Wording | None = None
    exact: bool = False
    correct_feedback: MessageText | None = None
    incorrect_feedback: MessageText | None = None


class MiniAppStep(SpokenStep):
    """Says its text with a button that opens a page, waits for the page's answer, says the feedback, goes on.

    Without `app_url` the page is ours and asks `question`; a page of one's own asks in its own way. With
    `answer.actual` it is 1 point of 1 or none; without it any answer is taken, and `correct_feedback` is said to
    it. A typed answer is compared as `input` does it; `answer.exact` is strict.
    """

    not_templates: ClassVar[frozenset[str]] = frozenset({"question"})  # the page shows it as it is written

    type: Literal["miniapp"] = "miniapp"
    text: Localized
    button: Localized
    app_url: str | None = Field(default=None, min_length=1, max_length=1024)
    question: AppQuestion | None = None
    answer: AppAnswer = Field(default_factory=AppAnswer)

    @model_validator(mode="after")
    def _has_a_page(self) -> Self:
        if self.app_url is None and self.question is None:
            raise Refused("refused-app-empty")
        if self.app_url is not None and not _may_be_opened(self.app_url):
            raise Refused("refused-app-address")
        if self.app_url is None and self.question is not None:
            self.question.check()
        return self

    @model_validator(mode="after")
    def _right_answer_can_be_given(self) -> Self:
        right = self.answer.actual
        if right and self._options() and not all(map(self.may_answer, right.values())):
            raise Refused("refused-app-answer")
        return self

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry, take the first answer that can be one."""
        del view, now, here
        match event:
            case Entered():
                return Stay((Say(message=self.message(), app_button=AppButton(self.button, self.app_url)),))
            case MiniAppAnswered(answer=given) if self.may_answer(given):
                return self._take(given.strip()[:MOST_ANSWER])
        return None

    def expects(self, data: JsonObject) -> Text | None:
        """The page to be opened and answered."""
        del data
        return Text.APP_EXPECTS

    def may_answer(self, answer: str) -> bool:
        """Whether these words can be an answer: one of the options in any language, or else any words at all."""
        options = self._options()
        return bool(answer.strip()) and (not options or fold_strictly(answer) in options)

    def listed(self, language: str) -> tuple[str, ...]:
        """The options as a page in this language shows them."""
        return tuple(localize(wording, language) for wording in self._wordings())

    def _wordings(self) -> tuple[Mapping[str, str], ...]:
        return tuple(option.text for option in self.question.options) if self.question else ()

    def _options(self) -> frozenset[str]:
        """The only answers there are; a page of one's own may give others."""
        listed = self._wordings() if self.app_url is None else ()
        return frozenset(fold_strictly(text) for listed_entry in listed for text in listed_entry.values())

    def _take(self, answer: str) -> Leave:
        right = self.answer.actual
        if right is None:
            return Leave(self.say(self.answer.correct_feedback), answer=answer)
        is_right = self._is_right(answer, right)
        feedback = self.answer.correct_feedback if is_right else self.answer.incorrect_feedback
        return Leave(self.say(feedback), answer=answer, score=Score(float(is_right), 1))

    def _is_right(self, answer: str, right: Mapping[str, str]) -> bool:
        """Whether this is the right answer; an option counts in every language it is written in."""
        wanted = {fold_strictly(text) for text in right.values()}
        for option in self._wordings():
            texts = {fold_strictly(text) for text in option.values()}
            if texts & wanted and fold_strictly(answer) in texts:
                return True
        compared = fold_strictly if self.answer.exact or self._options() else fold
        return compared(answer) in set(map(compared, right.values()))


def _may_be_opened(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    host = address.hostname or ""
    return bool(host) and (address.scheme == "https" or (address.scheme == "http" and host in _LOOPBACK))
