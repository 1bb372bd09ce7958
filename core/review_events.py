"""Domain events of work and questions between students and reviewers, a part of `core/events.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SubmissionReviewed:
    """A person decided about handed-in work."""

    submission_id: int
    run_id: int
    visit: int
    attempt: int  # the engine's number of the work within its visit
    verdict: str


@dataclass(frozen=True)
class VerdictUndone:
    """A reviewer has taken her verdict on work back."""

    run_id: int
    visit: int
    attempt: int


@dataclass(frozen=True)
class WorkUnwanted:
    """A student wants her work back."""

    run_id: int
    visit: int
    attempt: int


@dataclass(frozen=True)
class QuestionPut:
    """A student's words in a run turned out to be a question."""

    run_id: int
    question: Mapping[str, Any]  # chat_id, message_id and content


@dataclass(frozen=True)
class WordsChanged:
    """A message that was brought to somebody was changed by who said it; `about` what it was."""

    about: str
    chat_id: int
    message_id: int
    content: Mapping[str, Any]
