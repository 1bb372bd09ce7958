"""Decisions that no tool checks: what must not appear in the product."""

from enum import Enum
from inspect import getmembers, isclass

from core import lifecycle

UNKNOWABLE = {"READ", "OPENED", "SEEN", "VIEWED"}


def test_no_state_claims_that_a_message_was_read() -> None:
    states = [kind for _, kind in getmembers(lifecycle, isclass) if issubclass(kind, Enum)]
    assert states
    assert [kind for kind in states if UNKNOWABLE & set(kind.__members__)] == []
