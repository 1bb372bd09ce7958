"""A provider for demos and tests: every payment succeeds a few seconds after it was made."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from typing_extensions import override

from core.clock import Clock
from payment.base import Invoice, Notice, PaymentProvider, PaymentRequest, PaymentState, ProviderError

SETTLES_AFTER = timedelta(seconds=5)


class MockProvider(PaymentProvider):
    """Keeps nothing: when a payment was made stands in its external id, so a restart changes nothing."""

    name = "mock"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def create_payment(self, request: PaymentRequest) -> Invoice:
        """A payment that begins to settle now."""
        made_at = int(self._clock.now().timestamp() * 1000)
        return Invoice(f"mock-{request.payment_id}-{made_at}", None, SETTLES_AFTER)

    async def check_payment_status(self, external_id: str) -> PaymentState:
        """Succeeded once five seconds have passed."""
        made_at = datetime.fromtimestamp(int(external_id.rpartition("-")[2]) / 1000, UTC)
        return (
            PaymentState.SUCCEEDED if self._clock.now() >= made_at + SETTLES_AFTER else PaymentState.PENDING
        )

    @override
    def process_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """The mock sends none."""
        raise ProviderError("the mock provider sends no notifications", permanent=True)
