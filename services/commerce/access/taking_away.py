"""An access that an admin takes away: its groups close with it, and the person reads what is closed."""

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.commerce.access import leaving
from services.commerce.access.manual_access import get_access, revoke_access
from services.commerce.catalog.tariffs import prices_button
from services.commerce.schemas import Access, Membership
from services.delivery import speech
from services.delivery.speech import Address
from services.people.contacts import get_contact, list_reachable
from services.tenancy.bots import find_bot


async def take_away(uow: UnitOfWork, access_id: int, admin_id: int) -> list[Membership]:
    """Close an access and put the person out of its groups; gives those. Told once, whoever presses again."""
    is_news = await revoke_access(uow, access_id, admin_id)
    left = await leaving.remove_from_groups(uow, access_id)
    if is_news:
        await _tell(uow, await get_access(uow, access_id), await leaving.name_groups(uow, left))
    return left


async def _tell(uow: UnitOfWork, access: Access, groups: list[str]) -> None:
    """In the shop, with what else there is, or where the person can be written to."""
    person = (await get_contact(uow, access.contact_id)).telegram_id
    closed = speech.words("access-closed", tariff=speech.named(access.tariff_name))
    key = f"access:{access.id}:closed:{uow.now.timestamp():.0f}"
    for kind in (BotKind.SALES, BotKind.COURSE):
        bot = await find_bot(uow, kind)
        if bot and await list_reachable(uow, bot.id, [person]):
            buttons = [[prices_button()]] if kind is BotKind.SALES else []
            words = leaving.add_left_groups(closed, groups)
            speech.say(uow, Address(bot.id, person), words, key, buttons=buttons)
            return
