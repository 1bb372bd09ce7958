"""What every step is and may do: its fields, the place it is visited at, its two answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    model_validator,
)

from core.flow.effects import Effect, Text, WakeAt
from core.flow.events import Event, JsonObject
from core.flow.run import Payment, View
from core.flow.scoring import Score
from core.message import Button, Message
from core.rules.drip import GivenLesson
from core.rules.interval import Interval, parse_interval

_UNTIL = "until"

StepKey = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]


def _read_interval(value: object) -> object:
    return parse_interval(value) if isinstance(value, str) else value


IntervalField = Annotated[InstanceOf[Interval], BeforeValidator(_read_interval), PlainSerializer(str)]
"""An interval, written as `1d:2h`."""


@dataclass(frozen=True, slots=True)
class Here:
    """The visit a step is asked about; `payments` are those no offer has claimed yet.

    `scores` are each element's latest so far; `again` says that a revision sent the run here once more.
    """

    visit: int
    data: JsonObject
    entered_at: datetime
    started_at: datetime
    payments: tuple[Payment, ...] = ()
    last_lesson: GivenLesson | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """The visit goes on; `data` replaces its state, None keeps it. `holds` sets the run aside, and says why."""

    effects: tuple[Effect, ...] = ()
    data: Mapping[str, Any] | None = None
    holds: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The run goes on, to the step `to` or the next in order; from an open visit it only closes it.

    `listening` keeps the visit open with `data`: events that name it, and replies, still reach the step.
    `claim` is the order_ref of the payment this visit was waiting for, `ends` completes the run, `gave`
    is the lesson it said. `detour` are steps to be taken once more first, in a chain, without their gotos.
    """

    effects: tuple[Effect, ...] = ()
    to: str | None = None
    answer: str | None = None
    score: Score | None = None
    listening: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    claim: str | None = None
    ends: bool = False
    gave: GivenLesson | None = None
    detour: tuple[str, ...] = ()


class BaseStep(BaseModel):
    """A step of a flow: a document with a key of its own and the rule of what happens at it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: StepKey

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """What an event leads to at this visit; None when it means nothing here. Pure: no clock, no chance."""
        raise NotImplementedError

    def targets(self) -> tuple[str, ...]:
        """The keys of the steps this one may go to out of order."""
        return ()

    def expects(self, data: JsonObject) -> Text | None:
        """What a visit in this state waits for, as a text of the product; None when it waits for no act of hers."""
        del data
        return None

    def takes_reply(self, data: JsonObject) -> bool:
        """Whether a visit in this state wants what the person writes."""
        del data
        return False


class SpokenStep(BaseStep, Message):
    """A step that is itself a message; its buttons open urls, presses belong to the step's type."""

    @model_validator(mode="after")
    def _opens_only_urls(self) -> Self:
        forbid_presses(self)
        return self

    def message(self, *options: Button) -> Message:
        """The step's message, with a row per option below its own buttons."""
        values = {name: getattr(self, name) for name in Message.model_fields}
        rows = self.buttons + tuple((option,) for option in options)
        return Message(**{**values, "buttons": rows})


def wait_until(
    moment: datetime,
    timer: str,
    *effects: Effect,
    wall: datetime | None = None,
    zone: str | None = None,
) -> Stay:
    """Stay until a moment, which the visit remembers, and have `timer` fire then."""
    wake = WakeAt(at=moment, name=timer, wall=wall, zone=zone)
    return Stay((*effects, wake), data={_UNTIL: moment.isoformat()})


def waits_until(data: JsonObject) -> datetime | None:
    """The moment `wait_until` set for a visit in this state, if it did."""
    moment = data.get(_UNTIL)
    return datetime.fromisoformat(moment) if moment else None


def forbid_presses(message: Message) -> None:
    """Raise ValueError when a button of an author's message is a press nobody would answer."""
    if any(button.press for row in message.buttons for button in row):
        raise ValueError("buttons of a step open urls; use the step's own options for presses")
