"""What messages and jumps share: options as buttons, each with a way on and perhaps a wait before it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Self

from pydantic import model_validator

from core.flow.effects import Say, Text
from core.flow.events import Entered, Event, Hurried, JsonObject, Pressed, TimerFired
from core.flow.run import View
from core.flow.steps.base import (
    Here,
    IntervalField,
    Leave,
    SpokenStep,
    Stay,
    StepKey,
    wait_until,
    waits_until,
)
from core.text.message import Button, Localized, Message, MessageText, Worded, localize
from core.text.refusal import Refused

_TIMER = "wait"
_CHOSEN = "option"


class Option(Worded):
    """A button that goes on, at `goto` or in order, after `wait` if there is one; `wait_text` is said before it."""

    text: Localized
    goto: StepKey | None = None
    wait: IntervalField | None = None
    wait_text: MessageText | None = None

    @model_validator(mode="after")
    def _text_needs_wait(self) -> Self:
        if self.wait_text and not self.wait:
            raise Refused("refused-wait-text")
        return self


class ChoosingStep(SpokenStep):
    """Says its message and goes on by the option pressed; without options it goes straight on."""

    def list_options(self) -> tuple[Option, ...]:
        """The options, in their order."""
        raise NotImplementedError

    @cached_property
    def choices(self) -> Mapping[str, Option]:
        """The options by what their buttons press: their numbers, from 1."""
        return {str(number): option for number, option in enumerate(self.list_options(), start=1)}

    def numbered(self) -> tuple[Localized, ...]:
        """The options' words."""
        return tuple(option.text for option in self.list_options())

    def targets(self) -> tuple[str, ...]:
        """Where the options lead."""
        return tuple(option.goto for option in self.list_options() if option.goto)

    def expects(self, data: JsonObject) -> Text | None:
        """A press, until an option is chosen."""
        return None if _CHOSEN in data else Text.BUTTON_EXPECTS

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Say it at the entry, go on by the option pressed, at once or when its wait is over."""
        match event:
            case Entered():
                return self._asked
            case Pressed(option=key) if _CHOSEN not in here.data and key in self.choices:
                return self._choose(key, view, now)
            case Hurried() if _CHOSEN in here.data:
                return self._go_on(here.data[_CHOSEN], view.language)
            case TimerFired(name=name) if name == _TIMER and (until := waits_until(here.data)):
                if until > now:
                    return wait_until(until, _TIMER, data=here.data)
                return self._go_on(here.data[_CHOSEN], view.language)
        return None

    def own_words(self, view: View) -> Message:
        """What the step says to this person, without its options."""
        del view
        return self.message()

    @cached_property
    def _asked(self) -> Stay | Leave:
        return self.asked_with(self.message())

    def asked_with(self, message: Message) -> Stay | Leave:
        """Say a message with the options, and wait if there are some."""
        said = (Say(message=self.with_options(message)),)
        return Stay(said) if self.choices else Leave(said)

    def with_options(self, message: Message) -> Message:
        """A message with a row per option below its own buttons."""
        options = tuple((Button(text=choice.text, press=key),) for key, choice in self.choices.items())
        return message.model_copy(update={"buttons": (*message.buttons, *options)})

    def _choose(self, key: str, view: View, now: datetime) -> Stay | Leave:
        option = self.choices[key]
        if option.wait is None:
            return self._go_on(key, view.language)
        moment = now + option.wait.length(view.day)
        return wait_until(moment, _TIMER, *self.say(option.wait_text), data={_CHOSEN: key})

    def _go_on(self, key: str, language: str) -> Leave:
        option = self.choices[key]
        return Leave(to=option.goto, answer=localize(option.text, language))
