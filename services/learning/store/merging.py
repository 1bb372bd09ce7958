"""What one person has of courses becomes another's."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import certificates, questions, review_topics, runs
from core.db.reassign import reassign
from core.lifecycle import QuestionStatus


async def follow_access(conn: AsyncConnection, account_id: int, access_id: int, heirs_id: int) -> None:
    """What was open by one access is open by another one."""
    await conn.execute(
        update(runs)
        .where(runs.c.account_id == account_id, runs.c.access_id == access_id)
        .values(access_id=heirs_id)
    )


async def take_over(
    conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int, chat_id: int
) -> int:
    """Runs, questions and certificates; what is said to them comes to the heir's chat. Says how many runs there were."""
    people, place = (contact_id, heir_id), {"chat_id": chat_id}
    moved = await reassign(conn, runs, account_id, people, more=place)
    await reassign(
        conn, questions, account_id, people, only=lambda its: its.c.status != QuestionStatus.OPEN.value
    )
    await reassign(conn, certificates, account_id, people)
    await reassign(conn, review_topics, account_id, people, alone=("bot_id", "chat_id"))
    return moved
