"""How fast a bot may speak: slots per second for the bot, a budget per chat, a stop after 429."""

import heapq
from collections import deque
from collections.abc import Callable

WINDOW = 1.0  # seconds over which Telegram counts a bot's messages
MARGIN = 0.002  # seconds kept from the edge of the window
PRIVATE_BURST = 5  # messages to a person before one per second
GROUP_LIMIT = 20  # messages a minute to a group
GROUP_WINDOW = 60.0
SLOWER = 0.5  # share of the rate after a 429
STEP_UP = 0.1  # share of the rate that comes back per quiet period
QUIET = 5.0  # seconds
KEPT_CHATS = 20_000
MEMORY = 60.0  # seconds for which the quickest round trip is believed, once or twice that long
ENOUGH = 30  # round trips before any is believed: the quickest of a few is rarely near the possible one
SPREAD = 0.1  # share of the usual delay above the quickest that is kept as a margin
SMOOTHING = 0.05


class Pacer:
    """Slots: one is free again a second after its answer came, less the quickest round trip lately.

    The way back of one message and the way out of the next are never quicker together than the quickest
    possible round trip, so nothing arrives within a second of the message whose slot it has.
    A new owner assumes the window is full: its slots come free one by one over the first second.
    """

    def __init__(self, monotonic: Callable[[], float], per_second: int) -> None:
        self._now = monotonic
        self._rate = per_second
        self._share = 1.0
        self._changed_at = monotonic()
        start = monotonic()
        self._busy = [start + WINDOW * (n + 1) / per_second for n in range(per_second)]
        self._flying = 0
        self._lately = self._before = WINDOW  # quickest round trips of this period and the one before
        self._period_ends = start + MEMORY
        self._trips = 0
        self._usual = 0.0
        self._held_until = 0.0
        self._people: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}
        self._barred: dict[int, float] = {}
        self._silenced: dict[int, float] = {}  # barred by a 429, not only by their own pace

    def free(self) -> int:
        """How many calls may leave now."""
        now = self._now()
        if now < self._held_until:
            return 0
        while self._busy and self._busy[0] <= now:
            heapq.heappop(self._busy)
        self._recover(now)
        return max(0, int(self._rate * self._share) - len(self._busy) - self._flying)

    def wait(self) -> float:
        """Seconds until asking again makes sense; nothing is flying for ever, so at most a tenth."""
        now = self._now()
        if now < self._held_until:
            return self._held_until - now
        return min(0.1, max(0.001, self._busy[0] - now)) if self._busy else 0.1

    def silence(self, chat_id: int) -> float:
        """Seconds for which a 429 forbids the bot (or this chat) everything; 0 when nothing does."""
        now = self._now()
        return max(0.0, self._held_until - now, self._silenced.get(chat_id, 0.0) - now)

    def take(self, chat_id: int, *, speaks: bool, weight: int = 1) -> None:
        """Use a slot, or one per message of an album; a call that `speaks` counts against its chat too."""
        self._flying += weight
        if speaks and chat_id:
            for _ in range(weight):
                self._charge(chat_id, self._now())

    def done(self, took: float, weight: int = 1) -> None:
        """A call came back after `took` seconds: its slots are busy for the rest of the window."""
        self._flying -= weight
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

    def hold(self, seconds: float, chat_id: int = 0) -> None:
        """Telegram said 429: the bot (or the chat) is silent to the deadline, the bot then slower."""
        until = self._now() + seconds
        if chat_id:
            self._silenced[chat_id] = max(until, self._silenced.get(chat_id, 0.0))
            self._barred[chat_id] = max(until, self._barred.get(chat_id, 0.0))
            return
        self._held_until = max(self._held_until, until)
        self._share = max(SLOWER / 4, self._share * SLOWER)
        self._changed_at = until

    def barred(self) -> list[int]:
        """Chats that must wait for their own pace now."""
        now = self._now()
        self._barred = {chat: until for chat, until in self._barred.items() if until > now}
        return list(self._barred)

    def next_unbarred(self) -> float | None:
        """Seconds until the first barred chat may be written to again."""
        return max(0.001, min(self._barred.values()) - self._now()) if self._barred else None

    def _recover(self, now: float) -> None:
        if self._share < 1.0 and now - self._changed_at > QUIET:
            self._share = min(1.0, self._share + STEP_UP)
            self._changed_at = now

    def _charge(self, chat_id: int, now: float) -> None:
        if chat_id < 0:
            self._charge_group(chat_id, now)
            return
        # The time at which this chat's debts would be paid at one message a second.
        paid_at = max(now, self._people.get(chat_id, now)) + WINDOW
        self._people[chat_id] = paid_at
        if paid_at - now > PRIVATE_BURST - 1:
            self._barred[chat_id] = paid_at - (PRIVATE_BURST - 1)
        if len(self._people) > KEPT_CHATS:
            self._people = {chat: paid for chat, paid in self._people.items() if paid > now}

    def _charge_group(self, chat_id: int, now: float) -> None:
        sent = self._groups.setdefault(chat_id, deque(maxlen=GROUP_LIMIT))
        sent.append(now)
        if len(sent) == GROUP_LIMIT and sent[0] + GROUP_WINDOW > now:
            self._barred[chat_id] = sent[0] + GROUP_WINDOW + MARGIN
