"""What can happen to a run: one frozen record per kind, and the JSON they are kept as."""

from collections.abc import Mapping
from dataclasses import field, fields
from enum import StrEnum
from typing import Any

from core.value import value

JsonObject = Mapping[str, Any]


class Verdict(StrEnum):
    """What a reviewer decided."""

    ACCEPTED = "accepted"
    NEEDS_WORK = "needs_work"
    REJECTED = "rejected"


@value()
class Entered:
    """A new run begins; inside the engine: a step is reached. `by_us`: we turned to them, they do not wait for it."""

    by_us: bool = False


@value()
class Replied:
    """The person wrote or sent something."""

    text: str = ""
    media: str | None = None  # Telegram's word for what was sent (photo, video_note, …); None is text
    message_ref: JsonObject = field(default_factory=dict)  # the shell's own; the engine hands it back
    group: str | None = None  # the album it is part of
    content: JsonObject = field(default_factory=dict)  # all of it, as it is brought to a person


@value()
class Pressed:
    """A button of a visit was pressed."""

    visit: int
    option: str


@value()
class PollAnswered:
    """A poll of a visit was answered: the places of the chosen options, from 0; none when the vote was taken back."""

    visit: int
    options: tuple[int, ...]


@value()
class ConditionAnswered:
    """What AskCondition asked has its answer."""

    visit: int
    holds: bool
    question: int = 0


@value()
class MemberTold:
    """Telegram has said whether they are in the group; `inside` is None where it could not be asked."""

    visit: int
    inside: bool | None
    question: int = 0


@value()
class Transcribed:
    """The words of a voice message of the dialog's turn `turn`."""

    visit: int
    turn: int
    text: str


@value()
class ModelAnswered:
    """The model's words for the dialog's turn `turn`; `voice` is the kept file they are spoken in, if they are."""

    visit: int
    turn: int
    text: str
    voice: str | None = None


@value()
class ModelFailed:
    """The model has no answer for the dialog's turn `turn`, after all tries."""

    visit: int
    turn: int


@value()
class MiniAppAnswered:
    """What was chosen or written in the Mini App of a visit."""

    visit: int
    answer: str


@value()
class TimerFired:
    """A moment asked for by WakeAt has come."""

    visit: int
    name: str


@value()
class Paid:
    """The money for an order is certain; `tariff` is its code."""

    order_ref: str
    tariff: str


@value()
class Reviewed:
    """A person judged a submission; `submission` is the number AskReview gave it."""

    visit: int
    verdict: Verdict
    submission: int


@value()
class Undone:
    """The verdict on a submission was taken back: it is looked at again."""

    visit: int
    submission: int


@value()
class Withdrawn:
    """They took a submission back before anybody looked at it."""

    visit: int
    submission: int


@value()
class Issued:
    """What Grant asked for: links by title, none when there is nothing to join, or failed."""

    visit: int
    values: Mapping[str, str] = field(default_factory=dict)
    failed: bool = False


@value()
class OperatorConnected:
    """A live operator talks with the person now."""

    visit: int


@value()
class OperatorReleased:
    """The talk with the operator is over."""

    visit: int


@value()
class OperatorUnavailable:
    """No operator is free, or the person did not want to wait for one."""

    visit: int


@value()
class Held:
    """The run is set aside: it cannot or must not go on now."""

    reason: str


@value()
class Released:
    """The run may go on."""


@value()
class Moved:
    """Somebody put the run on a step, which is entered anew."""

    to: str


@value()
class Retimed:
    """Their zone or their hour has changed: what waits for an hour of their clock counts anew."""


@value()
class Hurried:
    """Somebody wants what a visit waits for to come now, whatever the hour."""

    visit: int


Event = (
    Entered
    | Replied
    | Pressed
    | PollAnswered
    | ConditionAnswered
    | MemberTold
    | Transcribed
    | ModelAnswered
    | ModelFailed
    | MiniAppAnswered
    | TimerFired
    | Paid
    | Reviewed
    | Undone
    | Withdrawn
    | Issued
    | OperatorConnected
    | OperatorReleased
    | OperatorUnavailable
    | Held
    | Released
    | Moved
    | Retimed
    | Hurried
)
Addressed = (
    Pressed
    | PollAnswered
    | ConditionAnswered
    | MemberTold
    | Transcribed
    | ModelAnswered
    | ModelFailed
    | MiniAppAnswered
    | TimerFired
    | Reviewed
    | Undone
    | Withdrawn
    | Issued
    | OperatorConnected
    | OperatorReleased
    | OperatorUnavailable
    | Hurried
)
"""Events that name the visit they belong to."""

_KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Entered,
        Replied,
        Pressed,
        PollAnswered,
        ConditionAnswered,
        MemberTold,
        Transcribed,
        ModelAnswered,
        ModelFailed,
        MiniAppAnswered,
        TimerFired,
        Paid,
        Reviewed,
        Undone,
        Withdrawn,
        Issued,
        OperatorConnected,
        OperatorReleased,
        OperatorUnavailable,
        Held,
        Released,
        Moved,
        Retimed,
        Hurried,
    )
}


def dump_event(event: Event) -> dict[str, Any]:
    """The event as a JSON object that `load_event` reads."""
    return {"event": type(event).__name__} | {
        each_field.name: getattr(event, each_field.name) for each_field in fields(event)
    }


def load_event(document: JsonObject) -> Event:
    """The event `dump_event` wrote; raises KeyError or ValueError for anything else."""
    values = {name: value for name, value in document.items() if name != "event"}
    if "verdict" in values:
        values["verdict"] = Verdict(values["verdict"])
    if "options" in values:
        values["options"] = tuple(values["options"])
    return _KINDS[document["event"]](**values)
