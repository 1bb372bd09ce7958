"""A school that sells, and a provider whose answers a test sets."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.environment import Environment
from core.pay_ways import PayWay
from services.commerce.payments.calls import build_performers
from services.commerce.refunds import calls as refund_calls
from services.delivery.jobs import Perform
from tests.services.commerce.buying import ScriptedProvider


@pytest.fixture
def env(env: Environment) -> Environment:
    """New payments are made by the scripted provider."""
    return replace(env, pay_ways=(PayWay(ScriptedProvider.name),))


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider()


@pytest.fixture
def performers(provider: ScriptedProvider) -> Mapping[str, Perform]:
    known = {provider.name: provider}
    return {**build_performers(known), **refund_calls.build_performers(known)}
