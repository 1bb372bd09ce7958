"""Another tariff of the same course for a person, by an admin: what is open closes as the other one opens, in one unit."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from services.commerce.access.manual_access import get_access, give_access, revoke_access
from services.commerce.catalog.tariffs import get_tariff_by_id, list_tariffs
from services.commerce.catalog.terms import find_terms
from services.commerce.schemas import Access, Tariff
from services.people.contacts import get_contact


@dataclass(frozen=True)
class Change:
    """From which access to which tariff, and what the person would pay for it themself: the price less what they paid."""

    access: Access
    tariff: Tariff
    difference: int


async def list_changes(uow: UnitOfWork, access: Access) -> list[Change]:
    """The other tariffs of the same course that are on sale."""
    course = (await get_tariff_by_id(uow, access.tariff_id)).flow_id
    others = [
        tariff
        for tariff in await list_tariffs(uow)
        if tariff.flow_id == course and tariff.id != access.tariff_id
    ]
    return [await describe_change(uow, access, tariff) for tariff in others]


async def describe_change(uow: UnitOfWork, access: Access, tariff: Tariff) -> Change:
    """What a change comes to now."""
    person = await get_contact(uow, access.contact_id)
    quote = (await find_terms(uow, person, tariff)).quote
    return Change(access, tariff, max(0, quote.price - quote.credit))


async def change_tariff(uow: UnitOfWork, access_id: int, tariff_id: int, admin_id: int) -> Change | None:
    """Open the other tariff and close the former one; None if that one is not open any more. Raises ALREADY_BOUGHT.

    No money moves: what they are to pay or to have back is the admin's business.
    """
    access = await get_access(uow, access_id)
    if not access.is_open(uow.now):
        return None
    change = await describe_change(uow, access, await get_tariff_by_id(uow, tariff_id))
    person = await get_contact(uow, access.contact_id)
    await give_access(uow, person, change.tariff, admin_id)
    await revoke_access(uow, access_id, admin_id)
    return change
