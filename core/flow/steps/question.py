"""The step that asks for an opinion."""

from typing import Literal

from core.flow.steps.asking import OneAnswerStep


class QuestionStep(OneAnswerStep):
    """Asks something that has no right answer; the one chosen is kept and gets its feedback."""

    type: Literal["question"] = "question"
