"""Messaging as the use cases see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.lifecycle import BroadcastStatus, HandoffStatus
from core.to_many import BroadcastKind
from services.delivery.speech import Address
from services.messaging.broadcast_plan import Plan
from services.people.conditions.audience import Reach


@dataclass(frozen=True)
class Content:
    """What people get: a Bot API method and its fields without chat_id."""

    method: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class BroadcastCard:
    """The message that shows a broadcast and steers it."""

    chat_id: int
    message_id: int


@dataclass(frozen=True)
class Change:
    """What an edit or a recall is about."""

    of_id: int  # whose messages
    since: datetime  # real time
    gathered_to: int | None  # its people are in line up to this chat; None: all are
    too_old: int  # messages a recall cannot reach any more


@dataclass(frozen=True)
class Wave:
    """The people of some zones, who get a broadcast at the same moment (ISO, of the product's clock)."""

    at: str
    zones: tuple[str, ...]

    @property
    def moment(self) -> datetime:
        """When it leaves for them."""
        return datetime.fromisoformat(self.at)

    @property
    def zone(self) -> str:
        """One whose clock shows what all of theirs do at that moment."""
        return self.zones[0]


@dataclass(frozen=True)
class Broadcast:
    """One message to many; a draft may still wait for its message. Recipients are in line up to the chat `filled_to` of `fill_until`."""

    id: int
    bot_id: int
    status: BroadcastStatus
    plan: Plan | None
    method: str | None
    total: int
    author_id: int | None
    card: BroadcastCard | None
    started_at: datetime | None
    filled_to: int
    fill_until: int
    kind: BroadcastKind = BroadcastKind.SEND
    change: Change | None = None  # of an edit or a recall
    waves: tuple[Wave, ...] = ()  # from wave 1 on
    winner: int | None = None  # the variant that all the rest get
    counting: str | None = None  # the job that counts whom it reaches, for what its card shows now
    reach: Reach | None = None  # what that job has found
    created_at: datetime | None = None
    finished_at: datetime | None = None


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
    later: int = 0  # of those who wait: whose hour has not come, or who get what wins a comparison

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        ended = self.status in {BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED}
        return ended and not self.waiting


@dataclass(frozen=True)
class Handoff:
    """A person who waits for a live operator, or talks with one (`operator_id`, a Telegram id)."""

    id: int
    bot_id: int
    contact_id: int
    chat_id: int
    run_id: int | None
    visit: int | None
    status: HandoffStatus
    operator_id: int | None
    tried: list[int]
    round: int
    had_talk: bool
    ring_seconds: float
    silence_seconds: float
    idle_seconds: float
    last_from: str | None
    last_at: datetime
    opened_at: datetime

    @property
    def person(self) -> Address:
        """Where they are."""
        return Address(self.bot_id, self.chat_id)

    @property
    def operator(self) -> Address:
        """Where who is rung, or talks, is; ValueError if that is nobody."""
        if self.operator_id is None:
            raise ValueError(f"hand-off {self.id} has no operator")
        return Address(self.bot_id, self.operator_id)


@dataclass(frozen=True)
class Outreach:
    """People of a list to whom a flow turns."""

    id: int
    name: str
    flow_id: int
    started_at: datetime


@dataclass(frozen=True)
class Reached:
    """One of them: as the list names them, and what came of it so far."""

    id: int
    outreach_id: int
    position: int
    given: str
    contact_id: int | None
    run_id: int | None
    result: str | None
    result_at: datetime | None


@dataclass(frozen=True)
class SoughtMessages:
    """Which messages are sought: with all of these beginnings of words, of one person, in one bot, said by whom (`in`, `out`) and when."""

    words: Sequence[str]
    telegram_id: int | None = None
    bot_id: int | None = None
    direction: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class WantedTalks:
    """Which conversations a list is to have: of one operator, those nobody talks in, those in which the person spoke last."""

    operator_id: int | None = None
    unassigned: bool = False
    waits: bool | None = None
