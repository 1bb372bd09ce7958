"""A school that sells, and a provider whose answers a test sets."""

from collections.abc import Mapping

import pytest

from core.db.session import Database
from payment import registry
from services.commerce.payments import build_performers
from services.delivery.jobs import Perform
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import ScriptedProvider


@pytest.fixture
async def shop(db: Database) -> Shop:
    return await open_shop(db)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """Known to the registry for the time of one test."""
    made = ScriptedProvider()
    monkeypatch.setitem(registry.PROVIDERS, made.name, lambda _: made)
    return made


@pytest.fixture
def performers(provider: ScriptedProvider, clock: StillClock) -> Mapping[str, Perform]:
    return build_performers(provider.name, clock)
