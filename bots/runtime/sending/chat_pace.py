"""What each chat may still be told: a bucket for a person, a minute's window for a group, silence after a 429."""

import math
from collections import deque
from collections.abc import Callable

MARGIN = 0.002  # seconds kept from the edge of a window
GROUP_LIMIT = 20  # messages a minute to a group
GROUP_WINDOW = 60.0
KEPT_CHATS = 20_000
LEARNED_SECONDS = 86_400.0  # for which a smaller burst is believed; then the setting's is tried again
SLACK = 0.1  # of a message: what of a chat's debt is the way's doing


class ChatPace:
    """Telegram counts a message somewhere between its leaving and its answer: here it counts from the answer.

    So what the network does to two messages never makes them come quicker than was reckoned. What is under way
    counts in full. The burst of a person's chat is the setting's until a 429 shows that Telegram's is smaller;
    it is Telegram's rule, so what one chat shows holds for all.
    """

    def __init__(self, monotonic: Callable[[], float], per_second: float, burst: int) -> None:
        self._now = monotonic
        self._rate = per_second
        self._burst = burst
        self._learned = burst
        self._learned_until = 0.0
        self._known_since = monotonic() + burst / per_second  # what a former owner sent is forgotten by then
        self._flying: dict[int, int] = {}
        self._people: dict[int, float] = {}  # when a chat's debts would be paid
        self._groups: dict[int, deque[float]] = {}
        self._barred: dict[int, float] = {}
        self._silenced: dict[int, float] = {}  # barred by a 429, not only by their own pace

    @property
    def burst(self) -> int:
        """Messages a person's chat takes at once."""
        return self._learned if self._now() < self._learned_until else self._burst

    def take(self, chat_id: int, weight: int = 1) -> None:
        """Messages to this chat leave."""
        self._flying[chat_id] = self._flying.get(chat_id, 0) + weight
        self._bar(chat_id)

    def done(self, chat_id: int, weight: int = 1) -> None:
        """They came back: the chat owes them from now on."""
        left = self._flying.get(chat_id, 0) - weight
        if left > 0:
            self._flying[chat_id] = left
        else:
            self._flying.pop(chat_id, None)
        now = self._now()
        if chat_id < 0:
            sent = self._groups.setdefault(chat_id, deque(maxlen=GROUP_LIMIT))
            sent.extend([now] * weight)
        else:
            self._people[chat_id] = max(now, self._people.get(chat_id, now)) + weight / self._rate
            self._forget_paid(now)
        self._bar(chat_id)

    def debt(self, chat_id: int) -> float:
        """Messages that a person's chat has had, or is about to get, and that its pace has not paid yet."""
        paid_in = max(0.0, self._people.get(chat_id, 0.0) - self._now())
        return paid_in * self._rate + self._flying.get(chat_id, 0)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram wants silence in this chat; a person's bucket counts as full at the end of it."""
        until = self._now() + seconds
        if chat_id > 0:
            coming = self._flying.get(chat_id, 0)  # charged when it is back
            full = until + (self.burst - 1 - coming) / self._rate
            self._people[chat_id] = max(full, self._people.get(chat_id, 0.0))
        self._silenced[chat_id] = max(until, self._silenced.get(chat_id, 0.0))
        self._barred[chat_id] = max(until, self._barred.get(chat_id, 0.0))

    def silence(self, chat_id: int) -> float:
        """Seconds for which a 429 forbids this chat everything; 0 when nothing does."""
        return max(0.0, self._silenced.get(chat_id, 0.0) - self._now())

    def learn(self, debt: float) -> int | None:
        """A message was refused to a chat that owed so much before it: gives the smaller burst that shows, if it does.

        Right after the start it shows nothing: a former owner's messages count there, and nobody here knows them.
        """
        shown = max(1, math.ceil(debt - SLACK))
        if debt <= SLACK or shown >= self.burst or self._now() < self._known_since:
            return None
        self.believe(shown, LEARNED_SECONDS)
        return shown

    def believe(self, burst: int, seconds: float) -> None:
        """Keep to a burst that was learned, for so long."""
        self._learned, self._learned_until = burst, self._now() + seconds
        for chat_id in list(self._people):
            self._bar(chat_id)

    def barred(self) -> list[int]:
        """Chats that must wait for their own pace now."""
        now = self._now()
        self._barred = {chat: until for chat, until in self._barred.items() if until > now}
        self._silenced = {chat: until for chat, until in self._silenced.items() if until > now}
        return list(self._barred)

    def next_unbarred(self) -> float | None:
        """Seconds until the first barred chat may be written to again; infinite while its answer is awaited."""
        return max(0.001, min(self._barred.values()) - self._now()) if self._barred else None

    def _bar(self, chat_id: int) -> None:
        until = self._group_until(chat_id) if chat_id < 0 else self._person_until(chat_id)
        if until > self._now():
            self._barred[chat_id] = max(until, self._silenced.get(chat_id, 0.0))
        elif chat_id not in self._silenced:
            self._barred.pop(chat_id, None)

    def _person_until(self, chat_id: int) -> float:
        """When the bucket takes one more; it takes none while what is under way fills it."""
        burst = self.burst
        if self._flying.get(chat_id, 0) >= burst:
            return math.inf
        over = self.debt(chat_id) + 1 - burst
        return self._now() + over / self._rate + MARGIN if over > 0 else 0.0

    def _group_until(self, chat_id: int) -> float:
        sent, flying = self._groups.get(chat_id, ()), self._flying.get(chat_id, 0)
        over = len(sent) + flying - GROUP_LIMIT  # the oldest of these must leave the window
        if over < 0:
            return 0.0
        return sent[over] + GROUP_WINDOW + MARGIN if over < len(sent) else math.inf

    def _forget_paid(self, now: float) -> None:
        if len(self._people) > KEPT_CHATS:
            self._people = {chat: paid for chat, paid in self._people.items() if paid > now}
