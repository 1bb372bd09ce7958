"""The test behind A/B: published values, and simulated people of known rates."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from core.rules.trial import Arm, Finding, compare, judge

TRIALS = 300


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        (Arm(4, 3), Arm(4, 1), 0.4857142857),  # Fisher's lady tasting tea
        (Arm(10, 8), Arm(6, 1), 0.0349650350),  # the example of SciPy's manual
        (Arm(12, 1), Arm(12, 9), 0.0027594561),  # dieting men and women
        (Arm(500, 0), Arm(500, 0), 1.0),
        (Arm(50, 50), Arm(50, 50), 1.0),
    ],
)
def test_published_values(one: Arm, other: Arm, chance: float) -> None:
    assert compare(one, other) == pytest.approx(chance, rel=1e-6)
    assert compare(other, one) == pytest.approx(chance, rel=1e-6)


def test_a_hundred_thousand_people_are_no_trouble() -> None:
    assert compare(Arm(100_000, 5_000), Arm(100_000, 5_400)) < 0.001


def _simulate(rates: Sequence[float], people: int) -> Counter[tuple[Finding, int]]:
    dice, found = random.Random(7), Counter[tuple[Finding, int]]()
    for _ in range(TRIALS):
        arms = [Arm(people, sum(dice.random() < rate for _ in range(people))) for rate in rates]
        verdict = judge(arms)
        found[verdict.finding, verdict.best] += 1
    return found


@pytest.mark.parametrize(
    ("rates", "people"),
    [((0.05, 0.15), 250), ((0.02, 0.06), 600)],
    ids=["clicks", "payments"],
)
def test_the_better_one_wins_as_often_as_promised(rates: Sequence[float], people: int) -> None:
    """By its power the test finds the better one in 93 of 100: clicks of many, payments of few."""
    found = _simulate(rates, people)
    assert found[Finding.BETTER, 1] >= 0.88 * TRIALS
    assert found[Finding.BETTER, 0] == 0


@pytest.mark.parametrize("rates", [(0.1, 0.1), (0.1, 0.1, 0.1), (0.02, 0.02, 0.02, 0.02, 0.02), (0.01, 0.01)])
def test_equal_ones_are_said_to_be_equal(rates: Sequence[float]) -> None:
    found = _simulate(rates, 120)
    wrong = sum(number for (finding, _), number in found.items() if finding is Finding.BETTER)
    assert wrong <= 0.05 * TRIALS
    assert found.total() == TRIALS


@pytest.mark.parametrize("arms", [[Arm(29, 29), Arm(1_000, 0)], [Arm(0, 0), Arm(0, 0)]])
def test_of_too_few_nothing_is_said(arms: list[Arm]) -> None:
    assert judge(arms).finding is Finding.TOO_FEW


def test_who_leads_is_named_though_it_may_be_chance() -> None:
    verdict = judge([Arm(100, 10), Arm(100, 12), Arm(100, 12)])
    assert (verdict.best, verdict.finding) == (1, Finding.TIE)
    assert verdict.sure == 0.0
