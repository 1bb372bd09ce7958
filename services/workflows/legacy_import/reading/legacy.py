"""The older bot's data as values, whichever of its two layouts they were read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.text.message import Button
from core.text.refusal import Words, placed, words

Rows = tuple[tuple[Button, ...], ...]


@dataclass
class Findings:
    """What was noticed: an error forbids taking anything over, a note says what becomes of something."""

    errors: list[Words] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)

    def error(self, place: str, why: Words) -> None:
        """Note what is wrong somewhere."""
        self.errors.append(placed(place, why))

    def note(self, place: str, key: str, **values: Any) -> None:
        """Note what becomes of something."""
        self.notes.append(placed(place, words(key, **values)))


@dataclass(frozen=True)
class LegacyMessage:
    """A message of a scenario: how long after the former one, its text and files, its keyboard or the set it names."""

    name: str
    after: timedelta
    text: str
    photos: tuple[Path, ...] = ()
    rows: Rows = ()
    set_name: str | None = None


@dataclass(frozen=True)
class LegacyProduct:
    """What a scenario sells; `price` in minor units."""

    name: str
    price: int
    paid_content: str = ""
    group_id: int | None = None


@dataclass(frozen=True)
class LegacyScenario:
    """A scenario with its messages in the order of sending."""

    slug: str
    name: str
    messages: tuple[LegacyMessage, ...]
    summary: LegacyMessage | None = None
    product: LegacyProduct | None = None
    is_active: bool = True
    html: bool = False  # else Markdown with HTML tags

    def place_of(self, name: str) -> int | None:
        """Where a message stands, from 0."""
        return next((place for place, message in enumerate(self.messages) if message.name == name), None)


@dataclass(frozen=True)
class LegacyPayment:
    """Money that came: when, how much in minor units, under which number."""

    at: datetime
    amount: int | None
    number: str | None
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LegacyState:
    """How somebody stands in a scenario; `sent` messages have come, the next one is due at `due`."""

    scenario: str
    status: str  # active | completed | stopped
    sent: int
    due: datetime | None = None
    last_sent_at: datetime | None = None
    completed_at: datetime | None = None
    payment: LegacyPayment | None = None
    payment_link: str = ""
    invite_link: str = ""
    has_joined: bool = False
    joined_at: datetime | None = None


@dataclass(frozen=True)
class LegacyUser:
    """Somebody the older bot knew; who has not agreed has begun nothing."""

    chat_id: int
    name: str
    met_at: datetime | None
    has_agreed: bool
    states: tuple[LegacyState, ...]


@dataclass(frozen=True)
class LegacyBroadcast:
    """A message to many that was kept for sending, and whom it is for."""

    name: str
    message: LegacyMessage
    conditions: tuple[str, ...]


@dataclass
class Legacy:
    """Everything of a folder."""

    scenarios: dict[str, LegacyScenario] = field(default_factory=dict)
    default: str | None = None
    users: list[LegacyUser] = field(default_factory=list)
    broadcasts: list[LegacyBroadcast] = field(default_factory=list)
    button_sets: dict[str, Rows] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    root: Path | None = None  # the folder its files lie in
    findings: Findings = field(default_factory=Findings)
