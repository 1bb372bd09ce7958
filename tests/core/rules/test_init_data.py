"""Who opened a Mini App: only what Telegram has signed for this bot, and only for an hour."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from core.errors import DomainError
from core.rules.init_data import AHEAD, GOOD_FOR, read_user_id

TOKEN = "123:secret"
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


def sign(token: str = TOKEN, at: datetime = NOW, **fields: Any) -> str:
    given = {"user": json.dumps({"id": 5, "first_name": "Ann & Co = ✓"}), "auth_date": int(at.timestamp())}
    given |= fields
    lines = "\n".join(f"{name}={given[name]}" for name in sorted(given))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    digest = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**given, "hash": digest}, quote_via=quote)


def refusal(data: str, now: datetime = NOW) -> str:
    with pytest.raises(DomainError) as refused:
        read_user_id(data, TOKEN, now)
    return refused.value.code


def test_the_person_is_read() -> None:
    assert read_user_id(sign(query_id="AAE", signature="x"), TOKEN, NOW) == 5


@pytest.mark.parametrize("age", [-AHEAD, timedelta(), GOOD_FOR])
def test_within_the_hour(age: timedelta) -> None:
    assert read_user_id(sign(at=NOW - age), TOKEN, NOW) == 5


@pytest.mark.parametrize("age", [-AHEAD - timedelta(seconds=1), GOOD_FOR + timedelta(seconds=1)])
def test_outside_of_it(age: timedelta) -> None:
    assert refusal(sign(at=NOW - age)) == "INIT_DATA_OLD"


FORGED = {
    "empty": "",
    "no hash": "user=%7B%22id%22%3A5%7D&auth_date=1",
    "another bot": sign("124:secret"),
    "another person": sign().replace("%22id%22%3A%205", "%22id%22%3A%206"),
    "another date": sign(at=NOW - timedelta(days=1)).replace(
        str(int((NOW - timedelta(days=1)).timestamp())), str(int(NOW.timestamp()))
    ),
    "a field more": sign() + "&admin=1",
    "a field twice": sign() + "&auth_date=1",
    "no user": sign(user=""),
    "user no object": sign(user="5"),
    "user id a text": sign(user='{"id": "5"}'),
    "no date": sign(auth_date="soon"),
    "hash not ASCII": sign().rpartition("hash=")[0] + "hash=%D1%8F",
    "very many fields": "&".join(f"a{n}=1" for n in range(100)),
    "half a character": "user=\ud83d&hash=x",
}


@pytest.mark.parametrize("name", FORGED)
def test_what_telegram_has_not_signed_for_this_bot(name: str) -> None:
    assert refusal(FORGED[name]) == "INIT_DATA_WRONG"
