"""`tag`: they have this tag (`name`)."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import tags
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Names, Scope, is_among


class Tag(Params):
    """Which one."""

    name: str


def clause(asked: Tag, scope: Scope) -> ColumnElement[bool]:
    """People with the tag."""
    of_name = (tags.c.account_id == scope.account_id, tags.c.name == asked.name)
    return is_among(tags.c.contact_id, scope, *of_name)


def known_names(account_id: int) -> Select[Any]:
    """All tags that somebody has."""
    return select(tags.c.name).where(tags.c.account_id == account_id)


CONDITION = Condition(Tag, clause, main="name", names={"name": Names(known_names, may_come=True)})
