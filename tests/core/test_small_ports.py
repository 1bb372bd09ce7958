"""Clock, bell, language, errors, environment, allowed moves: the small files of core."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import lifecycle
from core.bell import Bell
from core.clock import SystemClock
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.lifecycle import ORDER_MOVES, PAYMENT_MOVES, OrderStatus, PaymentStatus
from core.rules.language import ZONES, guess_zone, pick_language

MOVES: dict[str, Mapping[Any, tuple[Any, ...]]] = {
    name: moves for name, moves in vars(lifecycle).items() if name.endswith("_MOVES")
}


def test_the_products_time_is_moved_and_the_machines_is_not(tmp_path: Path) -> None:
    clock = SystemClock()
    clock.offset = timedelta(days=3)
    moved = clock.now() - clock.real_now()
    assert abs(moved - timedelta(days=3)) < timedelta(seconds=1)
    assert clock.now().tzinfo is clock.real_now().tzinfo is UTC
    (tmp_path / "new").touch()
    machine = datetime.fromtimestamp((tmp_path / "new").stat().st_mtime, UTC)
    assert abs(clock.real_now() - machine) < timedelta(seconds=5)


def test_monotonic_seconds_only_grow() -> None:
    clock = SystemClock()
    seconds = [clock.monotonic() for _ in range(100)]
    assert seconds == sorted(seconds)


async def test_a_ring_with_nobody_there_is_kept_for_the_next_who_waits() -> None:
    bell = Bell()
    bell.ring("a")
    bell.ring("a")
    assert [await bell.wait("a", 0), await bell.wait("a", 0)] == [True, False]


async def test_a_ring_wakes_all_who_wait_for_its_topic_alone() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.wait(topic, 30)) for topic in ("a", "a", "b")]
    await asyncio.sleep(0)
    bell.ring("a")
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert {one.result() for one in done} == {True}
    assert waiting[2] in pending
    bell.ring("b")
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_nobody_waits_longer_than_she_said() -> None:
    assert await Bell().wait("a", 0.01) is False


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("RU", "ru"),
        ("ru-RU", "ru"),
        ("uk", "ru"),
        ("en-US", "en"),
        ("de", "en"),
        ("zh-hans", "en"),
    ],
)
def test_a_telegram_language_becomes_one_of_ours(code: str, language: str) -> None:
    assert pick_language(code, "xx") == language


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_language_it_is_the_default(nothing: str | None) -> None:
    assert pick_language(nothing, "en") == "en"


@pytest.mark.parametrize("language", ZONES)
def test_every_language_of_ours_begins_with_a_real_zone(language: str) -> None:
    assert ZoneInfo(guess_zone(language))


def test_an_error_states_its_fact_to_programs_and_people() -> None:
    error = DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", "7")
    assert (str(error), error.kind, error.code, error.detail) == (
        "ORDER_NOT_FOUND: 7",
        "not_found",
        "ORDER_NOT_FOUND",
        "7",
    )
    assert str(DomainError(ErrorKind.FORBIDDEN, "TOKEN_REFUSED")) == "TOKEN_REFUSED"


def test_the_environment_does_not_show_its_key(env: Environment) -> None:
    assert repr(env.signing_key) not in repr(env)


@pytest.mark.parametrize("name", MOVES)
def test_moves_lead_between_states_of_one_kind_and_never_to_themselves(name: str) -> None:
    for to, sources in MOVES[name].items():
        assert {type(one) for one in sources} == {type(to)}
        assert to not in sources


def test_there_are_moves_to_look_at() -> None:
    assert {"ORDER_MOVES", "PAYMENT_MOVES", "ACCESS_MOVES", "MEMBERSHIP_MOVES"} <= MOVES.keys()


def test_money_that_came_stays() -> None:
    assert OrderStatus.PAID not in [one for sources in ORDER_MOVES.values() for one in sources]
    assert PaymentStatus.SUCCEEDED not in [one for sources in PAYMENT_MOVES.values() for one in sources]
    assert OrderStatus.CANCELLED in ORDER_MOVES[OrderStatus.PAID]  # late money still counts
