"""The chain of a purchase as it is judged, shown and mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.groups import GroupTrouble
from services.commerce.chain_facts import PurchaseFacts


class Kind(StrEnum):
    """The links of the chain, in their order."""

    ORDER = "order"
    PAYMENT = "payment"
    NOTICE = "notice"
    ACCESS = "access"
    INVITE = "invite"
    JOIN = "join"
    LESSON = "lesson"


class State(StrEnum):
    """How a link stands."""

    DONE = "done"
    WAITING = "waiting"  # for somebody, and nothing is wrong
    BROKEN = "broken"
    AHEAD = "ahead"  # an earlier one is missing
    OVER = "over"  # it was there, and rightly is no more: nothing follows and nothing is missing


class Mend(StrEnum):
    """What a button does about a link; part of the button's data."""

    ASK = "ask"  # the provider, about a payment
    SETTLE = "settle"  # an order by hand: nobody else can say whether the money came
    GRANT = "grant"  # what an order has paid for
    RESTORE = "back"  # an access that was taken away
    INVITE = "invite"  # new links into the groups of an access
    SEND = "send"  # the way into the course once more
    START = "start"  # the course of an access
    RELEASE = "go"  # a course that is held though its access is open


@dataclass(frozen=True)
class Link:
    """One link; `code` names its words and is part of the JSON, `target` is what its mend is about."""

    kind: Kind
    state: State
    code: str
    at: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    mend: Mend | None = None
    target: int = 0


@dataclass(frozen=True)
class Study:
    """What became of the course of a purchase; `status` is a RunStatus or `parked`, none where no run has begun."""

    slug: str
    is_course: bool
    bot: str  # the course bot's username
    can_write: bool | None  # whether the course bot may write to the person; none if it was never started
    run_id: int | None = None
    status: str | None = None
    held_for: str | None = None
    began_at: datetime | None = None
    step: str = ""


@dataclass(frozen=True)
class Group:
    """A group as the chain names it."""

    title: str
    trouble: GroupTrouble | None = None


@dataclass(frozen=True)
class Chain:
    """A purchase with its links; `missing` is the one to look at, if there is one."""

    purchase: PurchaseFacts
    links: tuple[Link, ...]

    @property
    def missing(self) -> Link | None:
        """The first broken link, else the first that waits for something."""
        for state in (State.BROKEN, State.WAITING):
            for link in self.links:
                if link.state is state:
                    return link
        return None
