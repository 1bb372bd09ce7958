"""The figures of a broadcast in words: how many it reaches, how far it is, how it ended."""

from collections.abc import Mapping
from dataclasses import astuple

from core.lifecycle import BroadcastStatus
from services.delivery import speech
from services.delivery.speech import Words
from services.messaging.schemas import Tally
from services.people.conditions.audience import Reach

BAR = 10


def say_reach(reach: Reach) -> Words:
    """How many get it, and who of those it is for does not, by the reason."""
    left_out = {
        "blocked": reach.blocked,
        "refused": reach.refused,
        "never": reach.never_started,
    }
    shown = [
        speech.words(f"broadcast-reach-{why}", number=number) for why, number in left_out.items() if number
    ]
    return speech.lines(speech.words("broadcast-reach", number=reach.count), *shown, gap="\n")


def say_headline(tally: Tally, kind: str = "broadcast") -> Words:
    """How far it is, with a bar."""
    done = tally.total - tally.waiting
    share = done / tally.total if tally.total else 1
    return speech.words(
        f"{kind}-{tally.status}",
        bar="▓" * int(share * BAR) + "░" * (BAR - int(share * BAR)),
        percent=int(share * 100),
    )


def say_result(tally: Tally) -> Words:
    """How it ended."""
    return speech.lines(speech.words(f"broadcast-end-{tally.status}"), say_parts(tally))


def say_parts(tally: Tally, done: str = "sent") -> Words:
    """How many of each kind; a kind nobody is of is left out."""
    kinds = {
        done: tally.sent,
        "waiting": tally.waiting - tally.later,
        "later": tally.later,
        "blocked": tally.blocked,
        "failed" if done == "sent" else "untouched": tally.failed,
        "held": tally.held,
        "cancelled": tally.cancelled,
        "twice": tally.possibly_twice,
    }
    return speech.lines(speech.words("broadcast-total", number=tally.total), *say_kinds(kinds), gap="\n")


def say_kinds(kinds: Mapping[str, int]) -> list[Words]:
    """How many people are of each kind; a kind nobody is of is left out."""
    return [
        speech.words(f"broadcast-{kind}-people", number=number) for kind, number in kinds.items() if number
    ]


def list_figures(tally: Tally) -> list[int]:
    """All that is said of it, to see whether it changed."""
    return [list(BroadcastStatus).index(tally.status), *(int(figure) for figure in astuple(tally)[1:])]
