"""What a condition on people is: its parameters, and the SQL that says for whom it holds."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params


@dataclass(frozen=True)
class Scope:
    """Whose people are looked at, and when; `by_lists` where all of them are, and looking each of them up costs more.

    `for_few` where only few will fit: each way to fit is looked for by itself, so that nobody else is looked at.
    """

    account_id: int
    now: datetime
    by_lists: bool = False
    for_few: bool = False


# all accounts: of rows of one, by what is given
def is_among(theirs: ColumnElement[int], scope: Scope, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The people who have one of the rows in which `theirs` is the contact; an index has to lead to `which`."""
    if scope.by_lists or scope.for_few:
        return contacts.c.id.in_(select(theirs).where(*which))
    return exists().where(theirs == contacts.c.id, *which)


# all accounts: of rows of one, by what is given
def is_one_of(scope: Scope, *ways: ColumnElement[bool]) -> ColumnElement[bool]:
    """The people who fit in one of these ways."""
    if not scope.for_few:
        return or_(*ways)
    mine = contacts.c.account_id == scope.account_id
    return contacts.c.id.in_(union(*(select(contacts.c.id).where(mine, way).correlate(None) for way in ways)))


@dataclass(frozen=True)
class StandsFor:
    """A condition that is only a name for a tree of others, as it is written."""

    document: Any


@dataclass(frozen=True)
class Names:
    """The names an argument can have in an account; one that nothing has yet `may_come`, if it looks like no other.

    `promised` gives those that nothing has yet and something there will have.
    `title` is the column of what people call it, where that is not the name itself.
    """

    among: Callable[[int], Select[Any]]
    may_come: bool = False
    promised: Callable[[AsyncConnection, int], Awaitable[Collection[str]]] | None = None
    title: ColumnElement[Any] | None = None


@dataclass(frozen=True)
class Condition:
    """`clause` selects among rows of `contacts`; every table it looks into is narrowed to the scope's account.

    `main` is the parameter that a bare value stands for: `tag: warm`. `load` finds before that what the clause has to
    know of the account, and gives the parameters with it. `names` says what the author's arguments can name.
    """

    params: type[Params]
    clause: Callable[[Any, Scope], ColumnElement[bool]]
    main: str | None = None
    load: Callable[[AsyncConnection, int, Any], Awaitable[Params | StandsFor]] | None = None
    names: Mapping[str, Names] = field(default_factory=dict)
