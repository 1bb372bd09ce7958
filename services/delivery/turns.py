"""Whose turn it is when more waits than may leave: presses first, and for every other line a share that is never taken."""

from collections.abc import Collection, Mapping
from enum import IntEnum


class Line(IntEnum):
    """What waits to be sent, in the order in which it is looked at."""

    URGENT = 0  # answers to presses, receipts, invites
    LESSON = 1
    GREETING = 2  # to people nobody knows yet
    BULK = 3


SHARES: Mapping[Line, float] = {Line.LESSON: 0.2, Line.GREETING: 0.1, Line.BULK: 0.1}


class Turns:
    """What each line is owed of what was sent while it waited; a line with nothing to send is owed nothing."""

    def __init__(self) -> None:
        self._owed = dict.fromkeys(SHARES, 0.0)

    def list_owed(self) -> list[tuple[Line, int]]:
        """Whole messages that go before everything else, by line."""
        return [(line, int(owed)) for line, owed in self._owed.items() if owed >= 1]

    def note(self, sent: Mapping[Line, int], empty: Collection[Line]) -> None:
        """So many left of each line; of the `empty` ones nothing more waits."""
        total = sum(sent.values())
        for line, share in SHARES.items():
            owed = self._owed[line] + share * total - sent.get(line, 0)
            self._owed[line] = 0.0 if line in empty else max(0.0, owed)
