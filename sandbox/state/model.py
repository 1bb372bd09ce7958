"""The things a Telegram is made of: people, bots, chats, members, messages, links and files."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChatType(StrEnum):
    """The four kinds of chat the Bot API names."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Status(StrEnum):
    """What someone is in a chat."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER, Status.RESTRICTED})
ADMINS = frozenset({Status.CREATOR, Status.ADMINISTRATOR})


@dataclass(slots=True)
class Person:
    """Someone who uses Telegram."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deleted: bool = False


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates to be posted."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True)
class Bot:
    """A bot account with its queue of updates; `settings` holds commands, descriptions and the like."""

    id: int
    token: str
    username: str
    name: str
    next_update: int
    next_message: int = 0
    allowed: list[str] = field(default_factory=list)
    webhook: Webhook | None = None
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    """One person's or bot's place in a chat; `rights` are an administrator's or a restricted member's."""

    user_id: int
    status: Status = Status.MEMBER
    rights: dict[str, bool] = field(default_factory=dict)
    until_date: int = 0
    title: str = ""


@dataclass(slots=True)
class InviteLink:
    """A way into a chat made by `creator_id`."""

    url: str
    creator_id: int
    name: str = ""
    expire_date: int = 0
    member_limit: int = 0
    creates_join_request: bool = False
    is_primary: bool = False
    is_revoked: bool = False
    joined: int = 0
    subscription_period: int = 0
    subscription_price: int = 0


@dataclass(slots=True)
class JoinRequest:
    """Someone waiting at the door of a chat."""

    user_id: int
    date: int
    link: str = ""


@dataclass(slots=True)
class Topic:
    """A topic of a forum or of a private chat; the general one has the number 1."""

    id: int
    name: str
    icon_color: int = 0
    icon_custom_emoji_id: str = ""
    creator_id: int = 0
    is_closed: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class Payment:
    """Money or Stars that went from a person to a bot."""

    charge_id: str
    bot_id: int
    person_id: int
    currency: str
    amount: int
    payload: str
    date: int
    provider_charge_id: str = ""
    refund_date: int = 0


@dataclass(slots=True)
class Subscription:
    """Stars that go from a person to a bot every `period` seconds; named by its first payment.

    The person cancels it, the bot stops it; what is over is renewed no more, whatever anybody does.
    """

    charge_id: str
    bot_id: int
    person_id: int
    amount: int
    payload: str
    period: int
    until: int
    is_canceled: bool = False
    is_stopped: bool = False
    has_no_stars: bool = False
    is_over: bool = False


@dataclass(slots=True)
class Message:
    """One message; `body` holds its Bot API fields, with files named by number and users by id."""

    id: int
    chat: str
    date: int
    sender_id: int
    body: dict[str, Any]
    markup: dict[str, Any] | None = None
    reply_to: int = 0
    edit_date: int = 0
    seq: int = 0
    reactions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    """A conversation: between a bot and a person (`bot_id`, `person_id`), or of many members."""

    key: str
    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    description: str = ""
    bot_id: int = 0
    person_id: int = 0
    started: bool = False
    blocked: bool = False
    writable_until: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    next_message: int = 0
    seq: int = 0
    delivered: int = 0
    gone: list[list[int]] = field(default_factory=list)
    links: dict[str, InviteLink] = field(default_factory=dict)
    requests: dict[int, JoinRequest] = field(default_factory=dict)
    reads: dict[int, int] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    permissions: dict[str, bool] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    migrated_to: int = 0
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        """Tell whether this is a bot and a person alone."""
        return self.type is ChatType.PRIVATE

    def present(self, user_id: int) -> bool:
        """Tell whether the user is in this chat now."""
        if self.is_private:
            return user_id in (self.bot_id, self.person_id)
        member = self.members.get(user_id)
        return member is not None and member.status in PRESENT


@dataclass(slots=True)
class StoredFile:
    """A file known to the sandbox; its bytes lie in the file store under `number`."""

    number: int
    kind: str
    size: int
    name: str = ""
    mime: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
