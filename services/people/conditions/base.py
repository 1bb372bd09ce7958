"""What a condition on people is: its parameters, and the SQL that says for whom it holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.flow.conditions import Params


@dataclass(frozen=True)
class Scope:
    """Whose people are looked at, and when."""

    account_id: int
    now: datetime


@dataclass(frozen=True)
class StandsFor:
    """A condition that is only a name for a tree of others, as it is written."""

    document: Any


@dataclass(frozen=True)
class Condition:
    """`clause` selects among rows of `contacts`; every table it looks into is narrowed to the scope's account.

    `main` is the parameter that a bare value stands for: `tag: warm`. `load` finds before that what the clause has to
    know of the account, and gives the parameters with it.
    """

    params: type[Params]
    clause: Callable[[Any, Scope], ColumnElement[bool]]
    main: str | None = None
    load: Callable[[AsyncConnection, int, Any], Awaitable[Params | StandsFor]] | None = None
