"""What every provider promises, what the mock does, and how settings name what they lack."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.boot.settings import Settings
from core.money import Money
from payment.base import (
    Ability,
    Buyer,
    ForgedNoticeError,
    NoticeRequest,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    ReceiptItem,
    RefundRequest,
    RefusedError,
)
from payment.mock.provider import SETTLES_AFTER, MockProvider
from payment.registry import (
    BACK_BY_HAND,
    PROVIDERS,
    UNASKED,
    build_provider,
    get_spec,
    list_problems,
    name_provider,
)
from payment.spec import Surroundings, require_https
from sandbox.providers.registry import STAND_INS
from tests.fakes.clock import StillClock

VALUES = {
    name: STAND_INS[name].settings("http://127.0.0.1:9") if name in STAND_INS else {} for name in PROVIDERS
}


def test_whether_a_provider_can_be_asked_is_known_before_it_is_set_up(provider: PaymentProvider) -> None:
    assert (provider.name in UNASKED) is (Ability.ASK not in provider.abilities)
    assert provider.name not in BACK_BY_HAND or Ability.REFUND not in provider.abilities


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest, clock: StillClock) -> PaymentProvider:
    """Each provider of the registry in turn."""
    return build_provider(request.param, VALUES[request.param], Surroundings(clock, _no_telegram, 5.0))


def _request(clock: StillClock, payment_id: int = 41) -> PaymentRequest:
    items = (ReceiptItem("Course", 190_000),)
    return PaymentRequest(
        payment_id, "ABC234", Money(190_000, "RUB"), "Course", Buyer(1001), items, clock.now()
    )


def test_a_provider_is_found_by_the_name_it_gives_itself(provider: PaymentProvider) -> None:
    assert get_spec(provider.name).name == provider.name


def test_people_read_the_name_they_know_it_by() -> None:
    named = {name: name_provider(name) for name in ("yookassa", "stars", "robokassa", "legacy")}
    assert named == {
        "yookassa": {"ru": "ЮKassa", "en": "YooKassa"},
        "stars": {"ru": "Telegram Stars", "en": "Telegram Stars"},
        "robokassa": {"*": "Robokassa"},
        "legacy": {"*": "legacy"},
    }


async def test_what_a_provider_cannot_do_it_refuses_for_good(
    provider: PaymentProvider, clock: StillClock
) -> None:
    now, request = clock.now(), _request(clock)
    back = RefundRequest(1, "ABC234", "x", request.amount, True, request.buyer, (), now)
    calls: dict[Ability, Any] = {
        Ability.ASK: lambda: provider.get_payment("x"),
        Ability.FIND: lambda: provider.find_payment(request),
        Ability.LIST: lambda: provider.list_payments(now, now),
        Ability.CAPTURE: lambda: provider.capture_payment("x", request.amount),
        Ability.REFUND: lambda: provider.refund_payment(back),
        Ability.SUBSCRIPTION: lambda: provider.stop_renewal("x", request.buyer),
    }
    for ability in calls.keys() - provider.abilities:
        with pytest.raises(RefusedError, match=provider.name):
            await calls[ability]()


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"\xff\xfe", b"a=b", b"[" * 100_000])
def test_what_is_not_the_providers_notice_is_refused(provider: PaymentProvider, body: bytes) -> None:
    with pytest.raises((ForgedNoticeError, ValueError)):
        provider.read_notice(NoticeRequest({"content-type": "application/json"}, body, "203.0.113.9"))


async def test_the_mock_settles_after_five_seconds_and_stays_settled(clock: StillClock) -> None:
    made = await MockProvider(clock).create_payment(_request(clock))
    states = []
    for seconds in (4.999, 0.001, 1_000_000):
        clock.advance(seconds=seconds)
        states.append((await MockProvider(clock).get_payment(made.external_id)).state)
    assert timedelta(seconds=5) == SETTLES_AFTER
    assert states == [PaymentState.PENDING, PaymentState.SUCCEEDED, PaymentState.SUCCEEDED]


async def test_the_same_payment_again_is_the_same_and_another_one_is_not(clock: StillClock) -> None:
    mock, request = MockProvider(clock), _request(clock)
    assert await mock.create_payment(request) == await mock.create_payment(request)
    other = await mock.create_payment(_request(clock, 42))
    assert other.external_id != (await mock.create_payment(request)).external_id


def test_an_unknown_provider_is_said_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"PAYMENT_PROVIDER='gold' is none of: .*mock"):
        get_spec("gold")


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_missing_setting_is_named_as_the_environment_calls_it(name: str) -> None:
    required = [field for field, info in PROVIDERS[name].settings.model_fields.items() if info.is_required()]
    assert sorted(list_problems(name, {})) == sorted(
        f"{name}_{field}".upper() + ": is missing" for field in required
    )


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("yookassa", "api_url", "http://api.example.org/v3"),
        ("yookassa", "vat_code", "13"),
        ("yookassa", "tax_system", "7"),
        ("yookassa", "receipt", "sometimes"),
        ("yookassa", "networks", "all"),
        ("prodamus", "url", "http://school.example.org/"),
        ("stripe", "api_url", "ftp://api.stripe.com"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_said(name: str, field: str, value: str) -> None:
    (problem,) = list_problems(name, {**VALUES[name], "secret_key": "very-secret", field: value})
    assert problem.startswith(f"{name}_{field}".upper() + ": ")
    assert "very-secret" not in problem


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENVIRONMENT", "PAYMENT_PROVIDER", "MASTER_KEYS", "CLOCK_URL"):
        monkeypatch.delenv(name, raising=False)


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_outside_production_the_mock_takes_the_money() -> None:
    assert _settings(telegram_api_url="http://127.0.0.1:1").offered_providers == ("mock",)


def test_in_production_there_is_no_provider_unless_one_is_named() -> None:
    assert _settings(environment="production", master_keys="k1:aa").offered_providers == ()


def test_the_mock_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="gives courses away: not in production"):
        _settings(environment="production", master_keys="k1:aa", payment_provider="mock")


def test_a_moved_clock_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="CLOCK_URL moves the clock"):
        _settings(environment="production", master_keys="k1:aa", clock_url="http://127.0.0.1:1/clock")


def test_production_needs_keys_of_its_own() -> None:
    with pytest.raises(ValidationError, match="MASTER_KEYS must be set"):
        _settings(environment="production")


@pytest.mark.parametrize("url", ["https://name:password@api.example", "https://name@api.example"])
def test_no_secret_goes_to_an_address_with_a_password_in_it(url: str) -> None:
    with pytest.raises(ValueError, match="no name or password"):
        require_https(url)
