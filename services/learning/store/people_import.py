"""Who is in a course already, and a budget that is used up from the beginning."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions
from core.db.models.learning import ai_budgets, runs
from core.db.session import dialect_insert


async def list_known(
    conn: AsyncConnection, account_id: int, bot_id: int, flow_ids: Sequence[int]
) -> set[tuple[int, int]]:
    """Who has a run in one of these flows in a bot: (chat, flow)."""
    rows = await conn.execute(
        select(runs.c.chat_id, flow_versions.c.flow_id)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id)
        .where(flow_versions.c.flow_id.in_(flow_ids))
        .distinct()
    )
    return {(row.chat_id, row.flow_id) for row in rows}


async def ban(conn: AsyncConnection, account_id: int, run_id: int, used: int, banned_at: datetime) -> None:
    """Let a run have had this many messages to the model."""
    values = {"used": used, "banned_at": banned_at}
    await conn.execute(
        dialect_insert(conn, ai_budgets)
        .values(account_id=account_id, run_id=run_id, **values)
        .on_conflict_do_update(
            index_elements=["run_id"], set_=values, where=ai_budgets.c.account_id == account_id
        )
    )
