"""Who of an account's people fits: the list that the conditions of broadcasts, segments and triggers give."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Order, Slice
from core.db.models.people import contacts
from core.db.session import Database, UnitOfWork
from services.people.conditions.audience import fitting
from services.people.conditions.base import Scope
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.forms import NOT, read_line
from services.people.conditions.known_names import load_checked
from services.people.conditions.tree import read_tree
from services.people.schemas import Contact
from services.people.store import contacts as store

PAGE = 1_000
FIRST_AHEAD = Order((contacts.c.id,))


def is_where(line: str) -> bool:
    """Whether a line asks a condition, and is no name of somebody."""
    first, _, rest = line.strip().partition(" ")
    asked = rest if first.casefold() in NOT else line
    return asked.partition(":")[0].strip() in CONDITIONS


async def read_where(uow: UnitOfWork, lines: Sequence[str]) -> ColumnElement[bool]:
    """The people for whom all the lines hold, every one without any; raises Refused for what asks nothing, or names nothing."""
    asked = [read_line(line) for line in lines]
    tree = await load_checked(uow.conn, uow.account_id, read_tree(asked)) if asked else None
    return fitting(tree, Scope(uow.account_id, uow.now))


async def iterate_people(db: Database, account_id: int, where: ColumnElement[bool]) -> AsyncIterator[Contact]:
    """All of them, who came first ahead; read page by page, so that nobody waits for it."""
    after: list[int] | None = None
    async with db.reading() as conn:
        while page := await store.list_page(conn, account_id, where, Slice(FIRST_AHEAD, PAGE, after)):
            for person in page:
                yield person
            after = [page[-1].id]
