"""Bots and groups as the processes see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.groups import GroupTrouble
from core.lifecycle import BotEnd, BotKind, BotTrouble


@dataclass(frozen=True)
class ConnectedBot:
    """A bot of an account with its opened token; `id` is Telegram's number of it."""

    id: int
    account_id: int
    kind: BotKind
    username: str
    name: str
    token: str = field(repr=False)
    trouble: BotTrouble | None = None  # what kept it from receiving when it was read


@dataclass(frozen=True)
class OwnBot:
    """A bot as its account sees it; `ended` says why it works no more, `trouble` what keeps it from receiving."""

    id: int
    kind: BotKind
    username: str
    name: str
    is_default: bool
    ended: BotEnd | None
    trouble: BotTrouble | None
    connected_at: datetime


@dataclass(frozen=True)
class Group:
    """A group as Telegram describes it; `may_speak` says whether ordinary members may write."""

    chat_id: int
    type: str
    title: str
    may_speak: bool = True
    is_forum: bool = False


@dataclass(frozen=True)
class Seat:
    """What a bot is in a group: its status and rights there as Telegram names them, and what keeps it from its work."""

    id: int
    group: Group
    bot_id: int
    status: str
    rights: Mapping[str, bool]
    trouble: GroupTrouble | None

    @property
    def is_known(self) -> bool:
        """Whether Telegram has told yet."""
        return bool(self.status)

    @property
    def is_in(self) -> bool:
        """Whether the bot is in the group."""
        return self.status not in {"left", "kicked"}

    @property
    def may_make_topics(self) -> bool:
        """Whether the bot can make topics there."""
        is_allowed = self.status == "administrator" and self.rights.get("can_manage_topics", False)
        return self.group.is_forum and is_allowed

    @property
    def may_write(self) -> bool:
        """Whether the bot may send messages there."""
        if self.group.type == "channel":
            return self.rights.get("can_post_messages", False)
        if self.status == "restricted":
            return self.rights.get("can_send_messages", False)
        return self.status != "member" or self.group.may_speak

    @property
    def may_invite(self) -> bool:
        """Whether the bot may make links and let people in."""
        return self.status == "administrator" and self.rights.get("can_invite_users", False)

    @property
    def may_ban(self) -> bool:
        """Whether the bot may put people out, unless Telegram has said that it may not."""
        return self.rights.get("can_restrict_members", True)
