"""What the Telegram edge's tests share: made-up updates, a person, a bot."""

from collections.abc import Callable
from typing import Any

import pytest

from core.lifecycle import BotKind
from services.people.schemas import Contact
from services.tenancy.schemas import ConnectedBot

SOMEBODY = 5005


@pytest.fixture
def bot() -> ConnectedBot:
    return ConnectedBot(7001, 1, BotKind.SALES, "shop_bot", "Shop", "7001:token")


@pytest.fixture
def make_contact() -> Callable[..., Contact]:
    def make(**changes: Any) -> Contact:
        values: dict[str, Any] = {
            "id": 1,
            "account_id": 1,
            "telegram_id": SOMEBODY,
            "first_name": "Anna",
            "last_name": "",
            "username": None,
            "language": "en",
            "zone": "UTC",
        }
        return Contact(**(values | changes))

    return make
