"""`language`: they are spoken to in this language (`code`)."""

from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope


class Language(Params):
    """Which one."""

    code: str


def clause(asked: Language, _: Scope) -> ColumnElement[bool]:
    """People of the language."""
    return contacts.c.language == asked.code


CONDITION = Condition(Language, clause, main="code")
