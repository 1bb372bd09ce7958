"""`python -m scripts.limits_reference`: writes docs/reference/limits.md from the one table of limits."""

import sys
from pathlib import Path

from core.limits import DAY, HOUR, LIMITS, MINUTE, Limit
from core.text.catalog import say

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/limits.md"
SPANS = {MINUTE: "a minute", 10 * MINUTE: "in ten minutes", HOUR: "an hour", DAY: "a day", 0: "in all"}
HEAD = """\
# Limits

Made from `core/limits.py` by `python -m scripts.limits_reference`; do not edit.

How much anybody may do in a while. Whoever reaches a limit is told so in the words of the last column, in their language; what had begun goes on. How much an
account may *have* (bots, students, broadcasts, storage) is its [plan](../how-to/several-accounts.md#let-people-make-schools-of-their-own)'s. Starts of strangers
yield to everybody else: see [delivery](delivery.md).

| what | counted for | at most | counted in | what is said |
|---|---|---|---|---|
"""


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


def make_page() -> str:
    """The whole page."""
    return HEAD + "".join(map(_line, LIMITS))


def _line(limit: Limit) -> str:
    most = f"{limit.most:,} {SPANS[limit.seconds]}"
    word = say(limit.word, "en") if limit.word else "the course goes on without the talk"
    return f"| {limit.what} | {limit.whose} | {most} | {limit.kept} | {word} |\n"


if __name__ == "__main__":
    sys.exit(main())
