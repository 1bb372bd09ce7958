"""Messages for topics of a forum that are closed or deleted: said again where the topic is made anew, none lost."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from core.db.session import UnitOfWork
from services.delivery.schemas import THREAD
from services.delivery.store.sending import threads as store

LOST = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")


def is_topic_lost(error: str) -> bool:
    """Whether Telegram refused a message because the topic it was to stand in is closed or deleted."""
    return any(words in error.lower() for words in LOST)


async def say_instead(
    uow: UnitOfWork, bot_id: int, place: Mapping[str, Any], lost: int, but: Collection[str] = ()
) -> None:
    """What was to stand in a lost topic goes to another `place` (fields of a call), in its order.

    What is about one of the refs of `but` is not sent: all of that has been said anew.
    """
    rows = await store.list_of_thread(uow.conn, uow.account_id, bot_id, place["chat_id"], lost)
    for row_id, stored, error, ref in rows:
        payload = json.loads(stored)
        if payload.get(THREAD) != lost or not (error is None or is_topic_lost(error)):
            continue
        if ref in but:
            await store.drop_unsent(uow.conn, uow.account_id, row_id)
            continue
        del payload[THREAD]
        text = json.dumps({**payload, **place}, ensure_ascii=False, separators=(",", ":"))
        await store.send_elsewhere(uow.conn, uow.account_id, row_id, text, uow.real_now)
