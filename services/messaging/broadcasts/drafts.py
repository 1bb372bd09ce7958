"""A broadcast before it starts: begun by an admin, given its message, tried out, started or put away."""

from datetime import timedelta

from core.db.session import Row, UnitOfWork
from core.lifecycle import AwaitedKind, BroadcastStatus
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.broadcasts import get_broadcast, watch
from services.messaging.broadcasts.contents import read_contents
from services.messaging.broadcasts.starting import start
from services.messaging.store import broadcasts as store
from services.people import awaited

PATIENCE = timedelta(minutes=30)  # after that a message of the admin is no longer taken for the draft's
DRAFT = (BroadcastStatus.DRAFT,)


async def begin_draft(uow: UnitOfWork, bot_id: int, author_id: int, plan: Plan | None) -> int:
    """A new draft of this admin in this bot; the one she had there is put away. Gives its id."""
    await store.drop_drafts(uow.conn, uow.account_id, bot_id, author_id)
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "author_id": author_id,
        "created_at": uow.now,
        **(plan_columns(plan) if plan else {}),
    }
    draft_id = await store.add_broadcast(uow.conn, uow.account_id, row)
    to = Address(bot_id, author_id)
    if plan is None:
        await awaited.expect(uow, to, AwaitedKind.BROADCAST, PATIENCE, str(draft_id))
    else:
        await awaited.settle(uow, to, AwaitedKind.BROADCAST)
    return draft_id


def plan_columns(plan: Plan) -> Row:
    """The definition as the broadcast's row keeps it."""
    return {"name": plan.name, "definition": plan.dump()}


async def keep_draft(uow: UnitOfWork, bot_id: int, plan: Plan) -> bool:
    """Keep a broadcast under its name, to be sent later; False if there is one of that name."""
    if await store.is_kept(uow.conn, uow.account_id, bot_id, plan.name):
        return False
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "created_at": uow.now,
        **plan_columns(plan),
    }
    await store.add_broadcast(uow.conn, uow.account_id, row)
    return True


async def fill_draft(uow: UnitOfWork, broadcast_id: int, plan: Plan) -> None:
    """Give a draft its definition."""
    await _stop_waiting(uow, broadcast_id)
    await store.change_broadcast(uow.conn, uow.account_id, broadcast_id, plan_columns(plan))


async def try_out(uow: UnitOfWork, broadcast_id: int, chat_id: int, key: str) -> bool:
    """Send it to one chat as everybody would get it; False if it has no message."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.plan is None:
        return False
    contents = await read_contents(uow, broadcast_id, broadcast.plan)
    for number, content in enumerate(contents):
        payload = {"chat_id": chat_id, **content.payload}
        enqueue(uow, Outgoing(broadcast.bot_id, chat_id, content.method, payload, f"{key}:{number}"))
    return True


async def start_draft(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Send it to whom it is for; False if it was started or put away before."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.plan is None or not await start(uow, broadcast_id, broadcast.bot_id, broadcast.plan):
        return False
    await watch(uow, broadcast_id)
    return True


async def drop_draft(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Put it away unsent; False if it was started or put away before."""
    await _stop_waiting(uow, broadcast_id)
    ended = {"finished_at": uow.now}
    return await store.move_broadcast(
        uow.conn, uow.account_id, broadcast_id, BroadcastStatus.CANCELLED, DRAFT, ended
    )


async def _stop_waiting(uow: UnitOfWork, broadcast_id: int) -> None:
    """Its author's next message is not this draft's, if it was to be."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.author_id is None:
        return
    to = Address(broadcast.bot_id, broadcast.author_id)
    waits = await awaited.find(uow, to)
    if waits and waits.about == str(broadcast_id):
        await awaited.settle(uow, to, AwaitedKind.BROADCAST)
