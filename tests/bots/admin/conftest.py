"""A school with an admin at their desk."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import FIRST_ACCOUNT, Environment
from services.tenancy.bot_care.connecting import connect_bot
from tests.bots.admin.desk import ADMIN, BOTS, Desk
from tests.factories.accounts import KEYS
from tests.factories.shops import Shop

SECOND = 1009


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN, SECOND))


@pytest.fixture
def desk(db: Database, shop: Shop) -> Desk:
    return Desk(db)


@pytest.fixture
async def bare(db: Database) -> Desk:
    """Two bots and nothing else."""
    async with db.unit(FIRST_ACCOUNT) as uow:
        for bot in BOTS.values():
            await connect_bot(uow, KEYS, bot)
    return Desk(db)
