"""Telegram's speed limits, on the monotonic clock: who sends too fast is told how long to wait."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.state.calls import CallLog, Violation
from sandbox.state.model import Bot, Chat
from sandbox.state.options import Limits
from sandbox.wire.errors import too_many_requests

SENDING = "send"
WINDOW = 1.0
Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Hold:
    answered: float
    until: float


class Limiter:
    """Sliding windows per bot and group, a bucket per private chat, and the holds that follow a 429."""

    def __init__(self, limits: Limits, log: CallLog, monotonic: Monotonic = time.monotonic) -> None:
        self.limits = limits
        self._log = log
        self._now = monotonic
        self._bots: dict[int, deque[float]] = {}
        self._groups: dict[str, deque[float]] = {}
        self._chats: dict[str, tuple[float, float]] = {}
        self._holds: dict[tuple[int, str], _Hold] = {}

    def hold(self, bot: Bot, scope: str, seconds: int) -> None:
        """Forbid the scope (`send`, a method or a chat key) to the bot for so many seconds."""
        now = self._now()
        self._holds[bot.id, scope] = _Hold(now, now + seconds)

    def check(self, bot: Bot, scope: str, chat_id: int | None = None) -> None:
        """Refuse a call inside a hold; one that came after the 429 could be read is a violation."""
        hold = self._holds.get((bot.id, scope))
        if hold is None:
            return
        now = self._now()
        if now >= hold.until:
            del self._holds[bot.id, scope]
            return
        left = math.ceil(hold.until - now)
        if now - hold.answered > self.limits.grace:
            detail = f"{scope}: {hold.until - now:.3f} s before retry_after ended"
            self._log.violated(Violation("before_retry_after", bot.username, now, detail, chat_id))
        raise too_many_requests(left)

    def take(self, bot: Bot, chat: Chat, weight: int = 1) -> None:
        """Count `weight` messages of the bot to the chat, or refuse them."""
        self.check(bot, chat.key, chat.id)
        if not self.limits.enabled:
            return
        now = self._now()
        wait = max(self._bot_wait(bot, now, weight), 0.0)
        if wait > 0:
            self._refuse(bot, SENDING, wait)
        wait = self._private_wait(chat, now) if chat.is_private else self._group_wait(chat, now, weight)
        if wait > 0:
            self._refuse(bot, chat.key, wait)
        self._count(bot, chat, now, weight)

    def _refuse(self, bot: Bot, scope: str, wait: float) -> None:
        seconds = max(math.ceil(wait), 1)
        self.hold(bot, scope, seconds)
        raise too_many_requests(seconds)

    def _bot_wait(self, bot: Bot, now: float, weight: int) -> float:
        return _window_wait(self._bots.setdefault(bot.id, deque()), now, WINDOW, self.limits.per_bot, weight)

    def _group_wait(self, chat: Chat, now: float, weight: int) -> float:
        sent = self._groups.setdefault(chat.key, deque())
        return _window_wait(sent, now, self.limits.group_window, self.limits.per_group, weight)

    def _private_wait(self, chat: Chat, now: float) -> float:
        tokens = self._tokens(chat, now)
        return 0.0 if tokens >= 1 else (1 - tokens) / self.limits.per_chat

    def _tokens(self, chat: Chat, now: float) -> float:
        burst = float(self.limits.chat_burst)
        tokens, at = self._chats.get(chat.key, (burst, now))
        return min(burst, tokens + (now - at) * self.limits.per_chat)

    def _count(self, bot: Bot, chat: Chat, now: float, weight: int) -> None:
        self._bots[bot.id].extend([now] * weight)
        if chat.is_private:
            # An album is one act to a person, so it may overdraw the bucket but is never refused for its size.
            self._chats[chat.key] = (self._tokens(chat, now) - weight, now)
        else:
            self._groups[chat.key].extend([now] * weight)


def _window_wait(sent: deque[float], now: float, window: float, most: int, weight: int) -> float:
    while sent and now - sent[0] >= window:
        sent.popleft()
    over = len(sent) + weight - max(most, weight)
    return sent[over - 1] + window - now if over > 0 else 0.0
