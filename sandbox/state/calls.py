"""What bots did: a bounded log of calls, counts, and the rules they broke."""

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

MAX_VIOLATIONS = 10_000


@dataclass(slots=True)
class LoggedCall:
    """One Bot API call as it was answered; `code` 0 means no answer was let through."""

    number: int
    bot: str
    method: str
    at: float
    date: int
    chat_id: int | None
    params: dict[str, Any]
    code: int
    description: str
    fault: str
    message_id: int | None


@dataclass(slots=True)
class Violation:
    """A rule a bot broke."""

    kind: str
    bot: str
    at: float
    detail: str
    chat_id: int | None = None


class CallLog:
    """The newest calls and violations, and counts over all of them."""

    def __init__(self, size: int) -> None:
        self.calls: deque[LoggedCall] = deque(maxlen=size)
        self.violations: deque[Violation] = deque(maxlen=MAX_VIOLATIONS)
        self.methods: dict[str, Counter[str]] = {}
        self.codes: dict[str, Counter[str]] = {}
        self.broken: Counter[str] = Counter()
        self.total = 0

    def record(self, call: LoggedCall) -> None:
        """Keep a call."""
        self.total += 1
        call.number = self.total
        self.calls.append(call)
        self.methods.setdefault(call.bot, Counter())[call.method] += 1
        self.codes.setdefault(call.bot, Counter())[str(call.code)] += 1

    def violated(self, violation: Violation) -> None:
        """Keep a broken rule."""
        self.broken[violation.kind] += 1
        self.violations.append(violation)

    def clear(self) -> None:
        """Forget everything, so that a drill can start from zero."""
        for log in (self.calls, self.violations, self.methods, self.codes, self.broken):
            log.clear()
        self.total = 0
