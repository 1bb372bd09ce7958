"""A shop and somebody who looks around in it."""

from tests.bots.admin.conftest import desk, env

__all__ = ["desk", "env"]
