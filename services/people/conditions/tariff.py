"""`tariff`: she has access by this tariff now (`code`)."""

from sqlalchemy import exists, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses, tariffs
from core.db.models.people import contacts
from core.flow.conditions import Params
from core.lifecycle import AccessStatus
from services.people.conditions.base import Condition, Scope


class Tariff(Params):
    """Which one."""

    code: str


def clause(asked: Tariff, scope: Scope) -> ColumnElement[bool]:
    """People with an open access by the tariff of this code."""
    return (
        exists()
        .where(accesses.c.account_id == scope.account_id, accesses.c.contact_id == contacts.c.id)
        .where(accesses.c.status == AccessStatus.ACTIVE, accesses.c.tariff_id == tariffs.c.id)
        .where(or_(accesses.c.ends_at.is_(None), accesses.c.ends_at > scope.now))
        .where(tariffs.c.account_id == scope.account_id, tariffs.c.code == asked.code)
    )


CONDITION = Condition(Tariff, clause)
