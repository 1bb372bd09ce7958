"""`joined_group`: they are in this group or channel (`chat`), by a tariff of theirs or as Telegram has told of them."""

from pydantic import Field
from sqlalchemy import exists, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import communities, memberships
from core.db.models.people import contacts
from core.db.models.tenancy import group_people
from core.flow.conditions import Params
from core.lifecycle import MembershipStatus
from services.people.conditions.base import Condition, Scope

LEAST_CHAT = -(2**52)


class JoinedGroup(Params):
    """Its number at Telegram, below zero."""

    chat: int = Field(lt=0, ge=LEAST_CHAT)


def clause(asked: JoinedGroup, scope: Scope) -> ColumnElement[bool]:
    """People who joined it and have not left."""
    by_tariff = (
        exists()
        .where(memberships.c.account_id == scope.account_id, memberships.c.user_id == contacts.c.telegram_id)
        .where(memberships.c.status == MembershipStatus.JOINED)
        .where(memberships.c.community_id == communities.c.id)
        .where(communities.c.account_id == scope.account_id, communities.c.chat_id == asked.chat)
    )
    seen = exists().where(
        group_people.c.account_id == scope.account_id,
        group_people.c.telegram_id == contacts.c.telegram_id,
        group_people.c.chat_id == asked.chat,
        group_people.c.is_inside,
    )
    return or_(by_tariff, seen)


CONDITION = Condition(JoinedGroup, clause, main="chat")
