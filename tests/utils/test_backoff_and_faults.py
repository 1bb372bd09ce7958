"""Waiting before the next try, and the exit points of kill drills."""

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import faultpoints
from utils.backoff import delay


@given(st.integers(-5, 10_000), st.floats(0.01, 10), st.floats(10, 600))
def test_a_delay_is_never_more_than_the_most_nor_nothing(attempt: int, first: float, most: float) -> None:
    assert 0 < delay(attempt, first=first, most=most).total_seconds() <= most + 1e-6


@pytest.mark.parametrize(("attempt", "about"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (7, 32)])
def test_a_delay_doubles_with_jitter(attempt: int, about: float) -> None:
    random.seed(attempt)
    waits = [delay(attempt).total_seconds() for _ in range(1000)]
    assert about * 0.75 <= min(waits) < about * 0.8
    assert about * 1.2 < max(waits) <= about * 1.25


def test_the_longest_delays_still_differ() -> None:
    assert len({delay(50) for _ in range(100)}) > 50


@pytest.fixture
def _disarmed() -> object:
    yield
    faultpoints.arm(0)


@pytest.mark.usefixtures("_disarmed")
def test_the_nth_point_strikes_once() -> None:
    struck: list[str] = []
    faultpoints.arm(3, struck.append)
    for name in "abcdef":
        faultpoints.reach(name)
    assert struck == ["c"]


@pytest.mark.usefixtures("_disarmed")
def test_nothing_strikes_unless_armed() -> None:
    struck: list[str] = []
    faultpoints.arm(1, struck.append)
    faultpoints.arm(0)
    faultpoints.reach("a")
    assert struck == []


def test_without_a_plan_the_process_ends_like_a_killed_one() -> None:
    program = "from utils import faultpoints as f; f.arm(2); f.reach('a'); print(1, flush=True); f.reach('b'); print(2)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (faultpoints.EXIT_CODE, ["1"])
