"""The messages a tariff greets its buyer with: in order, once per access."""

from typing import Any

from core.db.session import UnitOfWork
from core.text.message import Message
from services.commerce.store import tariffs as store
from services.content.messages.rendering import calls_of
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address


async def greet_buyer(uow: UnitOfWork, tariff_id: int, to: Address, key: str) -> None:
    """Queue the tariff's messages, once per key."""
    messages = await list_greetings(uow, tariff_id)
    calls = [call for message in messages for call in calls_of(Message.model_validate(message), ())]
    for number, (method, fields) in enumerate(calls):
        payload = {"chat_id": to.chat_id, **fields}
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, payload, f"{key}:{number}"))


def first_key(access_id: int) -> str:
    """What the messages of an access are said by for the first time."""
    return f"access:{access_id}:onboarding"


async def list_greetings(uow: UnitOfWork, tariff_id: int) -> list[dict[str, Any]]:
    """The messages a tariff greets its buyer with, as documents."""
    return await store.load_onboarding(uow.conn, uow.account_id, tariff_id)
