"""Settings: what is read, and what is refused in which words."""

from pathlib import Path
from typing import Any

import pytest
from loguru import logger
from pydantic import ValidationError

from app.boot import providers
from app.boot.providers import describe_stars_rule
from app.boot.settings import Settings
from app.doctor.report import look

KEYS = "k1:" + "0" * 64


def read(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        read(**values)
    return "; ".join(one["msg"].removeprefix("Value error, ") for one in raised.value.errors())


def test_nothing_is_needed_to_begin() -> None:
    settings = read()
    assert (settings.offered_providers, settings.is_production) == ((), False)
    assert settings.url == f"sqlite+aiosqlite:///{Path('data').absolute() / 'tandem.db'}"


def test_ids_and_chats_are_lists_with_commas() -> None:
    settings = read(
        admin_ids=" 1, 22 ,", community_chats="premium:-1001, feedback:-1002,premium:-1003", review_chat_id=""
    )
    assert settings.admin_ids == (1, 22)
    assert settings.community_chats == {"premium": (-1001, -1003), "feedback": (-1002,)}
    assert settings.review_chat_id is None


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgresql+asyncpg://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
    ],
)
def test_plain_addresses_of_databases_get_their_driver(given: str, driver: str) -> None:
    assert read(database_url=given).url == driver


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"admin_ids": "anna"}, "'anna' is no number"),
        ({"community_chats": "premium"}, "'premium' is no tariff:chat"),
        ({"community_chats": "premium:x"}, "'x' is no number"),
        ({"community_chats": ":5"}, "':5' is no tariff:chat"),
        ({"telegram_updates": "webhook"}, "needs PUBLIC_URL"),
        ({"telegram_updates": "pigeon"}, "'polling' or 'webhook'"),
        ({"telegram_api_url": "http://example.org"}, "must be https://"),
        ({"public_url": "ftp://127.0.0.1"}, "must be https://"),
        ({"clock_url": "http://10.0.0.1/clock"}, "must be https://"),
        ({"public_url": "http://127.0.0.1.example.org"}, "must be https://"),
        ({"database_url": "mysql://x/y"}, "must be postgresql://"),
        ({"database_url": "postgresql://u:p@host:port/name"}, "no number from 1 to 65535"),
        ({"database_url": "postgresql://u:p@host:99999/name"}, "no number from 1 to 65535"),
        ({"log_level": "LOUD"}, "must be one of DEBUG"),
        ({"http_port": "99999"}, "less than or equal to 65535"),
        ({"course_day_seconds": "0"}, "greater than 0"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(values: dict[str, str], words: str) -> None:
    assert words in refusal(**values)


@pytest.mark.parametrize(
    "address", ["https://x.org/hook", "http://127.0.0.1:1", "http://localhost", "http://[::1]:2"]
)
def test_https_or_this_machine(address: str) -> None:
    assert read(public_url=address).public_url == address


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "MASTER_KEYS must be set"),
        ({"master_keys": KEYS, "payment_provider": "mock"}, "PAYMENT_PROVIDER=mock"),
        ({"master_keys": KEYS, "clock_url": "http://127.0.0.1/clock"}, "CLOCK_URL"),
    ],
)
def test_production_refuses_what_is_for_trying_out(values: dict[str, str], words: str) -> None:
    assert words in refusal(environment="production", **values)


def test_production_has_no_provider_unless_one_is_named() -> None:
    assert read(environment="production", master_keys=KEYS).offered_providers == ()


@pytest.mark.parametrize(
    ("telegram", "named", "provider", "warned"),
    [
        ("https://api.telegram.org", "", "", False),
        ("https://api.telegram.org", "mock", "mock", True),
        ("https://telegram.example", "", "", False),
        ("http://127.0.0.1:8081", "", "mock", False),
        ("http://localhost:8081", "mock", "mock", False),
    ],
)
def test_where_real_people_are_met_the_mock_is_asked_for_by_name(
    telegram: str, named: str, provider: str, warned: bool
) -> None:
    settings = read(telegram_api_url=telegram, payment_provider=named)
    assert (settings.offered_providers, settings.takes_no_money) == ((provider,) if provider else (), warned)
    assert settings.has_mock is (provider == "mock")


async def test_that_no_money_is_taken_stands_in_the_log_and_in_the_doctor(tmp_path: Path) -> None:
    settings = read(telegram_api_url="https://api.telegram.org", payment_provider="mock", data_dir=tmp_path)
    lines: list[str] = []
    number = logger.add(lines.append, format="{level} {message}")
    providers.tell_provider(settings)
    logger.remove(number)
    assert lines == [f"WARNING {providers.NO_MONEY}\n"]
    assert f"payments: {providers.NO_MONEY}" in (await look(settings, [])).notes
    assert "whoever presses a tariff has the course for nothing" in providers.NO_MONEY


def test_secrets_do_not_show_themselves() -> None:
    settings = read(sales_bot_token="1:canary-a", master_keys="k1:canary-b", ai_api_key="canary-c")
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings.model_dump())


@pytest.mark.parametrize(("named", "meant"), [("moc", "mock"), ("YooKasa", "yookassa"), ("gold", "")])
def test_a_misspelt_provider_is_no_provider_and_the_nearest_is_named(named: str, meant: str) -> None:
    settings = read(telegram_api_url="https://api.telegram.org", payment_provider=named)
    assert providers.describe(settings) == "nobody takes money here"
    lack = providers.describe_lack(settings)
    assert lack.startswith(f"PAYMENT_PROVIDER={named!r} is no payment provider: there are")
    assert "yookassa" in lack.partition(";")[0]
    assert lack.partition("did you mean ")[2] == (f"{meant}?" if meant else "")


def test_a_known_provider_is_named_as_who_takes_the_money() -> None:
    assert (
        providers.describe(read(telegram_api_url="https://api.telegram.org", payment_provider="yookassa"))
        == "yookassa"
    )


@pytest.mark.parametrize(
    ("telegram", "offered", "is_told"),
    [
        ("https://api.telegram.org", "yookassa", True),
        ("https://api.telegram.org", "yookassa,stars", False),
        ("https://api.telegram.org", "mock", False),
        ("http://127.0.0.1:1", "yookassa", False),
    ],
)
def test_who_takes_no_stars_is_told_of_telegrams_rule(telegram: str, offered: str, is_told: bool) -> None:
    told = describe_stars_rule(read(telegram_api_url=telegram, payment_providers=offered))
    assert bool(told) is is_told
