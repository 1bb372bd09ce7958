"""A school with an admin at their desk."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.shops import Shop, open_shop

SECOND = 1009


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN, SECOND))


@pytest.fixture
async def shop(db: Database) -> Shop:
    return await open_shop(db)


@pytest.fixture
def desk(db: Database, shop: Shop) -> Desk:
    return Desk(db)
