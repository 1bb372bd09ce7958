"""While a person talks with a live operator nothing of their courses and funnels comes; afterwards all goes on by itself."""

from core.db.session import UnitOfWork
from core.flow.events import Held, Released
from core.flow.run import HoldReason, RunStatus
from services.learning.runs import runs
from services.learning.store import runs as store

"""Why such a run is held."""


async def hold_runs(uow: UnitOfWork, contact_id: int) -> None:
    """Set their runs aside, on both bots."""
    for stored in await store.list_with_status(uow.conn, uow.account_id, contact_id, (RunStatus.ACTIVE,)):
        await runs.deliver(uow, stored.id, Held(HoldReason.OPERATOR))


async def release_runs(uow: UnitOfWork, contact_id: int) -> None:
    """Let them go on: what came due meanwhile comes now, lessons one a day."""
    for stored in await store.list_with_status(uow.conn, uow.account_id, contact_id, (RunStatus.HELD,)):
        if stored.value.held_for == HoldReason.OPERATOR:
            await runs.deliver(uow, stored.id, Released())
