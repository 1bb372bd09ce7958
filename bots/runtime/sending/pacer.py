"""How fast a bot may speak: slots per second for the bot, a budget per chat, a stop after 429."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from bots.runtime.sending.chat_pace import MARGIN, ChatPace

WINDOW = 1.0  # seconds over which Telegram counts a bot's messages
SLOWER = 0.5  # share of the rate after a 429
SLOWEST = 0.125
STEP_UP = 0.1  # share of the rate that comes back per quiet period
QUIET = 1.0  # seconds
FAR_BELOW = 0.5  # share of the rate below which a 429 cannot be about the bot's own limit
OWN_DEBT = 1.0  # messages a chat owed before the refused one: from here on its own limit explains a 429
MEMORY = 60.0  # seconds for which the quickest round trip is believed, once or twice that long
ENOUGH = 30  # round trips before any is believed: the quickest of a few is rarely near the possible one
SPREAD = 0.1  # share of the usual delay above the quickest that is kept as a margin
SMOOTHING = 0.05
CALM = 0.5  # share of the window up to which calls leave as they come
EVEN = 1.0  # the gap between evenly spaced calls, as a share of what the rate allows
AT_ONCE = 0.1  # seconds whose calls may leave together: a process that was held up catches up with them


@dataclass(frozen=True)
class Pace:
    """What Telegram is taken to allow: messages a second of a bot, those of a person's chat, and how many of them at once."""

    per_second: int = 30
    per_chat_second: float = 1.0
    chat_burst: int = 5


@dataclass(frozen=True)
class Verdict:
    """Whom a 429 is about: a chat, or 0 for the whole bot; and the burst of chats it showed, if it did."""

    chat_id: int
    burst: int | None = None


