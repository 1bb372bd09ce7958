"""Which of several variants does better, and how sure that is: Fisher's exact test of two proportions.

The test is computed from its definition, the hypergeometric distribution, with the standard library's `lgamma`: the
libraries that have it bring a hundred megabytes along. Its values are compared with published ones in the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma

LEAST_PEOPLE = 30  # of each variant; of fewer nothing can be said
SURE = 0.95
_NEARLY = 1 + 1e-7  # tables as likely as the one seen, but for rounding


class Finding(StrEnum):
    """What a trial has shown."""

    BETTER = "better"
    TIE = "tie"  # the difference may well be chance
    TOO_FEW = "too_few"  # people, to say anything


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant: how many people got it, and how many of them did what was hoped for."""

    people: int
    successes: int

    @property
    def rate(self) -> float:
        """The share of those who did."""
        return self.successes / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The variant with the highest rate (its place), what was found of it, and how sure it is that it is better, 0 to 1."""

    best: int
    finding: Finding
    sure: float


def judge(arms: Sequence[Arm]) -> Verdict:
    """The best of two or more against each other one; chances of several comparisons add up (Bonferroni)."""
    best = max(range(len(arms)), key=lambda place: (arms[place].rate, -place))
    if min(arm.people for arm in arms) < LEAST_PEOPLE:
        return Verdict(best, Finding.TOO_FEW, 0.0)
    others = [arm for place, arm in enumerate(arms) if place != best]
    chance = max(compare(arms[best], other) for other in others) * len(others)
    sure = max(0.0, 1.0 - chance)
    return Verdict(best, Finding.BETTER if sure >= SURE else Finding.TIE, sure)


def compare(arm: Arm, other: Arm) -> float:
    """The chance of a difference as large or larger if both were equally good: Fisher's exact test, two-sided."""
    people, successes = arm.people + other.people, arm.successes + other.successes
    least, most = max(0, successes - other.people), min(arm.people, successes)
    whole = _log_choose(people, successes)

    def likelihood(hits: int) -> float:
        return exp(_log_choose(arm.people, hits) + _log_choose(other.people, successes - hits) - whole)

    seen = likelihood(arm.successes) * _NEARLY
    return min(1.0, sum(chance for hits in range(least, most + 1) if (chance := likelihood(hits)) <= seen))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
