"""A school that sells, for tests of what needs several rooms."""

import pytest

from core.db.session import Database
from tests.factories.shops import Shop, open_shop


@pytest.fixture
async def shop(db: Database) -> Shop:
    return await open_shop(db)
