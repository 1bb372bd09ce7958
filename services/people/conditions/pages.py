"""The people of an account in pages: all of them, or for whom conditions hold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Order, Slice
from core.db.models.people import contacts
from core.db.session import UnitOfWork
from core.text.refusal import InputRefused, Refused
from services.people.conditions.audience import fitting
from services.people.conditions.base import Scope
from services.people.conditions.known_names import load_checked
from services.people.conditions.tree import Node, read_tree
from services.people.schemas import Contact
from services.people.store import contacts as store
from services.people.store.variables import load_variables

WRONG = "CONDITION_WRONG"
PROBED, MANY = 5_000, 500
"""Of so many people, the last who came, so many have to fit."""
ORDERS: Mapping[str, Order] = {
    "-id": Order((contacts.c.id,), descending=True),
    "id": Order((contacts.c.id,)),
}
"""In which orders people are listed, by the names the API has for them: who came last is first."""


@dataclass(frozen=True)
class Facts:
    """Somebody with what is noted about them."""

    contact: Contact
    tags: frozenset[str]
    variables: Mapping[str, str]

    @property
    def id(self) -> int:
        """Their number, by which they stand in a list."""
        return self.contact.id


async def read_people(uow: UnitOfWork, document: Any = None) -> ColumnElement[bool]:
    """The people for whom a tree of conditions holds, all without one; raises CONDITION_WRONG for what asks nothing."""
    scope = Scope(uow.account_id, uow.now)
    if document is None or document == {"all": []}:
        return fitting(None, scope)
    try:
        tree = await load_checked(uow.conn, uow.account_id, read_tree(document))
    except Refused as refused:
        raise InputRefused(WRONG, refused.words) from None
    people = fitting(tree, scope)
    return people if await _fits_many(uow, people) else _look_for_few(tree, scope)


async def _fits_many(uow: UnitOfWork, people: ColumnElement[bool]) -> bool:
    """Whether it pays to go along the people until a page is full: of who came last, many fit."""
    mine = select(contacts.c.id).where(contacts.c.account_id == uow.account_id)
    floor = await uow.conn.scalar(mine.order_by(contacts.c.id.desc()).offset(PROBED).limit(1))
    if floor is None:
        return True
    newest = and_(people, contacts.c.id > floor)
    return await store.count_people(uow.conn, uow.account_id, newest, MANY) == MANY


def _look_for_few(tree: Node, scope: Scope) -> ColumnElement[bool]:
    """The same people, found by what they have: whoever does not fit is not looked at."""
    mine, few = contacts.c.account_id == scope.account_id, replace(scope, for_few=True)
    return and_(mine, contacts.c.id.in_(select(contacts.c.id).where(fitting(tree, few)).correlate(None)))


async def list_people(uow: UnitOfWork, people: ColumnElement[bool], part: Slice) -> list[Facts]:
    """A part of these people, with what is noted about them."""
    return await _load_facts(uow, await store.list_page(uow.conn, uow.account_id, people, part))


async def get_facts(uow: UnitOfWork, contact: Contact) -> Facts:
    """One of them."""
    return (await _load_facts(uow, [contact]))[0]


async def count_people(uow: UnitOfWork, people: ColumnElement[bool], most: int | None) -> int:
    """How many there are, counted up to `most`, or all."""
    return await store.count_people(uow.conn, uow.account_id, people, most)


async def _load_facts(uow: UnitOfWork, people: list[Contact]) -> list[Facts]:
    ids = [person.id for person in people]
    tags = await store.load_tags(uow.conn, uow.account_id, ids)
    variables = await load_variables(uow.conn, uow.account_id, ids)
    return [
        Facts(person, tags.get(person.id, frozenset()), variables.get(person.id, {})) for person in people
    ]
