"""One person's purchases become another's, when two accounts turn out to be one person's."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.commerce.store import merging as store
from services.people.schemas import Contact


async def take_over_purchases(uow: UnitOfWork, giver: Contact, heir: Contact) -> tuple[int, int]:
    """Orders with their money, and accesses with what is paid for them later; says how many of each.

    Raises TWO_SUBSCRIPTIONS, and moves nothing, where both go on paying for the same.
    """
    if await store.is_charged_twice(uow.conn, uow.account_id, giver.id, heir.id):
        raise DomainError(ErrorKind.CONFLICT, "TWO_SUBSCRIPTIONS")
    return await store.take_over(uow.conn, uow.account_id, giver.id, heir.id, heir.telegram_id)
