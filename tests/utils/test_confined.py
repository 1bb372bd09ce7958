"""Calls under limits: ended at the limit, their errors told, nothing of our secrets beside them."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.waiting import until
from utils.confined import LimitReachedError, Limits, call_confined, limited

SMALL = Limits(seconds=1, megabytes=100)


def spin(_: object = None) -> None:
    while True:
        with suppress(Exception):
            sum(range(10_000))


def swallow(size: int) -> int:
    return len(bytearray(size * 1_000_000))


def refuse() -> None:
    raise ValueError("no such thing")


class Awkward(Exception):  # noqa: N818
    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def refuse_awkwardly() -> None:
    raise Awkward("a", "b")


def look_around() -> dict[str, str]:
    return dict(os.environ)


def say_pid(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    spin()


@pytest.mark.parametrize("call", [spin, lambda: swallow(300)])
def test_a_call_in_this_process_is_ended_at_its_limit(call: object) -> None:
    assert callable(call)
    with pytest.raises(LimitReachedError), limited(SMALL):
        call()
    assert swallow(300) == 300_000_000


async def test_a_call_in_a_process_of_its_own_gives_its_answer() -> None:
    assert await call_confined(SMALL, swallow, 1) == 1_000_000


async def test_an_endless_call_is_ended_and_holds_up_nobody() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(LimitReachedError):
        await call_confined(SMALL, spin)
    ticking.cancel()
    assert ticks > 10


async def test_a_call_that_eats_memory_is_ended() -> None:
    with pytest.raises(LimitReachedError):
        await call_confined(SMALL, swallow, 300)


async def test_errors_come_back() -> None:
    with pytest.raises(ValueError, match="no such thing"):
        await call_confined(SMALL, refuse)
    with pytest.raises(RuntimeError, match="Awkward"):
        await call_confined(SMALL, refuse_awkwardly)


async def test_no_secret_of_the_environment_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALES_BOT_TOKEN", "123456:secret")
    assert "SALES_BOT_TOKEN" not in await call_confined(SMALL, look_around)


async def test_a_cancelled_call_ends_its_process_at_once(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    call = asyncio.create_task(call_confined(Limits(100, 100), say_pid, str(told)))
    await until(lambda: told.exists() and told.read_text() != "", what="the call is under way")
    began = time.monotonic()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert time.monotonic() - began < 50  # of the hundred it was given
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)