class Pacer:
    """Slots: one is free again a second after its answer came, less the quickest round trip lately.

    The way back of one message and the way out of the next are never quicker together than the quickest
    possible round trip, so nothing arrives within a second of the message whose slot it has.
    A new owner assumes the window is full: its slots come free one by one over the first second.

    Once half of the window is used, and for a window after that, calls leave evenly spaced: else the slots of a second stay bunched
    as they were taken, and a press that falls behind the bunch waits for most of a second.
    """

    def __init__(self, monotonic: Callable[[], float], pace: Pace) -> None:
        self._now = monotonic
        self._rate = pace.per_second
        self.chats = ChatPace(monotonic, pace.per_chat_second, pace.chat_burst)
        self._share = 1.0
        self._changed_at = monotonic()
        start = monotonic()
        self._busy = [start + WINDOW * (n + 1) / self._rate for n in range(self._rate)]
        self._flying = 0
        self._even_at = 0.0  # when the next call leaves if they leave evenly
        self._even_until = 0.0
        self._lately = self._before = WINDOW  # quickest round trips of this period and the one before
        self._period_ends = start + MEMORY
        self._trips = 0
        self._usual = 0.0
        self._held_until = 0.0
        self._suspect = (0, 0.0)  # a chat whose 429 its own debt does not explain, and the end of that

    def free(self) -> int:
        """How many calls may leave now."""
        room = self.room()
        now, gap = self._now(), self._gap()
        if not room or now >= self._even_until:
            return room
        return min(room, int((now - self._even_from(now)) / gap + 1) if now >= self._even_at else 0)

    def room(self) -> int:
        """How many messages the window has room for, for an album that leaves at once."""
        now = self._now()
        if now < self._held_until:
            return 0
        self._recover(now)
        return max(0, self._allowed() - self._used())

    def _gap(self) -> float:
        return EVEN * WINDOW / self._allowed()

    def _even_from(self, now: float) -> float:
        """What was late is caught up with, but no more of it than leaves at once without a bunch."""
        return max(self._even_at, now - max(self._gap(), AT_ONCE))

    def _allowed(self) -> int:
        return max(1, int(self._rate * self._share))

    def _used(self) -> int:
        """Slots of this window that are taken."""
        now = self._now()
        while self._busy and self._busy[0] <= now:
            heapq.heappop(self._busy)
        return len(self._busy) + self._flying

    def wait(self) -> float:
        """Seconds until asking again makes sense; nothing is flying for ever, so at most a tenth."""
        now = self._now()
        if now < self._held_until:
            return self._held_until - now
        if now < self._even_at and self.room():
            return max(0.001, self._even_at - now)
        return min(0.1, max(0.001, self._busy[0] - now)) if self._busy else 0.1

    def silence(self, chat_id: int) -> float:
        """Seconds for which a 429 forbids the bot (or this chat) everything; 0 when nothing does."""
        now = self._now()
        return max(0.0, self._held_until - now, self.chats.silence(chat_id))

    def take(self, chat_id: int = 0, weight: int = 1) -> None:
        """Use a slot, or one per message of an album; a call that says something in a chat names it."""
        now = self._now()
        self._even_at = self._even_from(now) + self._gap()
        self._flying += weight
        if self._used() > CALM * self._allowed():
            self._even_until = now + 2 * WINDOW
        if chat_id:
            self.chats.take(chat_id, weight)

    def done(self, took: float, chat_id: int = 0, weight: int = 1) -> None:
        """What was taken came back after `took` seconds: its slots are busy for the rest of the window."""
        self._flying -= weight
        if chat_id:
            self.chats.done(chat_id, weight)
        now = self._now()
        free_at = now + WINDOW + MARGIN - self._credit(took, now)
        for _ in range(weight):
            heapq.heappush(self._busy, free_at)

    def _credit(self, took: float, now: float) -> float:
        """Seconds by which a slot is free before a whole window has passed since the answer."""
        if now >= self._period_ends:
            self._before, self._lately, self._period_ends = self._lately, WINDOW, now + MEMORY
        self._lately = min(self._lately, took)
        self._trips += 1
        self._usual += (took - self._usual) * max(SMOOTHING, 1 / self._trips)
        if self._trips < ENOUGH:
            return 0.0
        quickest = min(self._lately, self._before)
        return max(0.0, quickest - SPREAD * (self._usual - quickest))

    def obey(self, seconds: float, chat_id: int, weight: int = 1) -> Verdict:
        """Telegram said 429 to a call that is still under way: holds whom it is about."""
        debt = max(0.0, self.chats.debt(chat_id) - weight)
        if not self._is_the_chats(chat_id, debt, seconds):
            self.hold(seconds)
            return Verdict(0)
        self.hold(seconds, chat_id)
        return Verdict(chat_id, self.chats.learn(debt) if chat_id > 0 else None)

    def _is_the_chats(self, chat_id: int, debt: float, seconds: float) -> bool:
        """A group's is the group's. A person's is theirs if they were told much just now, or while the bot is far from its limit.

        Two chats at once, neither of them told much: then it is the bot's after all.
        """
        if chat_id < 0 or (chat_id and debt >= OWN_DEBT):
            return True
        now = self._now()
        suspect, until = self._suspect
        self._suspect = (chat_id, now + seconds)
        if not chat_id or (suspect != chat_id and now < until):
            return False
        return self._used() < FAR_BELOW * self._allowed()

    def hold(self, seconds: float, chat_id: int = 0) -> None:
        """Silence to a deadline, for a chat or for the bot, which then is slower; once for all answers of one moment."""
        now = self._now()
        if chat_id:
            self.chats.hold(chat_id, seconds)
            return
        if now >= self._held_until:
            self._share = max(SLOWEST, self._share * SLOWER)
        self._held_until = max(self._held_until, now + seconds)
        self._changed_at = self._held_until

    def _recover(self, now: float) -> None:
        if self._share < 1.0 and now - self._changed_at > QUIET:
            self._share = min(1.0, round(self._share + STEP_UP, 3))
            self._changed_at = now
