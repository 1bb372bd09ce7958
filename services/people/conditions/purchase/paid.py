"""`paid`: they have access to something sold now, whatever the tariff, bought or given."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses
from core.db.models.people import contacts
from core.db.open_access import is_open
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope


def clause(_: Params, scope: Scope) -> ColumnElement[bool]:
    """People with an open access."""
    return (
        exists()
        .where(accesses.c.account_id == scope.account_id, accesses.c.contact_id == contacts.c.id)
        .where(is_open(scope.now))
    )


CONDITION = Condition(Params, clause)
