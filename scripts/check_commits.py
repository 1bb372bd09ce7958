"""`python -m scripts.check_commits [FOLDER]`: every commit's first line says `area: Imperative`, in 72 characters at most."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

SINCE = "85b67ce35d72a15ca08301129910341837d4c854"  # the last commit from before the rule
MOST = 72
_SHAPE = re.compile(r"(?:[a-z][a-z_-]*: [A-Z“`/]|Revert \"|Merge )")
_NO_VERB = frozenset({"A", "An", "The", "It", "No", "Of", "What", "Who", "When", "Where", "Whoever", "This"})
_VERBS = frozenset(
    {"Bring", "Ring", "Feed", "Need", "Seed", "Embed", "Speed", "Shed", "Proceed"}
)  # they only look bent


def find_wrong(subject: str) -> str | None:
    """What is wrong with a first line; None if nothing is."""
    if len(subject) > MOST:
        return f"{len(subject)} characters, {MOST} is the most"
    if not _SHAPE.match(subject):
        return "begins with its area: `area: Imperative sentence`"
    first = subject.partition(": ")[2].partition(" ")[0]
    if first in _NO_VERB or (first.endswith(("ed", "ing")) and first not in _VERBS):
        return f"says what is done by the commit: a verb instead of “{first}”"
    return "ends without a full stop" if subject.endswith(".") else None


def list_subjects(root: Path, since: str = SINCE) -> list[str]:
    """The first lines of all commits after one; none where the history does not have it, or is none."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return []
    command = ["git", "log", "--no-merges", "--format=%h %s", f"{since}..HEAD"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)  # noqa: S603 - fixed words
    return done.stdout.splitlines()


def check(subjects: Sequence[str]) -> Iterator[str]:
    """A line for each commit whose first line is wrong."""
    for line in subjects:
        number, _, subject = line.partition(" ")
        if wrong := find_wrong(subject):
            yield f"{number} “{subject}”: {wrong}"


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong; the answer is the exit code."""
    root, since = Path(arguments[0] if arguments else "."), arguments[1] if len(arguments) > 1 else SINCE
    wrong = list(check(list_subjects(root, since)))
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
