"""Learning as the use cases see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.flow.definition import Flow
from core.flow.run import Run
from core.lifecycle import CardKind, QuestionStatus, SubmissionStatus
from services.delivery.speech import Address


@dataclass(frozen=True)
class StoredRun:
    """A run as it is stored; `version` guards its next save."""

    id: int
    bot_id: int
    chat_id: int
    contact_id: int
    flow_version_id: int
    access_id: int | None
    version: int
    value: Run
    spoke_at: datetime
    deployment_id: int | None = None
    cohort_id: int | None = None
    open_all: bool = False
    external_id: str | None = None
    status: str = "active"  # of the run, or `parked` while another one of its person is active

    @property
    def address(self) -> Address:
        """Where the run takes place."""
        return Address(self.bot_id, self.chat_id)


@dataclass(frozen=True)
class ListedRun:
    """A run with its flow's number, and since when it is."""

    stored: StoredRun
    flow_id: int
    started_at: datetime
    step_name: Mapping[str, str] = field(default_factory=dict)  # what people call where it stands

    @property
    def id(self) -> int:
        """Its number, by which it stands in a list."""
        return self.stored.id


@dataclass(frozen=True)
class LoadedRun:
    """A run with the flow it is pinned to."""

    stored: StoredRun
    flow: Flow


@dataclass(frozen=True)
class TakenCourse:
    """A course a person is in or was in: the newest run, and how it stands (RunStatus, or `parked`)."""

    run_id: int
    deployment_id: int
    status: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class StepRecord:
    """A line of a run's history."""

    step: str
    event: str
    answer: str | None


@dataclass(frozen=True)
class SaidCall:
    """A call a visit made, as it was rendered."""

    method: str
    payload: str
    ref: str
    on_result: Mapping[str, Any] | None


@dataclass(frozen=True)
class PollPlace:
    """The visit a poll was asked at."""

    run_id: int
    visit: int


@dataclass(frozen=True)
class UnheardPoll:
    """A poll whose number is not known (yet), or of which Telegram may have two: only one has told its number."""

    ref: str
    possibly_twice: bool


@dataclass(frozen=True)
class Submission:
    """Work handed in; `attempt` is the engine's number of it within its visit."""

    id: int
    run_id: int
    visit: int
    attempt: int
    title: str
    status: SubmissionStatus
    work: Mapping[str, Any]
    step: str = ""


@dataclass(frozen=True)
class Question:
    """What a student asks the curator; `pieces` are their messages in the course bot."""

    id: int
    contact_id: int
    bot_id: int
    chat_id: int
    run_id: int
    text: str
    pieces: Sequence[Mapping[str, int]]
    album: str | None
    status: QuestionStatus
    answered_by: int | None

    @property
    def address(self) -> Address:
        """Where it was asked."""
        return Address(self.bot_id, self.chat_id)


@dataclass(frozen=True)
class ReviewCard:
    """A message to a reviewer about a submission or a question; its number once Telegram has told it."""

    id: int
    kind: CardKind
    subject_id: int
    bot_id: int
    chat_id: int
    message_id: int | None
    made_for: str = ""

    @property
    def address(self) -> Address:
        """Where it was shown."""
        return Address(self.bot_id, self.chat_id)

    @property
    def answer(self) -> str:
        """The reviewer's words that it follows (their number, or that of their album), as long as they stand."""
        return self.made_for.rpartition(":")[2] if self.kind is CardKind.VERDICTS else ""


@dataclass(frozen=True)
class Topic:
    """Where all that is a student's stands in a forum; `thread` once it is there, `lost` the number of the one before."""

    id: int
    contact_id: int
    bot_id: int
    chat_id: int
    thread: int | None
    lost: int | None

    @property
    def address(self) -> Address:
        """Where one writes into it."""
        return Address(self.bot_id, self.chat_id, self.thread)


@dataclass(frozen=True)
class Claim:
    """A curator has something before them until then; later it is anybody's again."""

    curator_id: int
    until: datetime


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a reviewer: work or a question, with its step, and who has taken it."""

    kind: CardKind
    subject_id: int
    run_id: int
    student: str
    about: str
    since: datetime
    step: str = ""
    claim: Claim | None = None


@dataclass(frozen=True)
class Sought:
    """Which work or questions are looked for: in which state, before which curator now, of which flow."""

    kind: CardKind
    now: datetime
    status: str | None = None
    curator_id: int | None = None
    flow_id: int | None = None


@dataclass(frozen=True)
class WaitingItem:
    """Work or a question with whose it is; a question has no title and is its own first attempt."""

    id: int
    run_id: int
    contact_id: int
    student: str
    flow_id: int
    version_id: int
    step: str
    title: str
    text: str
    attempt: int
    status: str
    since: datetime
    over_at: datetime | None
    claim: Claim | None
    step_name: Mapping[str, str] = field(default_factory=dict)  # what people call the step, by language


@dataclass(frozen=True)
class Said:
    """A message of somebody: its kind (`text`, `voice`, …), its words, and of a reviewer's whose it is."""

    kind: str
    text: str
    by: str


@dataclass(frozen=True)
class Decision:
    """What became of a reviewer's decision: theirs counts, or somebody was `first`."""

    counts: bool
    reviewer: str
    held_until: datetime | None = None  # the other one has not decided, and has it before them until then


@dataclass(frozen=True)
class Certificate:
    """What a certificate says, and whether it still counts; `pdf` is the kept file once it is made."""

    account_id: int
    number: str
    run_id: int
    visit: int
    name: str
    course: str
    language: str
    zone: str
    issued_at: datetime
    pdf: str | None = None
    revoked_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ListedCertificate:
    """A certificate with the number of its row."""

    id: int
    certificate: Certificate


@dataclass(frozen=True)
class Turn:
    """What one side of a dialog (`user` or `assistant`) said at a visit."""

    visit: int
    role: str
    text: str
