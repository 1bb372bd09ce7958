"""Waiting for something to become true, and saying what was found."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

STEP = 0.02


async def until(is_so: Callable[[], bool | Awaitable[bool]], seconds: float = 180, what: str = "") -> None:
    """Ask again and again; fails after `seconds`, naming `what` never came."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        answer = is_so()
        if answer if isinstance(answer, bool) else await answer:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or is_so}")
        await asyncio.sleep(STEP)


def tell(line: str) -> None:
    """One figure line of a drill; `make test-faults` shows them."""
    sys.stdout.write(f"\n{line}\n")


def kind_of(db_url: str) -> str:
    """`sqlite` or `postgresql`, for a figure line."""
    return db_url.partition("+")[0]
