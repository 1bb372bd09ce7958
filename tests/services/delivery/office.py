"""A bot's outbox in the hands of a test: calls posted, claimed and answered without Telegram."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox as table
from core.db.models.messaging import broadcasts
from core.db.session import Database
from core.lifecycle import BroadcastStatus, Priority
from services.delivery import outbox
from services.delivery.leases import take_lease
from services.delivery.schemas import Lease, Outcome, Outgoing, QueuedCall, Rendered, Sent, Unrendered
from services.delivery.sending.turns import Turns
from tests.factories.accounts import SALES_BOT

ANNA, BORIS = 501, 502
LONG = 1_000_000.0


async def own(db: Database, owner: str = "me", ttl: float = LONG, *, force: bool = True) -> Lease:
    """The lease of the sales bot."""
    lease = await take_lease(db, 1, f"bot:{SALES_BOT}", owner, ttl=ttl, force=force)
    assert lease
    return lease


async def post(
    db: Database,
    chat_id: int,
    text: str,
    priority: Priority = Priority.INTERACTIVE,
    key: str = "",
    **more: Any,
) -> None:
    """Queue a message."""
    async with db.unit(1) as uow:
        payload = {"chat_id": chat_id, "text": text}
        call = Outgoing(
            SALES_BOT, chat_id, "sendMessage", payload, key or f"{chat_id}:{text}", priority, **more
        )
        outbox.enqueue(uow, call)


async def post_bulk(db: Database, recipients: Sequence[int], text: str = "bulk") -> int:
    """A running broadcast to these chats."""
    async with db.unit(1) as uow:
        row = {
            "account_id": 1,
            "bot_id": SALES_BOT,
            "method": "sendMessage",
            "payload": json.dumps({"text": text}),
        }
        more = {"status": BroadcastStatus.RUNNING, "total": len(recipients), "created_at": uow.now}
        added = await uow.conn.execute(insert(broadcasts).values(**row, **more).returning(broadcasts.c.id))
        broadcast_id = int(added.scalar_one())
        for chat_id in recipients:
            call = Outgoing(
                SALES_BOT, chat_id, "sendMessage", {}, f"bc:{broadcast_id}:{chat_id}", Priority.BULK
            )
            row_of = {**outbox._row(uow, call), "payload": None, "broadcast_id": broadcast_id}
            uow.append(table, row_of)
    return broadcast_id


async def plain(_: AsyncConnection, calls: Sequence[QueuedCall]) -> list[Rendered | Unrendered]:
    """Renders what needs no words; a text "broken" cannot be rendered."""
    made: list[Rendered | Unrendered] = []
    for call in calls:
        fields: Mapping[str, Any] = json.loads(call.payload or "{}")
        text = fields.get("text", "")
        made.append(Unrendered(call, "no words") if text == "broken" else Rendered(call, fields, text))
    return made


async def claim(db: Database, lease: Lease, limit: int = 10, skip: Sequence[int] = ()) -> list[Rendered]:
    """What leaves next."""
    return await outbox.claim_calls(db, lease, skip, limit, plain, Turns())


async def claim_texts(db: Database, lease: Lease, limit: int = 10, skip: Sequence[int] = ()) -> list[str]:
    """The words of what leaves next."""
    return [one.text for one in await claim(db, lease, limit, skip)]


async def record(db: Database, lease: Lease, *outcomes: Outcome) -> None:
    """Commit what became of calls."""
    await outbox.record_outcomes(db, lease, outcomes)


async def land(db: Database, lease: Lease, calls: Sequence[Rendered]) -> None:
    """All of them arrived."""
    await record(db, lease, *(Sent(one.call, {"message_id": one.call.id}) for one in calls))
