"""How much one person may do in a while; counted in the process that owns the bot, forgotten when it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from core.limits import OF_PEOPLE, Limit

MOST_PEOPLE = 50_000  # windows kept before those that are over are swept away


class Verdict(Enum):
    """What becomes of one more."""

    FINE = auto()
    TELL = auto()  # too many, and they are told
    QUIET = auto()  # too many, and they have been told


@dataclass
class _Window:
    began: float
    count: int = 0
    last: int = 0  # the update counted last: one that is handled again counts once
    told: int | None = None  # the update that was answered with the word


@dataclass
class Throttle:
    """A window per limit, bot and person; it begins with the first act and is over after the limit's time."""

    now: Callable[[], float]
    _windows: dict[tuple[Limit, int, int], _Window] = field(default_factory=dict)

    def take(self, limit: Limit, bot_id: int, person: int, update_id: int) -> Verdict:
        """Count one more and say what becomes of it."""
        window = self._window(limit, bot_id, person)
        if update_id > window.last:
            window.last = update_id
            window.count += 1
        return self._judge(window, window.count > limit.most, update_id)

    def ask(self, limit: Limit, bot_id: int, person: int, update_id: int) -> Verdict:
        """Whether there is room for one more, which is not counted."""
        window = self._window(limit, bot_id, person)
        return self._judge(window, window.count >= limit.most, update_id)

    def _judge(self, window: _Window, is_over: bool, update_id: int) -> Verdict:
        if not is_over:
            return Verdict.FINE
        if window.told in {None, update_id}:
            window.told = update_id
            return Verdict.TELL
        return Verdict.QUIET

    def _window(self, limit: Limit, bot_id: int, person: int) -> _Window:
        now, key = self.now(), (limit, bot_id, person)
        known = self._windows.get(key)
        if known is None or now - known.began >= limit.seconds:
            if len(self._windows) >= MOST_PEOPLE:
                self._sweep(now)
            known = self._windows[key] = _Window(now)
        return known

    def _sweep(self, now: float) -> None:
        longest = max(limit.seconds for limit in OF_PEOPLE)
        fresh = {key: window for key, window in self._windows.items() if now - window.began < longest}
        self._windows = fresh if len(fresh) < MOST_PEOPLE else {}
