"""People as the use cases see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.lifecycle import AwaitedKind, Tone
from core.rules.local_hour import LocalHour, parse_hour
from core.text.names import show_name

NEW = timedelta(hours=1)


@dataclass(frozen=True)
class Encounter:
    """Somebody seen in an update; `in_private` when they can now be written to."""

    account_id: int
    bot_id: int
    telegram_id: int
    first_name: str
    last_name: str
    username: str | None
    language_code: str | None
    in_private: bool
    answers: bool = False  # more than a start
    acts: bool = True  # or Telegram says so of them: joined, left, blocked, unblocked


@dataclass(frozen=True)
class Contact:
    """A person known to an account by their Telegram id."""

    id: int
    account_id: int
    telegram_id: int
    first_name: str
    last_name: str
    username: str | None
    language: str
    zone: str
    zone_is_chosen: bool = False
    lesson_hour: str | None = None
    reminder_days: int | None = None  # as the course says
    reminder_hours: str | None = None
    reminder_tone: Tone | None = None
    answered: bool = True
    met_at: datetime | None = None
    language_is_chosen: bool = False  # else it follows Telegram's
    wants_digest: bool = True  # of the numbers, each week, if they are an owner
    wants_sale_news: bool = True  # of each sale, if they are an owner
    blocked_at: datetime | None = None  # by the team
    returned: bool = False  # was gone until this very moment

    def is_stranger(self, now: datetime) -> bool:
        """Whether they have come just now and have not said a word yet: those who are known go before them."""
        return not self.answered and self.met_at is not None and now - self.met_at < NEW

    @property
    def hour(self) -> LocalHour | None:
        """The hour they chose for their lessons."""
        return parse_hour(self.lesson_hour) if self.lesson_hour else None

    @property
    def given_name(self) -> str:
        """Their first name as it is shown where the other one is nobody's business; never empty."""
        return show_name(self.first_name, "", self.username, self.telegram_id)

    @property
    def full_name(self) -> str:
        """Their name as it is shown to others and to them; never empty."""
        return show_name(self.first_name, self.last_name, self.username, self.telegram_id)


@dataclass(frozen=True)
class AwaitedInput:
    """What the next message of a person is to be, since when, and of which thing."""

    kind: AwaitedKind
    about: str
    asked_at: datetime


@dataclass(frozen=True)
class Segment:
    """People under a name: a tree of conditions, and how many are in it."""

    name: str
    audience: Any
    is_live: bool
    count: int
