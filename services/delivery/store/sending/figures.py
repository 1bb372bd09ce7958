"""What waits of the outbox, counted by its partial indexes: what is over is in none, and is not counted."""

from sqlalchemy import ScalarSelect, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import outbox
from services.delivery.store.sending.heads import PENDING, SENDING

HOLD: ColumnElement[str] = literal_column("'hold'")


# all accounts: a figure of the whole process
def _count(state: ColumnElement[str], *more: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(outbox).where(outbox.c.state == state, *more).scalar_subquery()


# all accounts: a figure of the whole process
UNFINISHED = select(
    (
        _count(PENDING, outbox.c.broadcast_id.is_(None)) + _count(PENDING, outbox.c.broadcast_id.is_not(None))
    ).label("pending"),
    _count(SENDING).label("sending"),
    _count(HOLD).label("hold"),
)


# all accounts: a figure of the whole process
async def count_unfinished(conn: AsyncConnection) -> dict[str, int]:
    """How many calls wait, are under way or are held for a person; what is over has no index of its own."""
    row = (await conn.execute(UNFINISHED)).one()
    return {state: number for state, number in row._asdict().items() if number}
