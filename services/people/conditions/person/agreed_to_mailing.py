"""`agreed_to_mailing`: they have said yes to messages that go to many, and not no since."""

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from core.lifecycle import Mailing
from services.people.conditions.base import Condition, Scope


def clause(_: Params, __: Scope) -> ColumnElement[bool]:
    """People who ticked the box, or came back."""
    return func.coalesce(contacts.c.mailing, "") == Mailing.AGREED.value


CONDITION = Condition(Params, clause)
