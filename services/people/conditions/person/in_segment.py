"""`in_segment`: they are in a saved segment (`name`)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import segment_members, segments
from core.flow.conditions import Params
from core.text.refusal import MOST_GIVEN, Refused
from services.people.conditions.base import Condition, Scope, StandsFor, is_among


class InSegment(Params):
    """Which one."""

    name: str


class KnownSegment(InSegment):
    """With its row."""

    id: int


async def load(conn: AsyncConnection, account_id: int, asked: InSegment) -> KnownSegment | StandsFor:
    """A live segment is its conditions; raises Refused for a name that is no segment's."""
    rows = await conn.execute(
        select(segments).where(segments.c.account_id == account_id, segments.c.name == asked.name)
    )
    segment = rows.one_or_none()
    if segment is None:
        raise Refused("refused-no-segment", given=asked.name[:MOST_GIVEN])
    return StandsFor(segment.audience) if segment.is_live else KnownSegment(name=asked.name, id=segment.id)


def clause(asked: KnownSegment, scope: Scope) -> ColumnElement[bool]:
    """People who were put into it."""
    of_segment = (segment_members.c.account_id == scope.account_id, segment_members.c.segment_id == asked.id)
    return is_among(segment_members.c.contact_id, scope, *of_segment)


CONDITION = Condition(InSegment, clause, main="name", load=load)
