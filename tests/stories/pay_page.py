"""`tandem` with one more payment provider: a page with an address, paid or refused when a story says so.

Started as `python -m tests.stories.pay_page run`; what a story has said stands in the school's own folder.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app.cli import main
from core.clock import Clock
from payment import registry
from payment.base import Invoice, Notice, PaymentProvider, PaymentRequest, PaymentState, ProviderError

NAME = "page"
PAGE = "https://pay.example/"


class PayPage(PaymentProvider):
    """Nobody pays by herself here."""

    name = NAME

    def __init__(self, clock: Clock) -> None:
        self._folder = Path(os.environ["DATA_DIR"])

    async def create_payment(self, request: PaymentRequest) -> Invoice:
        known = f"page-{request.payment_id}"
        return Invoice(known, PAGE + known, timedelta(seconds=5))

    async def check_payment_status(self, external_id: str) -> PaymentState:
        said = self._folder / external_id
        return PaymentState(said.read_text()) if said.exists() else PaymentState.PENDING

    def process_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        raise ProviderError("this page sends no notifications", permanent=True)


def say(folder: Path, url: str, state: PaymentState) -> None:
    """Let the payment of a page be so from now on."""
    (folder / url.removeprefix(PAGE)).write_text(state)


if __name__ == "__main__":
    registry.PROVIDERS = {**registry.PROVIDERS, NAME: PayPage}
    main.main()
