"""What a visit has before the person's eyes."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.lifecycle import OutboxState
from services.learning.schemas import ShownCall


async def list_shown(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, ref: str
) -> list[ShownCall]:
    """The calls of a visit that Telegram took or is taking, in order."""
    rows = await conn.execute(
        select(outbox.c.dedupe_key, outbox.c.payload, outbox.c.telegram_message_id)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.ref == ref)
        .where(or_(outbox.c.state == OutboxState.SENDING, outbox.c.telegram_message_id.is_not(None)))
        .order_by(outbox.c.id)
    )
    return [ShownCall(row.dedupe_key, row.payload, row.telegram_message_id) for row in rows]
