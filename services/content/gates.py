"""Which groups and channels the flows that are on bots ask people to join."""

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.steps.subscribe import SubscribeStep
from services.content.flows import find_latest
from services.content.store import deployments as store


async def list_gates(uow: UnitOfWork, flow_id: int | None = None) -> list[tuple[int, int]]:
    """(bot, chat) of each, of one flow or of all, each once: there the bot has to see who is in."""
    gates: dict[tuple[int, int], None] = {}
    for deployed, bot_id in await store.list_on_bots(uow.conn, uow.account_id):
        if flow_id not in (None, deployed):
            continue
        version = await find_latest(uow, deployed)
        for chat_id in chats_of(version.flow) if version else ():
            gates[bot_id, chat_id] = None
    return list(gates)


def chats_of(flow: Flow) -> list[int]:
    """The chats a flow asks to join."""
    return [step.chat for step in flow.steps if isinstance(step, SubscribeStep)]
