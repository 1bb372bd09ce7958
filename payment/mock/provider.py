"""Keeps nothing: what was made stands in the external id, so a restart changes nothing."""

from datetime import UTC, datetime, timedelta

from core.clock import Clock
from core.money import Money
from payment.base import (
    Ability,
    AccountFacts,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    RefundFacts,
    RefundRequest,
    RefundState,
    RefusedError,
)
from payment.spec import ProviderSettings

SETTLES_AFTER = timedelta(seconds=5)
METHOD = "mock-card"


class MockSettings(ProviderSettings):
    """The mock needs none."""


class MockProvider(PaymentProvider):
    """Succeeds after five seconds of the product's clock; gives back whatever it is asked to."""

    name = "mock"
    abilities = frozenset(
        {Ability.ASK, Ability.FIND, Ability.REFUND, Ability.PARTIAL_REFUND, Ability.CHARGE_SAVED}
    )

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        """A payment that begins to settle now, by the product's clock."""
        made_at = int(self._clock.now().timestamp() * 1000)
        money = request.amount
        return self._facts(f"mock-{request.payment_id}-{money.amount}-{money.currency}-{made_at}")

    async def get_payment(self, external_id: str) -> PaymentFacts:
        """Succeeded once five seconds have passed."""
        return self._facts(external_id)

    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        """Making is finding: the number is made of the request."""
        return await self.create_payment(request)

    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        """Gives everything back at once."""
        number = f"mock-refund-{request.refund_id}"
        return RefundFacts(number, request.external_id, RefundState.SUCCEEDED, request.amount)

    async def check_account(self) -> AccountFacts:
        """No money is taken."""
        return AccountFacts("mock: no money is taken", is_test=True)

    def _facts(self, external_id: str) -> PaymentFacts:
        try:
            _, number, amount, currency, made = external_id.split("-")
            made_at = datetime.fromtimestamp(int(made) / 1000, UTC)
            money, payment_id = Money(int(amount), currency), int(number)
        except ValueError:
            raise RefusedError(f"the mock made no payment {external_id!r}") from None
        settled = self._clock.now() >= made_at + SETTLES_AFTER
        return PaymentFacts(
            external_id,
            PaymentState.SUCCEEDED if settled else PaymentState.PENDING,
            money,
            payment_id,
            is_test=True,
            method=METHOD,
            method_title="Mock",
            made_at=made_at,
            check_after=SETTLES_AFTER,
        )
