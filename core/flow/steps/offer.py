"""The step that offers tariffs and waits for the money."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

from core.flow.effects import AskPayment, Text
from core.flow.events import Entered, Event, JsonObject, Paid
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay
from core.text.refusal import Refused

ALL_TARIFFS = "all"


def _read_tariffs(value: object) -> object:
    if value == ALL_TARIFFS:
        return ()
    if not value:
        raise Refused("refused-offer")
    return value


TariffCodes = Annotated[tuple[str, ...], BeforeValidator(_read_tariffs)]
"""Codes of tariffs; written `all`, kept as none."""


class OfferStep(SpokenStep):
    """Offers the listed tariffs, or all, and goes on when one is paid; `timeout` goes on without money.

    A payment made earlier in the run that no offer has claimed counts at once: nobody is asked to pay
    for what was bought through the button of an offer that timed out.
    """

    type: Literal["offer"] = "offer"
    tariffs: TariffCodes = ()

    def expects(self, data: JsonObject) -> Text | None:
        """Money."""
        del data
        return Text.PAYMENT_EXPECTS

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask at the entry; go on with the money."""
        del view, now
        match event:
            case Entered():
                return self._settled(here) or Stay(
                    (AskPayment(message=self.message(), tariffs=self.tariffs),)
                )
            case Paid():
                return self._settled(here)
        return None

    def _settled(self, here: Here) -> Leave | None:
        fitting = (payment for payment in here.payments if not self.tariffs or payment.tariff in self.tariffs)
        payment = next(fitting, None)
        return Leave(answer=payment.tariff, claim=payment.order_ref) if payment else None
