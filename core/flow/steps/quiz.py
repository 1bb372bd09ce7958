"""The step that asks something with exactly one right answer."""

from typing import Literal, Self

from pydantic import Field, model_validator

from core.flow.steps.asking import JudgedAnswer, OneAnswerStep
from core.text.refusal import Refused


class QuizStep(OneAnswerStep):
    """Asks a question; the right answer is 1 point of 1, and each answer has its feedback."""

    type: Literal["quiz"] = "quiz"
    answers: tuple[JudgedAnswer, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _one_is_right(self) -> Self:
        if (right := sum(answer.correct for answer in self.answers)) != 1:
            raise Refused("refused-quiz-right", right=right)
        return self

    def right(self) -> int:
        """The place of the right answer."""
        return next(place for place, answer in enumerate(self.answers) if answer.correct)
