"""The values that delivery takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.lifecycle import Misfire, Priority, Side
from core.to_many import BroadcastKind

Payload = Mapping[str, Any]
THREAD = "message_thread_id"  # field of a call: the topic of a forum
AT_ONCE = datetime(
    2000, 1, 1, tzinfo=UTC
)  # when that is due which has not been tried yet: no clock makes it wait


@dataclass(frozen=True)
class Outgoing:
    """A Bot API call to be made once this unit has committed.

    `payload` holds Bot API fields; a text may be left to the render as a sentence (`sentences.py`),
    a file as `{"media": reference}`.
    """

    bot_id: int
    chat_id: int
    method: str
    payload: Payload
    dedupe_key: str
    priority: Priority = Priority.INTERACTIVE
    ref: str | None = None
    on_result: Payload | None = None
    wait: timedelta = timedelta()  # real time before it may leave


@dataclass(frozen=True)
class PersonMessage:
    """A message of one person to another; `content` has `text` or `kind`, Telegram's own fields of it, and `file_id`."""

    chat_id: int
    message_id: int
    content: Payload
    album: str | None = None

    @property
    def number(self) -> str:
        """Its number in its chat; the same for all pieces of an album."""
        return self.album or str(self.message_id)

    @property
    def key(self) -> str:
        """What tells it from all that is said elsewhere, too."""
        return f"{self.chat_id}:{self.number}"

    @property
    def words(self) -> str:
        """What it says in words."""
        return str(self.content.get("text") or self.content.get("caption") or "")


@dataclass(frozen=True)
class Passage:
    """What something said belongs to (`about`), and how it is shown: what a reply to it is about, below which words, quoting what."""

    bot_id: int
    about: str
    side: Side
    ref: str | None = None
    heading: Any = None  # Words
    quoted: int | None = None


@dataclass(frozen=True)
class Carried:
    """Something said, and where it is shown; `to_chat_id` 0: nobody is there yet."""

    id: int
    bot_id: int
    about: str
    side: Side
    ref: str | None
    quoted: int | None
    heading: Any  # Words
    chat_id: int
    message_id: int
    content: Payload
    album: str | None
    to_chat_id: int
    to_message_id: int | None
    edited: bool
    at: datetime
    led_by: int | None = None
    to_thread: int | None = None


@dataclass(frozen=True)
class StoredUpdate:
    """An update in the inbox."""

    id: int
    account_id: int
    bot_id: int
    update_id: int
    payload: str
    attempts: int
    priority: int = 1

    @property
    def is_urgent(self) -> bool:
        """Whether Telegram waits for the answer."""
        return self.priority == 0


@dataclass(frozen=True)
class QueuedCall:
    """An outbox row picked for sending; `payload` is none where the broadcast's is meant."""

    id: int
    account_id: int
    bot_id: int
    chat_id: int
    priority: Priority
    method: str
    payload: str | None
    frozen: bool
    attempt: int
    dedupe_key: str
    on_result: Payload | None
    broadcast_id: int | None
    ref: str | None = None
    variant: int = 0  # of the broadcast
    message_id: int | None = None  # of a broadcast that changes or deletes one: which
    alters: BroadcastKind | None = (
        None  # what is done to that message; `payload` and `method` are what it says then
    )

    @property
    def is_first_try(self) -> bool:
        """Whether nothing can have come of it before."""
        return self.attempt == 0


@dataclass(frozen=True)
class BulkCall:
    """What all recipients of a broadcast have in common: who speaks and how; with `on_result` the answer becomes an event."""

    bot_id: int
    method: str
    on_result: Payload | None = None
    waves: Sequence[
        Sequence[str]
    ] = ()  # zones whose people get it together at a moment of their own, from wave 1 on
    shares: Sequence[int] = ()  # percent of the people who get variant 1, 2, …; the others get 0
    rest_waits: bool = False  # who gets no variant waits until one has won


@dataclass(frozen=True)
class ToMany:
    """What all recipients of a broadcast share."""

    kind: BroadcastKind
    contents: tuple[tuple[str, str], ...]  # method and payload, by variant

    def fill_in(self, call: QueuedCall) -> QueuedCall:
        """The call of one recipient with what is the same for all."""
        variant = 0 if self.kind is BroadcastKind.RECALL else call.variant  # nothing is said there
        method, payload = self.contents[variant]
        alters = None if self.kind is BroadcastKind.SEND else self.kind
        return replace(call, method=method, payload=call.payload or payload, alters=alters)


@dataclass(frozen=True)
class Followers:
    """Who gets a call of `broadcast_id` because they have a message of `of_id`: each once, in the order of their chats."""

    broadcast_id: int
    of_id: int
    method: str
    after: int  # chats up to this one are left out
    limit: int
    sent_from: datetime | None = None  # real time: what is older is left out
    claimed_until: datetime | None = None  # real time: what left later is left out
    on_result: Payload | None = None


@dataclass(frozen=True)
class Rendered:
    """A queued call with its final fields; `text` goes into the history, `left_out` are buttons without an address."""

    call: QueuedCall
    fields: Payload
    text: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unrendered:
    """A queued call whose words cannot be made; it is held and people are told."""

    call: QueuedCall
    error: str


@dataclass(frozen=True)
class Sent:
    """Telegram took the call."""

    call: QueuedCall
    result: Any


@dataclass(frozen=True)
class Refused:
    """Telegram said no for good; `blocked` when the person cannot be written to any more."""

    call: QueuedCall
    error: str
    blocked: bool = False


@dataclass(frozen=True)
class Postponed:
    """Certainly not sent: try again after `wait`."""

    call: QueuedCall
    wait: timedelta
    error: str
    moved_to: int | None = None


@dataclass(frozen=True)
class Unknown:
    """Sent or not, nobody can say; `idempotent` calls are simply repeated."""

    call: QueuedCall
    error: str
    idempotent: bool = False


Outcome = Sent | Refused | Postponed | Unknown


@dataclass(frozen=True)
class SetTimer:
    """A timer with when it was set and what a clock in its zone shows when it rings."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    due_at: datetime
    set_at: datetime
    local_wall: str | None
    zone: str | None


@dataclass(frozen=True)
class Earlier:
    """A timer that rings earlier than it was set for."""

    kind: str
    payload: Mapping[str, Any]
    before: datetime
    due_at: datetime


@dataclass(frozen=True)
class DueTimer:
    """A timer whose moment has come."""

    id: int
    account_id: int
    kind: str
    key: str
    due_at: datetime
    misfire: Misfire
    payload: Payload
    attempts: int


@dataclass(frozen=True)
class ClaimedJob:
    """A job this process now performs."""

    id: int
    account_id: int
    kind: str
    key: str
    payload: Payload
    attempts: int


@dataclass
class Lease:
    """The right to act for a name, as this process knows it; `valid_until` is monotonic seconds."""

    name: str
    owner: str
    epoch: int
    valid_until: float


@dataclass(frozen=True)
class DeadLetter:
    """Something that was given up and waits for a person."""

    kind: str  # update | call | timer | job
    id: int
    what: str
    error: str
    at: datetime | None = field(default=None)


@dataclass(frozen=True)
class ShownCall:
    """A call Telegram took, or is taking: then its number is not known yet."""

    dedupe_key: str
    payload: str
    message_id: int | None


@dataclass(frozen=True)
class Heard:
    """Something a person said to a bot (`in`), or a bot to them (`out`)."""

    direction: str
    text: str
    at: datetime
