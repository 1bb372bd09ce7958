"""The step that offers tariffs and waits for the money."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, model_validator

from core.flow.effects import AskPayment, Text
from core.flow.events import Entered, Event, JsonObject, Paid, TimerFired
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

ALL_TARIFFS = "all"
_TIMER = "timeout"


def _read_tariffs(value: object) -> object:
    if value == ALL_TARIFFS:
        return ()
    if not value:
        raise ValueError("an offer lists tariffs, or is for `all`")
    return value


TariffCodes = Annotated[tuple[str, ...], BeforeValidator(_read_tariffs)]
"""Codes of tariffs; written `all`, kept as none."""


class OfferStep(SpokenStep):
    """Offers the listed tariffs, or all, and goes on when one is paid; `timeout` goes on without money.

    A payment made earlier in the run that no offer has claimed counts at once: nobody is asked to pay
    for what she has bought through the button of an offer that timed out.
    """

    type: Literal["offer"] = "offer"
    tariffs: TariffCodes = ()
    timeout: IntervalField | None = None
    timeout_goto: StepKey | None = None

    @model_validator(mode="after")
    def _goto_needs_timeout(self) -> Self:
        if self.timeout_goto and not self.timeout:
            raise ValueError("`timeout_goto` needs `timeout`")
        return self

    def targets(self) -> tuple[str, ...]:
        """Where the time-out leads."""
        return (self.timeout_goto,) if self.timeout_goto else ()

    def expects(self, data: JsonObject) -> Text | None:
        """Money."""
        del data
        return Text.PAYMENT_EXPECTS

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry; go on with the money, or when time is up."""
        match event:
            case Entered():
                return self._settled(here) or self._ask(view, now)
            case Paid():
                return self._settled(here)
            case TimerFired(name=name) if name == _TIMER and (until := waits_until(here.data)):
                return Leave(to=self.timeout_goto) if until <= now else wait_until(until, _TIMER)
        return None

    def _settled(self, here: Here) -> Leave | None:
        fitting = (one for one in here.payments if not self.tariffs or one.tariff in self.tariffs)
        payment = next(fitting, None)
        return Leave(answer=payment.tariff, claim=payment.order_ref) if payment else None

    def _ask(self, view: View, now: datetime) -> Stay:
        ask = AskPayment(message=self.message(), tariffs=self.tariffs)
        if self.timeout is None:
            return Stay((ask,))
        return wait_until(now + self.timeout.length(view.day), _TIMER, ask)
