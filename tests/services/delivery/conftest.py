"""A database that keeps what happened instead of reacting to it."""

from collections.abc import AsyncIterator

import pytest

from core.db.session import Database, UnitOfWork
from core.environment import FIRST_ACCOUNT, Environment
from core.events import DomainEvent
from core.lifecycle import BotKind
from services.tenancy.accounts import ensure_account
from tests.factories.accounts import SALES_BOT, add_bot
from tests.fakes.clock import StillClock
from tests.fakes.tasks import close_at_rest


@pytest.fixture
def happened() -> list[DomainEvent]:
    """What was published and committed or not: a unit that failed published too."""
    return []


@pytest.fixture
async def room(
    db_url: str, clock: StillClock, env: Environment, happened: list[DomainEvent]
) -> AsyncIterator[Database]:
    """The delivery room alone: an account, a bot, no reactions."""

    async def keep(_: UnitOfWork, event: DomainEvent) -> None:
        happened.append(event)

    database = Database(db_url, clock, env, keep)
    async with database.unit(FIRST_ACCOUNT) as uow:
        await ensure_account(uow)
        await add_bot(uow, SALES_BOT, BotKind.SALES)
    yield database
    await close_at_rest(database)
