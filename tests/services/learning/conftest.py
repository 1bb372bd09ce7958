"""A room to learn in, on both databases."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from tests.bots.admin.desk import ADMIN, Desk
from tests.fakes.clock import StillClock
from tests.services.learning.room import SECOND, Room


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN, SECOND))


@pytest.fixture
def room(db: Database, clock: StillClock) -> Room:
    return Room(db, clock, Desk(db))
