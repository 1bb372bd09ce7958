"""What a bench gives: figures with the floor they must keep and the goal they aim at, and the table of all."""

import os
import platform
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """How much is measured: everything, half a minute's worth, or just that the bench still works."""

    FULL = "full"
    SHORT = "short"
    TINY = "tiny"

    @property
    def databases(self) -> tuple[str, ...]:
        """Which kinds are measured."""
        return ("sqlite",) if self is Scale.TINY else ("sqlite", "postgresql")


@dataclass(frozen=True)
class Figure:
    """One result; `floor` and `goal` are limits in its own direction, `how` says what it was compared with."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    goal: float | None = None
    how: str = ""
    less_is_better: bool = False

    @property
    def verdict(self) -> str:
        """How it stands to its floor and goal."""
        if self.goal is not None and self._reaches(self.goal):
            return "goal"
        if self.floor is None:
            return "-" if self.goal is None else "below goal"
        return "ok" if self._reaches(self.floor) else "BELOW FLOOR"

    def _reaches(self, limit: float) -> bool:
        return self.value <= limit if self.less_is_better else self.value >= limit

    def __str__(self) -> str:
        """One line."""
        sign = "≤" if self.less_is_better else "≥"
        limits = ", ".join(
            f"{name} {sign} {limit:g}"
            for name, limit in (("floor", self.floor), ("goal", self.goal))
            if limit
        )
        return f"{self.what:<46}{self.value:>10.4g} {self.unit:<8}{self.verdict:<12}{limits:<26}{self.how}"


Bench = Callable[[Scale], Sequence[Figure]]


def describe_machine() -> str:
    """The conditions every figure depends on."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - a device file
            model = next((line.partition(":")[2].strip() for line in file if "model name" in line), model)
    except OSError:
        pass
    return (
        f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {platform.system()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL); "
        "loopback only; measured process on the first core, stub and PostgreSQL on the last"
    )
