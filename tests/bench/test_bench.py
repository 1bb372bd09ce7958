"""Every bench still works: tiny sizes, no opinion about time."""

import importlib

import pytest

from bench.__main__ import NAMES
from bench.figures import Figure, Scale

# They start the program again and again, and nothing else: that they load at all is mypy's to say before every test.
STARTING = frozenset({"importing", "start_up"})
CASES = [pytest.param(name, marks=[pytest.mark.faults] if name in STARTING else []) for name in NAMES]


@pytest.mark.parametrize("name", CASES)
def test_a_bench_gives_figures_that_can_be_shown(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    figures = importlib.import_module(f"bench.{name}").run(Scale.TINY)
    assert figures
    for figure in figures:
        assert figure.what in str(figure)
        assert figure.verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.4, "BELOW FLOOR"), (0.6, "ok"), (1.0, "goal")], ids=["under", "kept", "reached"]
)
def test_a_figure_knows_its_floor_and_its_goal(value: float, verdict: str) -> None:
    assert Figure("ratio", value, "x", floor=0.5, goal=1.0).verdict == verdict


def test_less_can_be_better() -> None:
    assert Figure("memory", 300, "MB", floor=250, less_is_better=True).verdict == "BELOW FLOOR"
