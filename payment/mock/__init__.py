"""A provider for demos and tests: every payment succeeds a few seconds after it was made."""

from payment.mock.provider import MockProvider, MockSettings
from payment.spec import ProviderSpec

SPEC = ProviderSpec(
    "mock",
    MockSettings,
    lambda _settings, around: MockProvider(around.clock),
    {"ru": "Понарошку", "en": "Just pretend"},
)
