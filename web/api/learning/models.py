"""What is said about work and questions that wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.flow.events import Verdict
from core.lifecycle import QuestionStatus, SubmissionStatus
from core.text.message import MAX_TEXT
from services.learning.schemas import Claim, Said, Submission, WaitingItem
from web.api.ids import ContactId, FlowId, QuestionId, RunId, SubmissionId
from web.api.models import Answer, Body, example

CLAIM = {"by_me": True, "until": "2030-01-07T11:00:00Z"}
WORK = {
    "id": "sub_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "run": "run_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "contact": "con_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "flow": "flw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "student": "Anna Ivanova",
    "step": "day3",
    "step_name": {"*": "Ten words"},
    "title": "Write ten words",
    "text": "Here they are: …",
    "attempt": 2,
    "status": "in_review",
    "since": "2030-01-07T09:00:00Z",
    "over_at": None,
    "claim": CLAIM,
}
QUESTION = {**WORK, "id": "que_aaaaaaaaaaaaaaaaaaaaaaaaaa", "status": "asked"}
SAID = {"kind": "text", "text": "Well done!", "by": "Olga"}


class ClaimItem(Answer):
    """Somebody has it before them until then."""

    by_me: bool
    until: datetime


class WaitingAnswer(Answer):
    """Whose something is, where in which flow it was handed in, and who has it before them."""

    run: RunId
    contact: ContactId
    flow: FlowId
    student: str
    step: str
    step_name: dict[str, str]
    text: str
    since: datetime
    over_at: datetime | None
    claim: ClaimItem | None


class ReviewItem(WaitingAnswer):
    """Work handed in; `attempt` says for the how many-th time."""

    model_config = example(**WORK)

    id: SubmissionId
    title: str
    attempt: int
    status: SubmissionStatus


class SaidItem(Answer):
    """A message: its kind, its words, of a reviewer's who wrote it."""

    model_config = example(**SAID)

    kind: str
    text: str
    by: str


class EarlierTry(Answer):
    """An earlier try at the same step."""

    id: SubmissionId
    attempt: int
    status: SubmissionStatus


class ReviewDetail(ReviewItem):
    """Work with all its pieces, what was answered, and the tries before it."""

    model_config = example(
        **WORK,
        pieces=[{"kind": "text", "text": "Here they are: …", "by": ""}],
        answers=[SAID],
        earlier=[{"id": "sub_aaaaaaaaaaaaaaaaaaaaaaaaaa", "attempt": 1, "status": "needs_work"}],
    )

    pieces: list[SaidItem]
    answers: list[SaidItem]
    earlier: list[EarlierTry]


class QuestionItem(WaitingAnswer):
    """A question to the curator."""

    model_config = example(**{name: QUESTION[name] for name in QUESTION if name not in {"title", "attempt"}})

    id: QuestionId
    status: QuestionStatus


class QuestionDetail(QuestionItem):
    """A question with all its pieces and what was answered."""

    pieces: list[SaidItem]
    answers: list[SaidItem]


class DecisionBody(Body):
    """A verdict, and words of one's own that the student reads with it."""

    model_config = example(verdict="needs_work", text="Two of them are not spelled right: look again.")

    verdict: Verdict
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)] | None = None


class AnswerBody(Body):
    """What the student is answered."""

    model_config = example(text="On Monday at nine.")

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


def show_review(item: WaitingItem, curator_id: int) -> ReviewItem:
    """Work as the API shows it."""
    return ReviewItem(**_of_both(item, curator_id), title=item.title, attempt=item.attempt)


def show_question(item: WaitingItem, curator_id: int) -> QuestionItem:
    """A question as the API shows it."""
    return QuestionItem(**_of_both(item, curator_id))


def _of_both(item: WaitingItem, curator_id: int) -> dict[str, object]:
    names = ("id", "student", "step", "text", "status", "since", "over_at")
    shown = {name: getattr(item, name) for name in names}
    places = {"run": item.run_id, "contact": item.contact_id, "flow": item.flow_id}
    return {
        **shown,
        **places,
        "step_name": dict(item.step_name),
        "claim": _show_claim(item.claim, curator_id),
    }


def _show_claim(claim: Claim | None, curator_id: int) -> ClaimItem | None:
    return ClaimItem(by_me=claim.curator_id == curator_id, until=claim.until) if claim else None


def show_said(said: Sequence[Said]) -> list[SaidItem]:
    """Messages as the API shows them."""
    return [SaidItem(kind=each.kind, text=each.text, by=each.by) for each in said]


def show_earlier(tries: Sequence[Submission]) -> list[EarlierTry]:
    """Earlier tries as the API shows them."""
    return [EarlierTry(id=work.id, attempt=work.attempt, status=work.status) for work in tries]
