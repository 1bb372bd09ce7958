"""Which live operator is rung next."""

from collections.abc import Collection

from core.db.session import UnitOfWork
from services.messaging.store import handoffs as store
from services.people import contacts
from services.tenancy.members import list_operators


async def is_operator(uow: UnitOfWork, telegram_id: int) -> bool:
    """Whether somebody takes hand-offs."""
    return telegram_id in await list_operators(uow.conn, uow.env, uow.account_id)


async def find_free(uow: UnitOfWork, bot_id: int, but: Collection[int]) -> int | None:
    """The operator whose last turn is longest ago, of those who have started the bot and are not engaged."""
    reachable = await contacts.list_reachable(
        uow, bot_id, await list_operators(uow.conn, uow.env, uow.account_id)
    )
    engaged = await store.list_engaged(uow.conn, uow.account_id)
    free = [operator for operator in reachable if operator not in engaged and operator not in but]
    turns = await store.list_last_turns(uow.conn, uow.account_id, free)
    return min(free, key=lambda operator: (turns.get(operator, 0), operator), default=None)
