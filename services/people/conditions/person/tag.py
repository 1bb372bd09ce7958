"""`tag`: they have this tag (`name`)."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts, tags
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope


class Tag(Params):
    """Which one."""

    name: str


def clause(asked: Tag, scope: Scope) -> ColumnElement[bool]:
    """People with the tag."""
    return exists().where(
        tags.c.account_id == scope.account_id,
        tags.c.contact_id == contacts.c.id,
        tags.c.name == asked.name,
    )


CONDITION = Condition(Tag, clause, main="name")
