"""By whom money is taken here: what the settings say about payment, checked before anything is opened."""

from collections.abc import Mapping

from loguru import logger

from app.boot.settings import MOCK, Settings
from core.clock import Clock
from payment.base import PaymentProvider
from payment.registry import PROVIDERS, build_provider

NO_MONEY = (
    "PAYMENT_PROVIDER=mock takes no money: every payment succeeds by itself, "
    "and whoever presses a tariff has the course for nothing"
)
TRY_OUT = "; to try the bots out, PAYMENT_PROVIDER=mock takes no money and gives every course away"


def build_providers(settings: Settings, clock: Clock) -> Mapping[str, PaymentProvider]:
    """All providers that may be asked here: a payment is asked of the one it was begun with, whatever is set now."""
    return {name: build_provider(name, clock) for name in PROVIDERS if name != MOCK or settings.has_mock}


def check_provider(settings: Settings) -> None:
    """ValueError with a sentence where nobody could pay, or for a provider that is none."""
    if lack := describe_lack(settings):
        raise ValueError(lack)


def describe_lack(settings: Settings) -> str:
    """Why nobody can pay, and what to do about it; nothing where somebody can."""
    if settings.provider in PROVIDERS:
        return ""
    known = [name for name in PROVIDERS if name != MOCK]
    there_are = f"there are {', '.join(known)}" if known else "this version has none that takes money yet"
    try_out = "" if settings.is_production else TRY_OUT
    if settings.provider:
        return f"PAYMENT_PROVIDER={settings.provider!r} is no payment provider: {there_are}{try_out}"
    return f"PAYMENT_PROVIDER is not set, so nobody could pay: {there_are}{try_out}"


def describe(settings: Settings) -> str:
    """By whom payments are taken, for somebody who looks."""
    if settings.takes_no_money:
        return NO_MONEY
    if settings.provider == MOCK:
        return "mock, no money is taken: Telegram is one on this machine, where nobody real is expected"
    return settings.provider or "nobody takes money here"


def tell_provider(settings: Settings) -> None:
    """Say in the log by whom payments are taken; that none takes money is a warning."""
    if settings.takes_no_money:
        logger.bind(event="payment.mock").warning(NO_MONEY)
    else:
        logger.bind(event="payment.provider").info("payments: {}", describe(settings))
