"""Check the house rules that import-linter, ruff and mypy cannot see.

`python -m scripts.check_house_rules [folder]` prints `file:line: rule: what to do` for every broken rule and
ends with 1 if there is one; otherwise it prints the function sizes of each folder.
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.house_rules.house import House, open_house
from scripts.house_rules.registry import RULES
from scripts.house_rules.sizes import measure

ROOT = Path(__file__).resolve().parent.parent


def find_broken(house: House) -> Iterator[str]:
    """Every broken rule as one line for a person and for an editor's error list."""
    for rule in RULES:
        for hit in rule.check(house):
            yield f"{hit.path}:{hit.line}: {rule.name}: {hit.advice}"


def main(arguments: Sequence[str]) -> int:
    """Check one folder (this repository when none is given); the answer is the exit code."""
    house = open_house(Path(arguments[0]) if arguments else ROOT)
    broken = list(find_broken(house))
    report = broken or [str(figures) for figures in measure(house)]
    verdict = f"{len(broken)} places break a house rule" if broken else "all house rules are kept"
    print(*report, f"{len(house.sources)} Python files, {len(RULES)} rules: {verdict}", sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    gc.disable()  # a million nodes of syntax trees stay to the end: looking through them for garbage took most of the time
    sys.exit(main(sys.argv[1:]))
