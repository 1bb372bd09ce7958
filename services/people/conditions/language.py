"""`language`: she is spoken to in this language (`code`)."""

from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from services.people.conditions.base import Condition, Params, Scope


class Language(Params):
    """Which one."""

    code: str


def clause(asked: Language, _: Scope) -> ColumnElement[bool]:
    """People of the language."""
    return contacts.c.language == asked.code


CONDITION = Condition(Language, clause)
