"""A broadcast before it starts: begun by an admin, given its message, tried out, started or put away."""

from collections.abc import Sequence
from datetime import timedelta

from core.db.session import UnitOfWork
from core.lifecycle import AwaitedKind, BroadcastStatus
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.messaging.broadcasts.broadcasts import content_columns, fan_out, get_broadcast, watch
from services.messaging.schemas import Content
from services.messaging.store import broadcasts as store
from services.people import awaited

PATIENCE = timedelta(minutes=30)  # after that a message of the admin is no longer taken for the draft's
DRAFT = (BroadcastStatus.DRAFT,)


async def begin_draft(uow: UnitOfWork, bot_id: int, author_id: int, content: Content | None) -> int:
    """A new draft of this admin in this bot; the one she had there is put away. Gives its id."""
    await store.drop_drafts(uow.conn, uow.account_id, bot_id, author_id)
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "author_id": author_id,
        "created_at": uow.now,
        **(content_columns(content) if content else {}),
    }
    draft_id = await store.add_broadcast(uow.conn, uow.account_id, row)
    to = Address(bot_id, author_id)
    if content is None:
        await awaited.expect(uow, to, AwaitedKind.BROADCAST, PATIENCE, str(draft_id))
    else:
        await awaited.settle(uow, to, AwaitedKind.BROADCAST)
    return draft_id


async def keep_draft(
    uow: UnitOfWork, bot_id: int, name: str, content: Content, conditions: Sequence[str]
) -> bool:
    """Keep a message to many under a name, for those who fit the conditions; False if there is one of that name."""
    if await store.is_kept(uow.conn, uow.account_id, bot_id, name):
        return False
    row = {
        "bot_id": bot_id,
        "name": name,
        "conditions": list(conditions) or None,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "created_at": uow.now,
        **content_columns(content),
    }
    await store.add_broadcast(uow.conn, uow.account_id, row)
    return True


async def fill_draft(uow: UnitOfWork, broadcast_id: int, content: Content) -> None:
    """Give a draft its message."""
    await _stop_waiting(uow, broadcast_id)
    await store.change_broadcast(uow.conn, uow.account_id, broadcast_id, content_columns(content))


async def count_audience(uow: UnitOfWork, bot_id: int) -> int:
    """How many people would get it if it started now."""
    return await store.count_open_chats(uow.conn, uow.account_id, bot_id)


async def try_out(uow: UnitOfWork, broadcast_id: int, chat_id: int, key: str) -> bool:
    """Send it to one chat as everybody would get it; False if it has no message."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.content is None:
        return False
    to = Address(broadcast.bot_id, chat_id)
    payload = {"chat_id": chat_id, **broadcast.content.payload}
    enqueue(uow, Outgoing(to.bot_id, chat_id, broadcast.content.method, payload, key))
    return True


async def start_draft(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Send it to everyone who has the bot open; False if it was started or put away before."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.content is None or not await store.move_broadcast(
        uow.conn, uow.account_id, broadcast_id, BroadcastStatus.RUNNING, DRAFT, {}
    ):
        return False
    await fan_out(uow, broadcast_id, broadcast.bot_id, broadcast.content.method)
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
