"""Who gets a broadcast: a waiting call for each, put in line together and taken out again."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from services.delivery.outbox import topic_of
from services.delivery.schemas import BulkCall, Followers
from services.delivery.store.sending import recipients as store


async def add_recipients(uow: UnitOfWork, broadcast_id: int, call: BulkCall, people: Any) -> int:
    """Put people (a selection of their Telegram ids and zones) in line, and wake the sender; says how many."""
    uow.wake(topic_of(call.bot_id))
    return await store.add_recipients(uow.conn, uow.account_id, broadcast_id, call, people, now=uow.now)


async def cancel_waiting(uow: UnitOfWork, broadcast_id: int, limit: int) -> int:
    """Take up to `limit` recipients who still wait out of the line; says how many."""
    return await store.cancel_waiting(uow.conn, uow.account_id, broadcast_id, limit)


async def count_arrived(uow: UnitOfWork, broadcast_id: int, sent_from: datetime | None = None) -> int:
    """How many have its message; with `sent_from` (real time) how many got it no earlier."""
    return await store.count_arrived(uow.conn, uow.account_id, broadcast_id, sent_from)


async def is_under_way(
    uow: UnitOfWork, bot_id: int, broadcast_ids: Sequence[int], until: datetime | None = None
) -> bool:
    """Whether something of these is on the wire; with `until` (real time) what left by then."""
    return await store.is_under_way(uow.conn, uow.account_id, bot_id, broadcast_ids, until)


async def follow_up(uow: UnitOfWork, who: Followers) -> list[int]:
    """Put them in line; gives the chats of those who were not there before."""
    return await store.add_followers(uow.conn, uow.account_id, who, uow.now)


async def release(
    uow: UnitOfWork, broadcast_id: int, bot_id: int, *, wave: int, winner: int | None, limit: int
) -> int:
    """Let people of a wave get it now, and wake the sender; says how many. The rest gets the `winner`, and waits without one."""
    uow.wake(topic_of(bot_id))
    return await store.release(uow.conn, uow.account_id, broadcast_id, wave=wave, winner=winner, limit=limit)


async def withdraw(uow: UnitOfWork, broadcast_id: int, wave: int, limit: int) -> int:
    """Have people of a wave who have not got it wait for its next moment; says how many."""
    return await store.withdraw(uow.conn, uow.account_id, broadcast_id, wave, limit)


async def cancel_person(uow: UnitOfWork, broadcast_ids: Sequence[int], chat_id: int) -> int:
    """Take somebody who waits out of the line of these broadcasts; says of how many."""
    return await store.cancel_person(uow.conn, uow.account_id, broadcast_ids, chat_id)


async def is_trial_under_way(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Whether somebody who is to get a variant has not got it yet."""
    return await store.is_trial_under_way(uow.conn, uow.account_id, broadcast_id)


async def list_pieces(uow: UnitOfWork, broadcast_id: int, outbox_id: int) -> tuple[int, list[int]]:
    """The chat of a call, and the numbers of the album it got of a broadcast but the first; none if it was no album."""
    chat_id, answer = await store.find_answer(uow.conn, uow.account_id, broadcast_id, outbox_id)
    shown = json.loads(answer) if answer else None
    return chat_id, [entry["message_id"] for entry in shown[1:]] if isinstance(shown, list) else []
