"""How a table says what of it is about people: why it is kept, how long, what they are shown, what is left when they go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.sql.elements import ColumnElement


class Purpose(StrEnum):
    """What personal data are kept for."""

    SERVICE = "service"  # to give what was asked for: lessons, access, answers
    MONEY = "money"  # to take payments and account for them
    CONSENT = "consent"  # to prove what was agreed to
    DELIVERY = "delivery"  # to bring messages to their readers
    SALES = "sales"  # to know where buyers come from and whom a message is for
    TEAM = "team"  # to know who works here and did what


class Retention(StrEnum):
    """How long they are kept."""

    UNTIL_ASKED = "until asked"  # until the person deletes them
    BY_LAW = "by law"  # as the law on bookkeeping asks: without the name
    WHILE_A_MEMBER = "while a member"  # until the role is taken away; the record of deeds for good


@dataclass(frozen=True, slots=True)
class Subject:
    """The person it is about, by both their numbers."""

    contact_id: int
    telegram_id: int
    username: str | None = None


Whose = Callable[[Table, Subject], ColumnElement[bool]]
Empty = Callable[[Subject], Any]


@dataclass(frozen=True)
class Personal:
    """A table with rows about people.

    `shown` are the columns they get with `/mydata`, `inner` those that point at them or are ours alone, `plain` those
    that say nothing about anybody. On deletion the row goes if it `goes`, else its columns become what `left` says.
    """

    table: Table
    purpose: Purpose
    whose: Whose
    shown: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    goes: bool = False
    left: Mapping[str, Empty] = field(default_factory=dict)
    retention: Retention = Retention.UNTIL_ASKED

    @property
    def columns(self) -> frozenset[str]:
        """All that is declared."""
        return frozenset((*self.shown, *self.inner, *self.plain))


def by_contact(column: str = "contact_id") -> Whose:
    """Rows that name the contact."""
    return lambda table, subject: table.c[column] == subject.contact_id


def by_telegram(column: str) -> Whose:
    """Rows that name the Telegram user, or the private chat with them, which has the same number."""
    return lambda table, subject: table.c[column] == subject.telegram_id


def through(column: str, other: Table, whose: Whose) -> Whose:
    """Rows that belong to rows of another table about them."""
    return lambda table, subject: table.c[column].in_(
        select(other.c.id).where(other.c.account_id == table.c.account_id, whose(other, subject))
    )


def always(value: Any) -> Empty:
    """The same for everybody."""
    return lambda _: value


def nobody(subject: Subject) -> int:
    """A number that is no Telegram user's, and differs from person to person."""
    return -subject.contact_id
