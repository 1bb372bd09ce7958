"""Messaging as the use cases see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.lifecycle import BroadcastStatus


@dataclass(frozen=True)
class Content:
    """What everybody gets: a Bot API method and its fields without chat_id."""

    method: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """The message that shows a broadcast and steers it."""

    chat_id: int
    message_id: int


@dataclass(frozen=True)
class Broadcast:
    """One message to many; a draft may still wait for its content."""

    id: int
    bot_id: int
    status: BroadcastStatus
    content: Content | None
    total: int
    author_id: int | None
    card: Card | None


@dataclass(frozen=True)
class Tally:
    """Where a broadcast stands; the parts always add up to the total."""

    status: BroadcastStatus
    total: int
    sent: int
    failed: int  # refused by Telegram, whoever blocked the bot not counted
    blocked: int  # refused because the person has blocked the bot or left Telegram
    cancelled: int
    held: int  # outcome unknown, for a person to decide
    waiting: int  # pending or being sent
    possibly_twice: int  # of all of them: tried again after an unknown outcome

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        ended = self.status in {BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED}
        return ended and not self.waiting
