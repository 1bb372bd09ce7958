"""Runs: what they reach, ask for and come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class OfferMade:
    """A run reached an offer and waits for a payment."""

    run_id: int
    contact_id: int
    visit: int
    tariffs: tuple[str, ...]  # codes; none means all on sale
    text: Mapping[str, Any] | str  # words to be said
    key: str  # the dedupe key of what is said
    protect: bool = False  # nobody is to forward or save it


@dataclass(frozen=True)
class TagSet:
    """A run put a tag on its person."""

    run_id: int
    visit: int
    name: str


@dataclass(frozen=True)
class PauseBegan:
    """A student lets nothing come for a while."""

    run_id: int
    access_id: int | None


@dataclass(frozen=True)
class PauseEnded:
    """A paused run is to go on; what has an end, ends that much later."""

    run_id: int
    access_id: int | None
    lasted: timedelta


@dataclass(frozen=True)
class RunHeld:
    """A run was set aside because its access is closed."""

    run_id: int
    version: int  # of the run: the same run may be held again


@dataclass(frozen=True)
class CourseMoved:
    """Somebody whom another system sent has come further in their course, or to its end."""

    run_id: int


@dataclass(frozen=True)
class FirstLessonGiven:
    """A course has really begun for a person."""

    run_id: int


@dataclass(frozen=True)
class LessonGiven:
    """A lesson has been sent to a person."""

    run_id: int
    step: str
    visit: int


@dataclass(frozen=True)
class CourseFinished:
    """A run of a course came to its end."""

    run_id: int


@dataclass(frozen=True)
class InvitesRequested:
    """A run reached an invite and waits for the links."""

    run_id: int
    contact_id: int
    visit: int


@dataclass(frozen=True)
class HandoffRequested:
    """A run reached a hand-off and waits for a live operator."""

    run_id: int
    contact_id: int
    visit: int
    patience: tuple[float, float, float]  # seconds: to answer a ring, between two words, until a talk is over


@dataclass(frozen=True)
class ResultReached:
    """What came of a run, for who began it; a later result takes an earlier one's place."""

    run_id: int
    code: str


@dataclass(frozen=True)
class RunFinished:
    """A run of an outreach came to its end."""

    run_id: int


@dataclass(frozen=True)
class ConditionAsked:
    """A run wants to know whether something holds for its person; `name` and `params` are the condition's."""

    run_id: int
    contact_id: int
    visit: int
    name: str
    params: Mapping[str, Any]
    question: int = 0


@dataclass(frozen=True)
class MemberAsked:
    """A run wants to know whether its person is in a group or channel."""

    run_id: int
    contact_id: int
    visit: int
    chat_id: int
    question: int


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
    """A reviewer has taken their verdict on work back."""

    run_id: int
    visit: int
    attempt: int


@dataclass(frozen=True)
class WorkUnwanted:
    """A student wants their work back."""

    run_id: int
    visit: int
    attempt: int


@dataclass(frozen=True)
class QuestionPut:
    """A student's words in a run turned out to be a question."""

    run_id: int
    question: Mapping[str, Any]  # chat_id, message_id and content
