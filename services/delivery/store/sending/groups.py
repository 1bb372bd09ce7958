"""What waits for a group: of all it is about, the first call of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from services.delivery.schemas import QueuedCall
from services.delivery.store.due import by, is_due
from services.delivery.store.sending.heads import COLUMNS, IN_LANE, NO_BROADCAST, PENDING, read_calls


# all accounts: a bot belongs to one account
def _build() -> Select[Any]:
    first = (
        select(func.min(outbox.c.id))
        .where(outbox.c.bot_id == bindparam("bot"), outbox.c.chat_id == bindparam("chat"))
        .where(outbox.c.state.in_(IN_LANE), NO_BROADCAST)
        .group_by(func.coalesce(outbox.c.ref, ""))
    )
    return (
        select(*COLUMNS)
        .where(outbox.c.id.in_(first), outbox.c.state == PENDING, is_due(outbox.c.not_before))
        .order_by(outbox.c.id)
    )


FIRST_OF_EACH = _build()


# all accounts: a bot belongs to one account
async def list_first_of_each(
    conn: AsyncConnection, bot_id: int, chat_id: int, now: datetime
) -> list[QueuedCall]:
    """The first call about each thing (`ref`) that may leave for a chat; of what is under way about one, none."""
    rows = await conn.execute(FIRST_OF_EACH, {"bot": bot_id, "chat": chat_id, **by(now)})
    return read_calls(rows)
