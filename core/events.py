"""Domain events: what has happened, in the past tense; `services/reactions/` says what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.review_events import QuestionPut, SubmissionReviewed, VerdictUndone, WordsChanged, WorkUnwanted


@dataclass(frozen=True)
class OrderPaid:
    """The money for an order is certain."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class AccessGranted:
    """A person may now take the tariff's course and join its groups."""

    access_id: int
    order_id: int | None
    contact_id: int
    tariff_id: int


@dataclass(frozen=True)
class AccessRevoked:
    """A person may no longer take the tariff's course; it can be given back."""

    access_id: int
    contact_id: int
    tariff_id: int


@dataclass(frozen=True)
class OfferMade:
    """A run reached an offer and waits for a payment."""

    run_id: int
    contact_id: int
    visit: int
    tariffs: tuple[str, ...]  # codes; none means all on sale
    text: Mapping[str, Any] | str  # words to be said
    key: str  # the dedupe key of what is said


@dataclass(frozen=True)
class PaymentFailed:
    """An order will not be paid any more."""

    order_id: int


@dataclass(frozen=True)
class TagSet:
    """A run put a tag on its person."""

    run_id: int
    visit: int
    name: str


@dataclass(frozen=True)
class GroupSeen:
    """Telegram has told what a bot is and may do in a group; `reopened` if a closed topic was opened there."""

    bot_id: int
    chat_id: int
    reopened: bool = False


@dataclass(frozen=True)
class GroupRefused:
    """Telegram has refused a call to a group for good."""

    bot_id: int
    chat_id: int
    method: str
    error: str


@dataclass(frozen=True)
class GroupBroke:
    """A bot cannot do in a group what it is there for; said once until it is mended."""

    seat_id: int
    bot_id: int
    chat_id: int
    trouble: str


@dataclass(frozen=True)
class GroupMended:
    """A bot can do again in a group what it is there for."""

    seat_id: int
    bot_id: int
    chat_id: int


@dataclass(frozen=True)
class ChatMoved:
    """Telegram has said that a group has another number now."""

    old_id: int
    new_id: int


@dataclass(frozen=True)
class GroupMoved:
    """A group of ours has another number now, and the bots in it are known by that."""

    old_id: int
    new_id: int
    bot_ids: tuple[int, ...]


@dataclass(frozen=True)
class GroupChanged:
    """Somebody came into a group or channel, or left it; `key` tells one time from another."""

    bot_id: int
    user_id: int
    chat_id: int
    joined: bool
    key: str


@dataclass(frozen=True)
class PauseEnded:
    """A paused run is to go on; what has an end, ends that much later."""

    run_id: int
    access_id: int | None
    lasted: timedelta


@dataclass(frozen=True)
class VersionPublished:
    """A flow has a new version."""

    flow_id: int
    version_id: int


@dataclass(frozen=True)
class DeploymentChanged:
    """A deployment has other settings than before."""

    deployment_id: int


@dataclass(frozen=True)
class RunHeld:
    """A run was set aside because its access is closed."""

    run_id: int
    version: int  # of the run: the same run may be held again


@dataclass(frozen=True)
class CourseMoved:
    """Somebody whom another system sent has come further in her course, or to its end."""

    run_id: int


@dataclass(frozen=True)
class FirstLessonGiven:
    """A course has really begun for a person."""

    run_id: int


@dataclass(frozen=True)
class CourseFinished:
    """A run of a course came to its end."""

    run_id: int


@dataclass(frozen=True)
class InvitesWanted:
    """A run reached an invite and waits for the links."""

    run_id: int
    contact_id: int
    visit: int


@dataclass(frozen=True)
class InvitesIssued:
    """All invite links a run waited for are there, or could not be made."""

    run_id: int
    visit: int
    links: Mapping[str, str]  # title of the group → link
    failed: bool


@dataclass(frozen=True)
class HandoffWanted:
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
class TalkBegan:
    """An operator talks with a person."""

    handoff_id: int
    contact_id: int


@dataclass(frozen=True)
class TalkEnded:
    """A talk with an operator is over."""

    handoff_id: int
    contact_id: int


@dataclass(frozen=True)
class HandoffFailed:
    """Nobody talks with a person who was to be handed over."""

    handoff_id: int


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
class CallAnswered:
    """Telegram answered an outbox row that carried `on_result`."""

    name: str
    ref: int
    bot_id: int
    outbox_id: int
    ok: bool
    result: Any  # Telegram's result, or its error text


@dataclass(frozen=True)
class TimerDue:
    """A timer's moment has come."""

    kind: str
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class TimersTaken:
    """Many timers' moments have come at once: what they all need may be loaded now, each follows by itself."""

    timers: tuple[TimerDue, ...]


@dataclass(frozen=True)
class JobFinished:
    """A job's call to the outside world has its answer."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    ok: bool
    result: Mapping[str, Any]  # the performer's answer, or {"error": text}


@dataclass(frozen=True)
class SourceLost:
    """A broadcast's message cannot be repeated any more: somebody did not get it."""

    broadcast_id: int


@dataclass(frozen=True)
class ChatBlocked:
    """Telegram says this person cannot be written to by this bot any more."""

    bot_id: int
    chat_id: int


@dataclass(frozen=True)
class ButtonsLeftOut:
    """A message went out without these buttons of its author's: their addresses came out empty."""

    bot_id: int
    buttons: tuple[str, ...]


DomainEvent = (
    TimersTaken
    | OrderPaid
    | AccessGranted
    | AccessRevoked
    | OfferMade
    | DeploymentChanged
    | VersionPublished
    | PauseEnded
    | PaymentFailed
    | TagSet
    | GroupSeen
    | GroupRefused
    | GroupBroke
    | GroupMended
    | ChatMoved
    | GroupMoved
    | GroupChanged
    | RunHeld
    | FirstLessonGiven
    | CourseFinished
    | CourseMoved
    | InvitesWanted
    | InvitesIssued
    | ConditionAsked
    | WordsChanged
    | VerdictUndone
    | WorkUnwanted
    | QuestionPut
    | SourceLost
    | HandoffWanted
    | ResultReached
    | TalkBegan
    | TalkEnded
    | HandoffFailed
    | RunFinished
    | CallAnswered
    | TimerDue
    | JobFinished
    | SubmissionReviewed
    | ChatBlocked
    | ButtonsLeftOut
)
