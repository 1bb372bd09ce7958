"""One person's courses become another's, when two accounts turn out to be one person's."""

from collections.abc import Mapping, Sequence

from core.db.session import UnitOfWork
from services.learning import run_lookup
from services.learning.enrollment.courses import park_active
from services.learning.store import merging as store
from services.people.schemas import Contact


async def take_over_courses(
    uow: UnitOfWork, giver: Contact, heir: Contact, bot_ids: Sequence[int], instead: Mapping[int, int]
) -> int:
    """Runs, questions and certificates go over; where both are active in a bot the heir's goes on and the giver's waits.

    `instead` names the heir's access in place of one that could not go over.
    """
    for access_id, heirs_id in instead.items():
        await store.follow_access(uow.conn, uow.account_id, access_id, heirs_id)
    for bot_id in bot_ids:
        if await run_lookup.find_active(uow, heir, bot_id) is not None:
            await park_active(uow, giver, bot_id)
    return await store.take_over(uow.conn, uow.account_id, giver.id, heir.id, heir.telegram_id)
