"""`last_seen_days`: they did something in one of the bots within so many days (`days`)."""

from datetime import timedelta

from pydantic import Field
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import chats
from core.flow.conditions import Params
from services.people.conditions.base import Condition, Scope, is_among

MOST_DAYS = 3_660
SEEN = chats.alias("seen")  # an audience is joined with the chats of one bot, and these are of any


class LastSeenDays(Params):
    """How many days back."""

    days: int = Field(ge=1, le=MOST_DAYS)


def clause(asked: LastSeenDays, scope: Scope) -> ColumnElement[bool]:
    """People who were here since then; it is known to the hour."""
    since = SEEN.c.seen_at >= scope.now - timedelta(days=asked.days)
    return is_among(SEEN.c.contact_id, scope, SEEN.c.account_id == scope.account_id, since)


CONDITION = Condition(LastSeenDays, clause, main="days")
