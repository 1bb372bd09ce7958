"""`tariff`: they have access by this tariff now (`code`)."""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses, tariffs
from core.db.models.people import contacts
from core.db.open_access import is_open
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Names, Scope


class Tariff(Params):
    """Which one."""

    code: str


def clause(asked: Tariff, scope: Scope) -> ColumnElement[bool]:
    """People with an open access by the tariff of this code."""
    return (
        exists()
        .where(accesses.c.account_id == scope.account_id, accesses.c.contact_id == contacts.c.id)
        .where(is_open(scope.now), accesses.c.tariff_id == tariffs.c.id)
        .where(tariffs.c.account_id == scope.account_id, tariffs.c.code == asked.code)
    )


def known_names(account_id: int) -> Select[Any]:
    """The codes of all tariffs."""
    return select(tariffs.c.code).where(tariffs.c.account_id == account_id)


NAMES = Names(known_names, title=tariffs.c.name)
CONDITION = Condition(Tariff, clause, main="code", names={"code": NAMES})
