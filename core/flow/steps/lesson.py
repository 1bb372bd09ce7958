"""The step that gives a lesson when it is due and lets the course go on by its own clock."""

from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, PlainSerializer

from core.flow.effects import KeyButton, Say, Text
from core.flow.events import Entered, Event, Hurried, Pressed, Retimed, TimerFired
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay, forbid_presses, wait_until, waits_until
from core.message import Localized, Message
from core.rules.drip import (
    AfterPrevious,
    Due,
    Immediately,
    OnDate,
    OnDay,
    OnWeekday,
    due_at,
    dump_drip,
    note_given,
    parse_drip,
)

DONE = "done"
_TIMER = "due"


def _check(message: Message) -> Message:
    forbid_presses(message)
    return message


DripField = Annotated[
    InstanceOf[Immediately]
    | InstanceOf[AfterPrevious]
    | InstanceOf[OnDay]
    | InstanceOf[OnDate]
    | InstanceOf[OnWeekday],
    BeforeValidator(parse_drip),
    PlainSerializer(dump_drip),
]


class LessonStep(BaseStep):
    """Waits until it is due, says its messages and goes on; its "done" button works for ever after."""

    type: Literal["lesson"] = "lesson"
    title: Localized
    drip: DripField = Immediately()
    messages: tuple[Annotated[Message, AfterValidator(_check)], ...] = Field(min_length=1)
    complete: Literal["button", "auto"] = "button"

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Wait, say, and note the press of "done" once; another clock of hers moves what waits for it."""
        match event:
            case Entered():
                return self._give_or_wait(self._due(view, here), view, now, here)
            case Retimed() if (until := waits_until(here.data)) and (
                due := self._due(view, here)
            ).at != until:
                return self._give_or_wait(due, view, now, here)
            case Hurried() if waits_until(here.data):
                return self._give(view, now, here)
            case TimerFired(name=name) if name == _TIMER and (until := waits_until(here.data)):
                due = Due(until) if until <= now else self._due(view, here)
                return self._give_or_wait(due, view, now, here)
            case Pressed(option=option) if option == DONE and here.data.get("said"):
                return Leave(answer=DONE)
        return None

    def keeps_hour(self, view: View) -> bool:
        """A lesson at an hour, hers or the author's, comes at that hour."""
        return (
            isinstance(self.drip, OnDay | OnDate | OnWeekday)
            and view.calendar.hour_for(self.drip) is not None
        )

    def _due(self, view: View, here: Here) -> Due:
        if view.open_all:
            return Due(here.entered_at)
        return due_at(
            self.drip,
            started_at=here.started_at,
            previous_left_at=here.entered_at,
            calendar=view.calendar,
            last=here.last_lesson,
        )

    def _give_or_wait(self, due: Due, view: View, now: datetime, here: Here) -> Stay | Leave:
        return self._give(view, now, here) if due.at <= now else self._wait(due, view)

    def _wait(self, due: Due, view: View) -> Stay:
        return wait_until(due.at, _TIMER, wall=due.wall, zone=view.zone if due.wall else None)

    def _give(self, view: View, now: datetime, here: Here) -> Leave:
        gave = note_given(
            self.drip,
            now,
            started_at=here.started_at,
            previous_left_at=here.entered_at,
            calendar=view.calendar,
            last=here.last_lesson,
        )
        if self.complete == "auto":
            return Leave(self._said, answer=DONE, gave=gave)
        return Leave(self._said, listening=True, data={"said": True}, gave=gave)

    @cached_property
    def _said(self) -> tuple[Say, ...]:
        """The messages, the last one with the "done" button if there is one."""
        *first, last = self.messages
        done = (KeyButton(DONE, Text.LESSON_DONE),) if self.complete == "button" else ()
        return (*(Say(message=message) for message in first), Say(message=last, key_buttons=done))
