"""What every provider promises, and what the mock does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.boot.settings import Settings
from payment.base import PaymentProvider, PaymentRequest, PaymentState, ProviderError
from payment.mock import SETTLES_AFTER, MockProvider
from payment.registry import PROVIDERS, build_provider
from tests.fakes.clock import StillClock

REQUEST = PaymentRequest(payment_id=41, amount=190_000, currency="RUB", description="basic")


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest, clock: StillClock) -> PaymentProvider:
    """Each provider of the registry in turn."""
    return build_provider(request.param, clock)


def test_a_provider_is_found_by_the_name_it_gives_itself(provider: PaymentProvider) -> None:
    assert PROVIDERS[provider.name] is type(provider)


async def test_the_same_payment_again_is_the_same_invoice(provider: PaymentProvider) -> None:
    assert await provider.create_payment(REQUEST) == await provider.create_payment(REQUEST)


async def test_different_payments_are_different_invoices(provider: PaymentProvider) -> None:
    other = PaymentRequest(42, REQUEST.amount, REQUEST.currency, REQUEST.description)
    first, second = await provider.create_payment(REQUEST), await provider.create_payment(other)
    assert first.external_id != second.external_id
    assert len(first.external_id) <= 128  # what our column holds


async def test_an_invoice_can_be_stored_and_is_looked_after_later(provider: PaymentProvider) -> None:
    invoice = await provider.create_payment(REQUEST)
    assert invoice.check_after > timedelta()
    assert json.dumps([invoice.external_id, invoice.url])


async def test_a_new_payment_waits_for_its_money(provider: PaymentProvider) -> None:
    invoice = await provider.create_payment(REQUEST)
    assert await provider.check_payment_status(invoice.external_id) is PaymentState.PENDING


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"\xff\xfe"])
def test_what_is_not_the_providers_notice_is_refused_for_good(provider: PaymentProvider, body: bytes) -> None:
    with pytest.raises(ProviderError) as refused:
        provider.process_webhook({}, body)
    assert refused.value.permanent


async def test_the_mock_settles_after_five_seconds_and_stays_settled(clock: StillClock) -> None:
    invoice = await MockProvider(clock).create_payment(REQUEST)
    states = []
    for seconds in (4.999, 0.001, 1_000_000):
        clock.advance(seconds=seconds)
        states.append(await MockProvider(clock).check_payment_status(invoice.external_id))
    assert timedelta(seconds=5) == SETTLES_AFTER
    assert states == [PaymentState.PENDING, PaymentState.SUCCEEDED, PaymentState.SUCCEEDED]


def test_an_unknown_provider_is_said_with_those_there_are(clock: StillClock) -> None:
    with pytest.raises(ValueError, match=r"PAYMENT_PROVIDER='gold' is none of: .*mock"):
        build_provider("gold", clock)


def test_an_error_says_whether_trying_again_helps() -> None:
    error = ProviderError("no", permanent=True)
    assert (str(error), error.permanent) == ("no", True)


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENVIRONMENT", "PAYMENT_PROVIDER", "MASTER_KEYS", "CLOCK_URL"):
        monkeypatch.delenv(name, raising=False)


def test_outside_production_the_mock_takes_the_money() -> None:
    assert _settings(telegram_api_url="http://127.0.0.1:1").provider == "mock"


def test_in_production_there_is_no_provider_unless_one_is_named() -> None:
    assert _settings(environment="production", master_keys="k1:aa").provider == ""


def test_the_mock_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="gives courses away: not in production"):
        _settings(environment="production", master_keys="k1:aa", payment_provider="mock")


def test_a_moved_clock_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="CLOCK_URL moves the clock"):
        _settings(environment="production", master_keys="k1:aa", clock_url="http://127.0.0.1:1/clock")


def test_production_needs_keys_of_its_own() -> None:
    with pytest.raises(ValidationError, match="MASTER_KEYS must be set"):
        _settings(environment="production")
