"""Contenders in turn, each in a process of its own, so that noise of the machine hits all of them alike."""

import multiprocessing
import statistics
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor

from loguru import logger

from bench.cores import sit_on
from bench.figures import Scale

Contender = Callable[[], float]


def race(
    contenders: Mapping[str, Contender], scale: Scale, rounds: int = 3, *, warm_up: bool = True
) -> dict[str, list[float]]:
    """The rates of each contender, one per round; a warming-up round does not count."""
    if scale is Scale.TINY:
        return {name: [run()] for name, run in contenders.items()}
    spawn = multiprocessing.get_context("spawn")
    seats = {name: ProcessPoolExecutor(1, spawn, sit_down) for name in contenders}
    try:
        timings = {name: list[float]() for name in contenders}
        for _ in range(rounds + warm_up):
            for name, run in contenders.items():
                timings[name].append(seats[name].submit(run).result())
        return {name: rates[warm_up:] for name, rates in timings.items()}
    finally:
        for seat in seats.values():
            seat.shutdown()


def sit_down() -> None:
    """On the measured core, and silent but for trouble."""
    sit_on(0)
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


def ratio(timings: Mapping[str, list[float]], name: str, base: str) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(mine / other for mine, other in zip(timings[name], timings[base], strict=True))
