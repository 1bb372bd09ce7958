"""`partner`: they came by this partner's link (`code`)."""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import partners, referrals
from core.db.models.people import contacts
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Names, Scope


class Partner(Params):
    """Whose."""

    code: str


def clause(asked: Partner, scope: Scope) -> ColumnElement[bool]:
    """People whom the partner brought."""
    return (
        exists()
        .where(referrals.c.account_id == scope.account_id, referrals.c.contact_id == contacts.c.id)
        .where(referrals.c.partner_id == partners.c.id)
        .where(partners.c.account_id == scope.account_id, partners.c.code == asked.code)
    )


def known_names(account_id: int) -> Select[Any]:
    """The codes of all partners."""
    return select(partners.c.code).where(partners.c.account_id == account_id)


CONDITION = Condition(Partner, clause, main="code", names={"code": Names(known_names)})
