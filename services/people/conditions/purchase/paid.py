"""`paid`: they have access to something sold now, whatever the tariff, bought or given."""

from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses
from core.db.open_access import is_open
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope, is_among


def clause(_: Params, scope: Scope) -> ColumnElement[bool]:
    """People with an open access."""
    mine = accesses.c.account_id == scope.account_id
    return is_among(accesses.c.contact_id, scope, mine, is_open(scope.now))


CONDITION = Condition(Params, clause)
