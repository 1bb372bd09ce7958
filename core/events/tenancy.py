"""Bots, and the groups they are in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class GroupSeen:
    """Telegram has told what a bot is and may do in a group.

    `reopened` if something was changed there just now, a topic opened or rights given: what was refused may go through.
    """

    bot_id: int
    chat_id: int
    reopened: bool = False


@dataclass(frozen=True)
class MemberSeen:
    """Telegram says that somebody came into a group or channel, or left it."""

    user_id: int
    chat_id: int
    inside: bool


@dataclass(frozen=True)
class GroupBroke:
    """A bot cannot do in a group what it is there for; said once until it is mended."""

    seat_id: int
    bot_id: int
    chat_id: int
    trouble: str


@dataclass(frozen=True)
class GroupMended:
    """A bot can do again in a group what it is there for."""

    seat_id: int
    bot_id: int
    chat_id: int


@dataclass(frozen=True)
class GroupMoved:
    """A group of ours has another number now, and the bots in it are known by that."""

    old_id: int
    new_id: int
    bot_ids: tuple[int, ...]


@dataclass(frozen=True)
class RoleTaken:
    """Somebody does not have a role any more; they may have another that allows the same."""

    telegram_id: int


@dataclass(frozen=True)
class BotBroke:
    """A bot receives nothing any more; said once until it does again."""

    bot_id: int
    trouble: str


@dataclass(frozen=True)
class BotMended:
    """A bot receives again what it is sent."""

    bot_id: int


@dataclass(frozen=True)
class BotTookPlace:
    """A bot is where another one of its kind was, or was missing."""

    bot_id: int


@dataclass(frozen=True)
class PlanFilled:
    """An account has nearly as much of something as its plan allows, or all of it; said once on the way up."""

    resource: str
    level: str
    most: int


@dataclass(frozen=True)
class PlanStands:
    """What an account's plan lets it do has changed, or ends soon (`ends`)."""

    state: str
    until: datetime | None
