"""What a provider's folder declares of itself: its name, its settings and how it is built from them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from core.clock import Clock
from core.pay_ways import ContactNeed, PayWay
from payment.base import PaymentProvider

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

CallTelegram = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class ProviderSettings(BaseModel):
    """One account's credentials and choices; field `x` of provider `p` is the variable `P_X` of the environment.

    Each field's description is what forms and the settings page say; secrets are SecretStr.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider gets besides its settings.

    `call_telegram` makes a Bot API call as the bot that sells and gives `result`; it raises the errors of payment.base.
    `timeout` is the longest wait for the provider, in seconds.
    """

    clock: Clock
    call_telegram: CallTelegram
    timeout: float


@dataclass(frozen=True, slots=True)
class ProviderSpec:
    """A way to take money, before anybody's credentials are known."""

    name: str
    settings: type[ProviderSettings]
    build: Callable[[Any, Surroundings], PaymentProvider]  # the first argument is an instance of `settings`
    title: Mapping[str, str]  # what its button says where there are several, by language
    currencies: frozenset[str] = frozenset()  # empty: whatever the account takes
    brand: Mapping[str, str] = field(
        default_factory=dict
    )  # how people call it, where that is not its name, by language
    needs_contact: Callable[[Any], ContactNeed] = lambda _settings: ContactNeed.NONE
    holds: Callable[[Any], bool] = lambda _settings: False  # whether money is only set aside at first
    can_be_asked: bool = True  # how a payment stands: the ability ASK, known before there are credentials
    can_give_back: bool = True  # the ability REFUND, unless the credentials decide that

    def variables(self) -> Mapping[str, str]:
        """The names of the environment for each field of the settings."""
        return {field: f"{self.name}_{field}".upper() for field in self.settings.model_fields}

    def describe(self, settings: ProviderSettings) -> PayWay:
        """What use cases need to know of payments that are made with these settings."""
        contact, holds = self.needs_contact(settings), self.holds(settings)
        return PayWay(self.name, self.title, self.currencies, contact, holds)


def require_https(value: str) -> str:
    """An address that secrets may be sent to; ValueError for http beyond this very machine, or a password in it."""
    address = urlsplit(value)
    if "@" in address.netloc:
        raise ValueError("must hold no name or password before the host")
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
        raise ValueError("must be https://…, or http:// on this very machine (127.0.0.1, localhost)")
    return value
