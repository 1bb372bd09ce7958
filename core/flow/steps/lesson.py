"""The step that gives a lesson when it is due and lets the course go on by its own clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, PlainSerializer, WithJsonSchema

from core.flow.effects import KeyButton, Say, Text
from core.flow.events import Entered, Event, Hurried, JsonObject, Pressed, Retimed, TimerFired
from core.flow.run import View
from core.flow.steps.base import PUT_OFF, BaseStep, Here, Leave, Stay, forbid_presses, wait_until, waits_until
from core.rules.drip import (
    IMMEDIATELY,
    MAX_DAY,
    AfterPrevious,
    Due,
    Immediately,
    OnDate,
    OnDay,
    OnWeekday,
    Weekday,
    due_at,
    dump_drip,
    note_given,
    parse_drip,
)
from core.rules.local_hour import LocalHour
from core.rules.quiet_hours import Hours
from core.text.message import Localized, Message

DONE = "done"
_TIMER = "due"


def _shape(name: str, **fields: Mapping[str, Any]) -> dict[str, Any]:
    first, *_ = fields
    return {"type": "object", "title": name, "properties": fields, "required": [first]}


def _check(message: Message) -> Message:
    forbid_presses(message)
    return message


_AT = {"type": "string", "format": "09:00"}
_DRIP = {
    "default": IMMEDIATELY,
    "anyOf": [
        _shape("OnDay", day={"type": "integer", "minimum": 1, "maximum": MAX_DAY, "default": 1}, at=_AT),
        _shape("AfterPrevious", after={"type": "string", "format": "1d:2h:30m", "default": "1d"}),
        {"const": IMMEDIATELY, "title": "Immediately"},
        _shape("OnWeekday", weekday={"enum": [day.name.lower() for day in Weekday]}, at=_AT),
        _shape("OnDate", date={"type": "string", "format": "date"}, at=_AT),
    ],
}
"""The rules as `dump_drip` writes them, for forms."""

DripField = Annotated[
    InstanceOf[Immediately]
    | InstanceOf[AfterPrevious]
    | InstanceOf[OnDay]
    | InstanceOf[OnDate]
    | InstanceOf[OnWeekday],
    BeforeValidator(parse_drip),
    PlainSerializer(dump_drip),
    WithJsonSchema(_DRIP),
]


class LessonStep(BaseStep):
    """Waits until it is due, says its messages and goes on; its "done" button works for ever after."""

    type: Literal["lesson"] = "lesson"
    title: Localized
    drip: DripField = Immediately()
    messages: tuple[Annotated[Message, AfterValidator(_check)], ...] = Field(min_length=1)
    complete: Literal["button", "auto"] = "button"

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Wait, say, and note the press of "done" once; another clock of theirs moves what waits for it."""
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
                is_due = until <= now and PUT_OFF not in here.data
                due = Due(until) if is_due else self._due(view, here)
                return self._give_or_wait(due, view, now, here)
            case Pressed(option=option) if option == DONE and here.data.get("said"):
                return Leave(answer=DONE)
        return None

    def quiet(self, view: View) -> Hours | None:
        """A lesson at an hour, theirs or the author's, comes at that hour; one of a day not at night."""
        return view.calendar.quiet_for(self.drip)

    def comes_at(self, data: JsonObject, view: View, now: datetime) -> datetime | None:
        """When a visit in this state really gives the lesson; None if it does not wait for a moment."""
        until, quiet = waits_until(data), self.quiet(view)
        return quiet.leave(max(until, now), view.zone) if until and quiet else until

    def usual_hour(self, view: View, started_at: datetime, now: datetime) -> LocalHour:
        """The hour on their wall at which it comes by the course's own plan, whatever they have chosen."""
        calendar = replace(view.calendar, hour=None)
        due = due_at(self.drip, started_at=started_at, previous_left_at=now, calendar=calendar)
        wall = calendar.local(due.at)
        return LocalHour(wall.hour, wall.minute)

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
        return self._give(view, now, here, due) if due.at <= now else self._wait(due, view)

    def _wait(self, due: Due, view: View) -> Stay:
        return wait_until(due.at, _TIMER, wall=due.wall, zone=view.zone if due.wall else None)

    def _give(self, view: View, now: datetime, here: Here, due: Due | None = None) -> Leave:
        gave = note_given(
            self.drip,
            now,
            started_at=here.started_at,
            previous_left_at=here.entered_at,
            calendar=view.calendar,
            last=here.last_lesson,
            was_due=due.at if due and not view.open_all else None,
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
