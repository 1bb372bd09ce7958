"""Whose turn it is when more waits than may leave: presses first, and for every other line a share that is never taken."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum

from services.delivery.schemas import QueuedCall

WINDOW = 60.0  # seconds in which Telegram takes twenty messages for a group
AT_ONCE = 3  # of them about one thing; what comes after these is spread, so that others never find the minute used up
EVERY = (
    15.0  # seconds for each of those: with the first three seven a minute, and thirteen are left to others
)


class Line(IntEnum):
    """What waits to be sent, in the order in which it is looked at."""

    URGENT = 0  # answers to presses, receipts, invites
    LESSON = 1
    GREETING = 2  # to people nobody knows yet
    BULK = 3


SHARES: Mapping[Line, float] = {Line.LESSON: 0.2, Line.GREETING: 0.1, Line.BULK: 0.1}


class GroupTurns:
    """In a group what is about one thing, a student's work with all its pieces, takes turns with all else."""

    def __init__(self) -> None:
        self._sent: dict[int, deque[tuple[float, str]]] = {}

    def choose(self, chat_id: int, first: Sequence[QueuedCall], at: float) -> QueuedCall | None:
        """Of the first calls about each thing that of which least lately something was sent; None if each has had its part."""
        sent = self._sent.get(chat_id, deque())
        while sent and at - sent[0][0] >= WINDOW:
            sent.popleft()
        lately = {ref: place for place, (_, ref) in enumerate(sent)}
        fit = [call for call in first if not call.ref or _has_room(sent, call.ref, at)]
        return min(fit, key=lambda call: (lately.get(call.ref or "", -1), call.id)) if fit else None

    def note(self, call: QueuedCall, at: float) -> None:
        """Something leaves for a group."""
        self._sent.setdefault(call.chat_id, deque()).append((at, call.ref or ""))


def _has_room(sent: Collection[tuple[float, str]], ref: str, at: float) -> bool:
    """Whether one more about a thing may leave: a bucket of some at once that empties evenly."""
    level, last = 0.0, at
    for moment, _ in (sending for sending in sent if sending[1] == ref):
        level, last = max(0.0, level - max(0.0, moment - last) / EVERY) + 1, moment
    return level - (at - last) / EVERY <= AT_ONCE - 1


class Turns:
    """What each line is owed of what was sent while it waited; a line with nothing to send is owed nothing."""

    def __init__(self) -> None:
        self._owed = dict.fromkeys(SHARES, 0.0)
        self.groups = GroupTurns()

    def list_owed(self) -> list[tuple[Line, int]]:
        """Whole messages that go before everything else, by line."""
        return [(line, int(owed)) for line, owed in self._owed.items() if owed >= 1]

    def note(self, sent: Mapping[Line, int], empty: Collection[Line]) -> None:
        """So many left of each line; of the `empty` ones nothing more waits."""
        total = sum(sent.values())
        for line, share in SHARES.items():
            owed = self._owed[line] + share * total - sent.get(line, 0)
            self._owed[line] = 0.0 if line in empty else max(0.0, owed)
