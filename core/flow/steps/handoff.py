"""The step that hands the person over to a live operator."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.flow.effects import HandOff, Say, SetResult, Text
from core.flow.events import (
    Entered,
    Event,
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
)
from core.flow.run import View
from core.flow.steps.base import Here, Leave, MaybeSpokenStep, Stay, StepKey
from core.profile import Profile

CONNECTED, DISCONNECTED = "connected_to_operator", "disconnected"
ONHOLD = "onhold"
_TALKING = "talking"
_PLAIN = Profile(name="plain", transfer_to_operator=True)


class HandoffStep(MaybeSpokenStep):
    """Says its text while an operator is rung; when the talk is over the run goes on in order.

    Where nobody is free it goes on at `unavailable`, or in order. `prompt` names what of the profile is said
    instead of its text, where the profile has it.
    """

    type: Literal["handoff"] = "handoff"
    unavailable: StepKey | None = None
    prompt: str = Field(default=ONHOLD, pattern=r"^[a-z][a-z0-9_]{0,31}$")

    def targets(self) -> tuple[str, ...]:
        """Where it goes on without a talk."""
        return (self.unavailable,) if self.unavailable else ()

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ring at the entry; wait for the end of the talk, or go the other way."""
        del now
        talking = _TALKING in here.data
        match event:
            case Entered():
                return self._ring(view.profile or _PLAIN)
            case OperatorConnected() if not talking:
                return Stay((SetResult(code=CONNECTED),), data={_TALKING: True})
            case OperatorReleased() if talking:
                return Leave(answer=CONNECTED)
            case OperatorUnavailable() if not talking:
                return Leave((SetResult(code=DISCONNECTED),), to=self.unavailable, answer=DISCONNECTED)
        return None

    def _ring(self, profile: Profile) -> Stay:
        prompt = profile.prompts.get(self.prompt)
        own = (Say(message=prompt.message),) if prompt else self.said
        ring = HandOff(ring=profile.ring_seconds, silence=profile.silence_seconds, idle=profile.idle_seconds)
        return Stay((*(own or (Say(text_key=Text.OPERATOR_ONHOLD),)), ring))
