"""A shop and somebody who looks around in it."""

from tests.bots.admin.conftest import desk, env, shop

__all__ = ["desk", "env", "shop"]
