"""Single calls as drills make them, and their rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.db.models.delivery import outbox
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import Priority
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from tests.faults.town import SALES_ID
from tests.faults.waiting import until


async def post(
    db: Database, chat_id: int, text: str, priority: Priority = Priority.INTERACTIVE, **more: Any
) -> None:
    """Have the sales bot say something; the text is its own dedupe key."""
    payload = {"chat_id": chat_id, "text": text}
    async with db.unit(FIRST_ACCOUNT) as uow:
        enqueue(
            uow, Outgoing(SALES_ID, chat_id, "sendMessage", payload, f"{chat_id}:{text}", priority, **more)
        )


async def rows(db: Database) -> list[Any]:
    """The whole outbox."""
    async with db.reading() as conn:
        return list(await conn.execute(select(outbox).order_by(outbox.c.id)))


async def states(db: Database) -> Mapping[str, str]:
    """State by dedupe key."""
    return {row.dedupe_key: row.state for row in await rows(db)}


async def wait_for_state(db: Database, state: str, seconds: float = 60) -> None:
    """Until every call is in this state."""

    async def is_so() -> bool:
        found = await states(db)
        return bool(found) and set(found.values()) == {state}

    await until(is_so, seconds, f"all calls are {state}")
