"""`tandem` with one more payment provider: a page with an address, paid or refused when a story says so.

Started as `python -m tests.stories.pay_page run`; what a story has said stands in the school's own folder.
"""

import os
from datetime import timedelta
from pathlib import Path

from app.cli import main
from core.money import Money
from payment import registry
from payment.base import (
    Ability,
    AccountFacts,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
)
from payment.spec import ProviderSettings, ProviderSpec

NAME = "page"
PAGE = "https://pay.example/"
ASK_AFTER = timedelta(seconds=5)


class PayPage(PaymentProvider):
    """Nobody pays by themself here."""

    name = NAME
    abilities = frozenset({Ability.ASK})

    def __init__(self) -> None:
        self._folder = Path(os.environ["DATA_DIR"])

    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        money = request.amount
        return self._tell(f"page-{request.payment_id}-{money.amount}-{money.currency}", PaymentState.PENDING)

    async def get_payment(self, external_id: str) -> PaymentFacts:
        said = self._folder / external_id
        return self._tell(
            external_id, PaymentState(said.read_text()) if said.exists() else PaymentState.PENDING
        )

    async def check_account(self) -> AccountFacts:
        return AccountFacts(NAME, is_test=True)

    def _tell(self, external_id: str, state: PaymentState) -> PaymentFacts:
        _, payment_id, amount, currency = external_id.split("-")
        money = Money(int(amount), currency)
        return PaymentFacts(
            external_id, state, money, int(payment_id), url=PAGE + external_id, check_after=ASK_AFTER
        )


def say(folder: Path, url: str, state: PaymentState) -> None:
    """Let the payment of a page be so from now on."""
    (folder / url.removeprefix(PAGE)).write_text(state)


TITLE = {"ru": "На странице", "en": "On a page"}
SPEC = ProviderSpec(NAME, ProviderSettings, lambda _settings, _around: PayPage(), TITLE)

if __name__ == "__main__":
    registry.PROVIDERS = {**registry.PROVIDERS, NAME: SPEC}
    main.main()
