"""What every step is and may do: its fields, the place it is visited at, its two answers."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from core.flow.effects import Effect, Say, Text, WakeAt
from core.flow.events import Event, JsonObject
from core.flow.run import Payment, View
from core.flow.scoring import Score
from core.rules.drip import REAL_DAY, GivenLesson
from core.rules.interval import Interval, parse_interval
from core.rules.quiet_hours import Hours, parse_hours
from core.text.message import Button, Localized, Media, Message, MessageFields
from core.text.refusal import Refused
from core.value import value

_UNTIL = "until"
TIMEOUT = "timeout"
"""The timer of a step that goes on without an answer, and what its history says then."""
PUT_OFF = "put_off"
"""In a visit's data: the timer that has come in quiet hours and waits for their end."""
RETRIES = "asked_again"
"""In a visit's data: how often an unanswered step has been said again."""
MOST_ANSWER = 4096
"""Characters of an answer that are kept."""
NEXT = "next"
"""The press of a step's `button`."""

MOST_VALUE = 1000
"""Characters of a variable's value."""
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
StepKey = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]


def _read_interval(value: object) -> object:
    return parse_interval(value) if isinstance(value, str) else value


IntervalField = Annotated[
    InstanceOf[Interval],
    BeforeValidator(_read_interval),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "1d:2h:30m"}),
]
"""An interval, written as `1d:2h`."""


def _read_hours(value: object) -> object:
    return parse_hours(value) if isinstance(value, str) else value


HoursField = Annotated[
    InstanceOf[Hours],
    BeforeValidator(_read_hours),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "22:00-09:00"}),
]
"""A part of the day, written as `22:00-09:00`."""


@value()
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


@value()
class Stay:
    """The visit goes on; `data` replaces its state, None keeps it. `holds` sets the run aside, and says why."""

    effects: tuple[Effect, ...] = ()
    data: Mapping[str, Any] | None = None
    holds: str | None = None


@value()
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

    not_templates: ClassVar[frozenset[str]] = frozenset()
    """Fields whose texts have no variables of ours in them, whatever braces they hold."""

    key: StepKey

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """What an event leads to at this visit; None when it means nothing here. Pure: no clock, no chance."""
        raise NotImplementedError

    def targets(self) -> tuple[str, ...]:
        """The keys of the steps this one may go to out of order."""
        return ()

    def numbered(self) -> tuple[Localized, ...]:
        """What the person chooses from, in its order: a button or a vote names its choice by the place alone."""
        return ()

    def expects(self, data: JsonObject) -> Text | None:
        """What a visit in this state waits for, as a text of the product; None when it waits for no act of theirs."""
        del data
        return None

    def quiet(self, view: View) -> Hours | None:
        """The hours of their clock in which nothing of this step comes by itself; short days have none."""
        return view.quiet if view.day == REAL_DAY else None

    def is_settled(self, data: JsonObject) -> bool:
        """Whether a visit that is still open has nothing more to say to who comes back."""
        del data
        return False

    def takes_reply(self, data: JsonObject) -> bool:
        """Whether a visit in this state wants what the person writes."""
        del data
        return False


class MaybeSpokenStep(BaseStep, MessageFields):
    """A step that may have a message; its buttons open urls, presses belong to the step's type."""

    @model_validator(mode="after")
    def _opens_only_urls(self) -> Self:
        forbid_presses(self)
        return self

    def message(self, *options: Button) -> Message:
        """The step's message, with a row per option below its own buttons."""
        rows = self.buttons + tuple((option,) for option in options)
        return self.words(self.text, buttons=rows, media=self.media, button_set=self.button_set)

    def words(
        self,
        text: Localized | None,
        buttons: tuple[tuple[Button, ...], ...] = (),
        media: tuple[Media, ...] = (),
        button_set: str | None = None,
    ) -> Message:
        """A message of this step's making: its markup, preview and protection."""
        return Message.model_construct(
            text=text,
            media=media,
            buttons=buttons,
            button_set=button_set,
            parse_mode=self.parse_mode,
            link_preview=self.link_preview,
            protect=self.protect,
            stamp=self.stamp,
        )

    @cached_property
    def said(self) -> tuple[Say, ...]:
        """The step's message, if it has one."""
        return (Say(message=self.message()),) if self.text or self.media else ()

    def say(self, *texts: Localized | None) -> tuple[Say, ...]:
        """A message for each text there is."""
        return tuple(Say(message=self.words(text)) for text in texts if text)


class SpokenStep(MaybeSpokenStep, Message):
    """A step that is itself a message. While it waits for the person, `timeout` goes on without them, at `timeout_goto` or in order.

    Before it does, they are asked again `retries` times, as long apart; `profile` takes the number from the profile.
    """

    timeout: IntervalField | None = None
    timeout_goto: StepKey | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | Literal["profile"] = 0

    @model_validator(mode="after")
    def _goto_needs_timeout(self) -> Self:
        for name in ("timeout_goto", "retries"):
            if getattr(self, name) and not self.timeout:
                raise Refused("refused-needs-timeout", name=name)
        return self

    def retries_of(self, view: View) -> int:
        """How often they are asked again before the time-out counts."""
        if isinstance(self.retries, int):
            return self.retries
        return view.profile.max_retries if view.profile else 0

    def time_is_up(
        self, view: View, now: datetime, entered_at: datetime, data: JsonObject
    ) -> Stay | Leave | None:
        """What the end of the time leads to: on without an answer, or a wait for what is left of it.

        None when nothing of theirs is awaited any more.
        """
        if self.timeout is None or self.expects(data) is None:
            return None
        ends_at = entered_at + (data.get(RETRIES, 0) + 1) * self.timeout.length(view.day)
        if ends_at > now:
            return Stay((WakeAt(at=ends_at, name=TIMEOUT),))
        return Leave(to=self.timeout_goto, answer=TIMEOUT)


def wait_until(
    moment: datetime,
    timer: str,
    *effects: Effect,
    wall: datetime | None = None,
    zone: str | None = None,
    data: JsonObject | None = None,
) -> Stay:
    """Stay until a moment, which the visit remembers beside its `data`, and have `timer` fire then."""
    wake = WakeAt(at=moment, name=timer, wall=wall, zone=zone)
    return Stay((*effects, wake), data={**(data or {}), _UNTIL: moment.isoformat()})


def waits_until(data: JsonObject) -> datetime | None:
    """The moment `wait_until` set for a visit in this state, if it did."""
    moment = data.get(_UNTIL)
    return datetime.fromisoformat(moment) if moment else None


def put_off(data: JsonObject, by: timedelta) -> JsonObject:
    """The data of a visit whose wait, if it waits for a moment, ends that much later."""
    until = waits_until(data)
    return {**data, _UNTIL: (until + by).isoformat()} if until else data


def with_button(said: tuple[Say, ...], text: Localized) -> tuple[Say, ...]:
    """What a step says when it is over, with the button that goes on (NEXT) below the last of it."""
    button = Button(text=text, press=NEXT)
    message = said[-1].message if said else None
    if message is None:
        return (*said, Say(text_key=Text.STEP_OVER, url_buttons=(button,)))
    below = message.model_copy(update={"buttons": (*message.buttons, (button,))})
    return (*said[:-1], replace(said[-1], message=below))


def forbid_presses(message: MessageFields) -> None:
    """Raise ValueError when a button of an author's message is a press nobody would answer."""
    if any(button.press for row in message.buttons for button in row):
        raise Refused("refused-press")
