"""Exit points for kill drills: the n-th point reached ends the process, or calls what a test planted."""

import os
from collections.abc import Callable

EXIT_CODE = 137  # what a shell reports after SIGKILL


class _Plan:
    def __init__(self) -> None:
        self.left = 0
        self.strike: Callable[[str], None] | None = None


_plan = _Plan()


def _die(_: str) -> None:
    os._exit(EXIT_CODE)


def arm(count: int, strike: Callable[[str], None] = _die) -> None:
    """Make the `count`-th point from now strike (0 disarms)."""
    _plan.left = count
    _plan.strike = strike


def reach(name: str) -> None:
    """Mark a place where a crash would hurt most; free when nothing is armed."""
    if not _plan.left:
        return
    _plan.left -= 1
    if not _plan.left and _plan.strike:
        _plan.strike(name)
