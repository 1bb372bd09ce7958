"""What questions, quizzes and multiple choices share: answers as a native poll where it fits, else as buttons."""

import html
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from core.flow.effects import Poll, Say, Text
from core.flow.events import Entered, Event, JsonObject, PollAnswered, Pressed
from core.flow.run import View
from core.flow.scoring import Score
from core.flow.steps.base import MOST_ANSWER, Here, Leave, SpokenStep, Stay
from core.text.markup import to_plain
from core.text.message import (
    MAX_TEXT,
    Button,
    Localized,
    Message,
    MessageText,
    ParseMode,
    Worded,
    are_different,
    localize,
    plain,
    shown_length,
)
from core.text.refusal import Refused
from core.text.wording import fold_strictly

MOST_QUESTION = 300
MOST_OPTION = 100
OPTIONS = range(2, 13)
"""How many answers a native poll may have."""
_MOST_LABEL = 60
"""A longer answer does not fit on a button: it stands in the text and its button has the number."""
_NUMBER = 6


class Answer(Worded):
    """One answer to choose, and what is said to who has chosen it."""

    text: Localized
    feedback: MessageText | None = None


class JudgedAnswer(Answer):
    """An answer that is right or wrong; one that says nothing about it is wrong."""

    correct: Annotated[bool, BeforeValidator(lambda value: False if value is None else value)] = False


class AskingStep(SpokenStep):
    """Says its media, then asks: natively where Telegram's limits allow, otherwise with a button per answer."""

    text: Localized
    answers: tuple[Answer, ...] = Field(min_length=1, max_length=50)
    takes_several: ClassVar[bool] = False

    @model_validator(mode="after")
    def _fits_with_answers(self) -> Self:
        if self.lists_answers:
            length = max(map(shown_length, self.in_html(self.text).values()))
            length += sum(_longest(answer.text) + _NUMBER for answer in self.answers)
            if length > MAX_TEXT:
                raise Refused("refused-long-question", length=length, limit=MAX_TEXT)
        return self

    def numbered(self) -> tuple[Localized, ...]:
        """The answers' words."""
        return tuple(answer.text for answer in self.answers)

    def has_caption(self) -> bool:
        """No: the media are said before the question."""
        return False

    def right(self) -> int | None:
        """The place of the one right answer, where there is one."""
        return None

    @cached_property
    def lists_answers(self) -> bool:
        """Whether an answer is too long for a button."""
        return any(_longest(answer.text) > _MOST_LABEL for answer in self.answers)

    def ask(self, language: str) -> tuple[Say, ...]:
        """The media, and the question as a poll, or else with buttons."""
        return self._native or (*self._media, Say(message=self.question(language)))

    @cached_property
    def _media(self) -> tuple[Say, ...]:
        return (Say(message=self.words(None, media=self.media)),) if self.media else ()

    @cached_property
    def _native(self) -> tuple[Say, ...]:
        """The media and the poll; nothing where it fits into none."""
        buttons = tuple(button for row in self.buttons for button in row)
        return (*self._media, Say(poll=self.poll, url_buttons=buttons)) if self.poll else ()

    @cached_property
    def poll(self) -> Poll | None:
        """The native poll; None where it fits into none."""
        markdown = self.parse_mode is ParseMode.MARKDOWN
        question = {name: to_plain(text, markdown=markdown) for name, text in self.text.items()}
        texts = tuple(answer.text for answer in self.answers)
        fits = (
            len(texts) in OPTIONS
            and all(_fits(text, MOST_QUESTION) for text in question.values())
            and all(_fits(text, MOST_OPTION) for option in texts for text in option.values())
            and are_different(texts)
        )
        return Poll(question, texts, self.right(), self.takes_several) if fits else None

    def presses(self, language: str, chosen: Collection[int] = ()) -> list[tuple[str, str]]:
        """What the answers' buttons press and say, where these are `chosen`: their numbers, from 1."""
        del chosen
        return [(str(number), label) for number, label in enumerate(self.labels(language), start=1)]

    def question(self, language: str, chosen: Collection[int] = ()) -> Message:
        """The question as a message with buttons; answers too long for them stand in the text."""
        presses = self.presses(language, chosen)
        rows = self.buttons + tuple((Button(text=plain(label), press=press),) for press, label in presses)
        if not self.lists_answers:
            return self.words(self.text, buttons=rows)
        asked = localize(self.in_html(self.text), language)
        answers = (html.escape(localize(answer.text, language)) for answer in self.answers)
        lines = (f"{number}. {text}" for number, text in enumerate(answers, start=1))
        shown = self.words(plain("\n\n".join((asked, "\n".join(lines)))), buttons=rows)
        return shown.model_copy(update={"parse_mode": ParseMode.HTML})

    def find_twins(self) -> str | None:
        """An answer that is there twice in some language; None when all are different."""
        for language in sorted({name for answer in self.answers for name in answer.text}):
            texts = [fold_strictly(localize(answer.text, language)) for answer in self.answers]
            for place, text in enumerate(texts):
                if text in texts[:place]:
                    return localize(self.answers[place].text, language)
        return None

    def labels(self, language: str) -> list[str]:
        """What the buttons of the answers say."""
        if self.lists_answers:
            return [str(number) for number in range(1, len(self.answers) + 1)]
        return [localize(answer.text, language) for answer in self.answers]

    def expects(self, data: JsonObject) -> Text | None:
        """A vote or a press."""
        del data
        return Text.POLL_EXPECTS if self.poll else Text.BUTTON_EXPECTS

    def wording(self, chosen: Collection[int], language: str) -> str:
        """The chosen answers as they are kept."""
        return "; ".join(localize(self.answers[choice].text, language) for choice in chosen)[:MOST_ANSWER]


class OneAnswerStep(AskingStep):
    """Asks for one of the answers, says its feedback, goes on."""

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry; the first answer counts."""
        del now, here
        places = range(len(self.answers))
        match event:
            case Entered():
                return Stay(self.ask(view.language))
            case PollAnswered(options=(chosen,)) if chosen in places:
                return self._answered(chosen, view.language)
            case Pressed(option=key) if key in {str(place + 1) for place in places}:
                return self._answered(int(key) - 1, view.language)
        return None

    @cached_property
    def _feedbacks(self) -> tuple[tuple[Say, ...], ...]:
        return tuple(self.say(answer.feedback) for answer in self.answers)

    def _answered(self, chosen: int, language: str) -> Leave:
        right = self.right()
        score = None if right is None else Score(float(chosen == right), 1)
        said = self._feedbacks[chosen]
        return Leave(said, answer=self.wording((chosen,), language), score=score)


def _longest(texts: Localized) -> int:
    return max(len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts.values())


def _fits(text: str, limit: int) -> bool:
    """Whether a plain text is sure to fit into a poll: one with a variable may become any length."""
    return "{{" not in text and 1 <= _longest(plain(text.strip())) <= limit
