"""What a route asks of the stage on which a draft is rehearsed; `app` builds it, as it needs bots and a Telegram of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow

Scene = Mapping[str, Any]
"""All that was said so far and where the student is; `web/api/content/rehearsals.py` has its model."""


class ActKind(StrEnum):
    """What can be done in a rehearsal."""

    PRESS = "press"  # a button of a message
    WRITE = "write"
    CURATOR = "curator"  # accepts what waits for them


class Until(StrEnum):
    """How far the clock jumps."""

    NEXT = "next"  # what comes next
    DAY = "day"


@dataclass(frozen=True)
class Owner:
    """Whose rehearsal it is: each member has one at a time."""

    account_id: int
    telegram_id: int
    flow_id: int


@dataclass(frozen=True)
class Wish:
    """Something to be done: `kind` of an act or of a jump, and to which message with which words."""

    kind: ActKind | Until
    message: int = 0
    text: str = ""


class Stage(Protocol):
    """Where drafts are rehearsed."""

    async def start(self, owner: Owner, flow: Flow, language: str, step: str) -> Scene:
        """Begin a rehearsal, at a step if one is named; the one that this member had is over."""
        ...

    async def look(self, owner: Owner) -> Scene:
        """What has been said; raises REHEARSAL_NOT_FOUND."""
        ...

    async def do(self, owner: Owner, wish: Wish) -> Scene:
        """Do something in it; raises REHEARSAL_NOT_FOUND."""
        ...

    async def end(self, owner: Owner) -> None:
        """It is over, whether or not there was one."""
        ...


def not_found() -> DomainError:
    """This member rehearses nothing now."""
    return DomainError(ErrorKind.NOT_FOUND, "REHEARSAL_NOT_FOUND")


def full() -> DomainError:
    """As many rehearsals go on as may."""
    return DomainError(ErrorKind.CONFLICT, "REHEARSALS_FULL")


def broke() -> DomainError:
    """It could not begin, or has ended before its time."""
    return DomainError(ErrorKind.CONFLICT, "REHEARSAL_BROKE")
