"""Two accounts of one person become one: money, courses, access, tags, values and notes of the one go to the other."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from services.commerce.access.merging import take_over_purchases
from services.content.entry.tokens import take_over_links
from services.learning.enrollment.merging import take_over_courses
from services.messaging.notes import take_over_notes
from services.people import tags, variables
from services.people.schemas import Contact
from services.tenancy.bots import find_bot


@dataclass(frozen=True)
class Moved:
    """What went over."""

    orders: int = 0
    accesses: int = 0
    runs: int = 0
    notes: int = 0
    tags: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing (left) to move."""
        return self == Moved()


async def merge(uow: UnitOfWork, giver: Contact, heir: Contact) -> Moved:
    """Give all that one account has to the other, once. Raises SAME_PERSON, TWO_SUBSCRIPTIONS.

    The heir's own stays: a course they take goes on, and the giver's is parked beside it; their values count. Who came into a
    group under the other account is still in it.
    """
    if giver.id == heir.id:
        raise DomainError(ErrorKind.CONFLICT, "SAME_PERSON")
    bought = await take_over_purchases(uow, giver, heir)
    bots = [await find_bot(uow, kind) for kind in BotKind]
    runs = await take_over_courses(uow, giver, heir, [bot.id for bot in bots if bot], bought.instead)
    await take_over_links(uow, giver.id, heir.id)
    notes = await take_over_notes(uow, giver.id, heir.id)
    return Moved(bought.orders, bought.accesses, runs, notes, await _take_over_words(uow, giver, heir))


async def _take_over_words(uow: UnitOfWork, giver: Contact, heir: Contact) -> int:
    """Tags, and values under names for which the heir has none; gives the number of tags."""
    named = (await tags.load_of_many(uow.conn, uow.account_id, [giver.id])).get(giver.id, frozenset())
    for name in sorted(named):
        await tags.add_tag(uow, heir.id, name)
        await tags.remove_tag(uow, giver.id, name)
    known = await variables.load_variables(uow, heir.id)
    for name, value in (await variables.load_variables(uow, giver.id)).items():
        if name not in known:
            await variables.set_variable(uow, heir.id, name, value)
    return len(named)
