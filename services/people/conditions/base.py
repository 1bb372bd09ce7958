"""What a condition on people is: its parameters, and the SQL that says for whom it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from core.flow.conditions import Params


@dataclass(frozen=True)
class Scope:
    """Whose people are looked at, and when."""

    account_id: int
    now: datetime


@dataclass(frozen=True)
class Condition:
    """`clause` selects among rows of `contacts`; every table it looks into is narrowed to the scope's account."""

    params: type[Params]
    clause: Callable[[Any, Scope], ColumnElement[bool]]
