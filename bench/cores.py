"""Which processor core a process sits on, so that what is measured shares it with nobody we start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def sit_on(place: int) -> None:
    """Stay on the first (0) or the last (-1) of the cores we may use; nothing happens where that is unknown."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(all_cores())
        os.sched_setaffinity(0, {cores[place]})


@contextmanager
def seated(place: int) -> Iterator[None]:
    """`sit_on` for a while: what is started meanwhile stays there, this process returns to where it was."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
    sit_on(place)
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def all_cores() -> set[int]:
    """The cores of this machine that are ours, also after `sit_on`."""
    cores = os.environ.setdefault("BENCH_CORES", ",".join(map(str, os.sched_getaffinity(0))))
    return {int(core) for core in cores.split(",")}
