"""`tag`: she has this tag (`name`)."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts, tags
from services.people.conditions.base import Condition, Params, Scope


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


CONDITION = Condition(Tag, clause)
