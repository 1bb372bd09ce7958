"""Telegram Stars: paid inside Telegram, what its rules ask of digital goods sold in a bot."""

from core.money import STARS
from payment.spec import ProviderSettings, ProviderSpec
from payment.stars.provider import StarsProvider


class StarsSettings(ProviderSettings):
    """Stars need no credentials but the bot's token."""


SPEC = ProviderSpec(
    "stars",
    StarsSettings,
    lambda _settings, around: StarsProvider(around),
    {"ru": "Звёздами Telegram", "en": "With Telegram Stars"},
    frozenset({STARS}),
    {"ru": "Telegram Stars", "en": "Telegram Stars"},
)
