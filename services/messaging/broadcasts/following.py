"""What comes after the first message of a broadcast that is several: said to each once the first has arrived."""

from core.db.session import UnitOfWork
from core.events import CallAnswered
from core.lifecycle import Priority
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.contents import list_following
from services.messaging.store import broadcasts as store
from services.people.contacts import find_by_telegram_id


async def on_first_answered(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Say the rest, in order; whoever was not reached gets none of it."""
    broadcast = await get_broadcast(uow, answer.ref)
    if not answer.ok or broadcast.plan is None:
        return
    chat_id, variant = await store.find_recipient(uow.conn, uow.account_id, answer.outbox_id)
    person = await find_by_telegram_id(uow, chat_id)
    language = person.language if person else uow.env.default_language
    rest = await list_following(uow, broadcast.id, broadcast.plan, variant, language)
    for number, content in enumerate(rest, start=1):
        payload = {"chat_id": chat_id, **content.payload}
        key = part_key(broadcast.id, chat_id, number)
        enqueue(
            uow, Outgoing(broadcast.bot_id, chat_id, content.method, payload, key, priority=Priority.LESSON)
        )


def part_key(broadcast_id: int, chat_id: int, number: int) -> str:
    """The dedupe key of a message that follows the first, from 1 on."""
    return f"bc:{broadcast_id}:{chat_id}:{number}"
