"""Jobs one batch after the other, as tests want them."""

import asyncio
from collections.abc import Mapping

from core.db.session import Database
from services.delivery.jobs import Lane, Perform, claim_due, perform


async def run_due(db: Database, performers: Mapping[str, Perform], at_once: int = 8) -> int:
    """Perform what is due side by side, and wait for all of it; says how many there were."""
    claimed = await claim_due(db, [Lane("all", at_once, performers)], {"all": at_once})
    await asyncio.gather(*(perform(db, performers, job) for job in claimed))
    return len(claimed)
