"""A pytest plugin that finds the tests whose statements other tests show on PostgreSQL already.

    .venv/bin/python -m pytest -p tests.postgres_cover -m "" -k postgresql tests/services tests/web tests/app

runs them there and writes `tests/left_to_drills.txt`: `make test` runs those on SQLite only. A test that is not in
the list runs on both, so what is new is always shown; run this again when there are many new ones.
"""

import inspect
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

LIST = Path(__file__).with_name("left_to_drills.txt")
AT_ONCE = re.compile(r"\bgather\(|TaskGroup\(|at_once")  # what runs at once shows more than its statements
PLACES = re.compile(r"\$\d+(?:::[\w ]+(?:\(\d+\))?)?")
LISTS = re.compile(r"\(\?(?:, \?)*\)(?:, \(\?(?:, \?)*\))*")


class Seen:
    """What each test says to PostgreSQL, and how long it takes."""

    def __init__(self) -> None:
        self.now: set[str] = set()
        self.said: dict[str, set[str]] = {}
        self.seconds: dict[str, float] = {}
        self.needed: set[str] = set()
        self.drills: set[str] = set()

    def choose(self) -> set[str]:
        """The tests that show all statements in the least time: the most new ones a second first."""
        chosen, shown = set(self.needed), set[str]().union(*(self.said[name] for name in self.needed))
        while True:
            fresh = {name: len(said - shown) / self.seconds[name] for name, said in self.said.items()}
            best = max(fresh, key=fresh.__getitem__, default="")
            if not fresh.get(best):
                return chosen
            chosen.add(best)
            shown |= self.said[best]


SEEN = Seen()


def name_of(item: pytest.Item) -> str:
    """A test by its file and function, whatever its case."""
    return item.nodeid.partition("[")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Know a drill before the others are left to the drills, too: what it shows, `make test` does not."""
    if item.get_closest_marker("faults"):
        SEEN.drills.add(item.nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run no drill."""
    items[:] = [item for item in items if item.nodeid not in SEEN.drills]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note what one test says."""
    SEEN.now, started = set(), time.process_time()
    yield
    name, seconds = name_of(item), time.process_time() - started
    SEEN.said.setdefault(name, set()).update(SEEN.now)
    SEEN.seconds[name] = SEEN.seconds.get(name, 0.01) + seconds
    if AT_ONCE.search(inspect.getsource(getattr(item, "function"))):  # noqa: B009 - no attribute of every item
        SEEN.needed.add(name)


def pytest_sessionfinish() -> None:
    """Write down who shows nothing new."""
    needless = sorted(SEEN.said.keys() - SEEN.choose())
    LIST.write_text("".join(f"{name}\n" for name in needless), encoding="utf-8")


@event.listens_for(Engine, "before_cursor_execute")
def _note(conn: Any, _cursor: object, statement: str, *_: object) -> None:
    if conn.dialect.name == "postgresql":
        SEEN.now.add(LISTS.sub("(?)", PLACES.sub("?", statement)))
