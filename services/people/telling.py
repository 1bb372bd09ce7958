"""Says something to one person by themself, wherever they can be written to."""

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.people import contacts
from services.tenancy.bots import find_bot


async def tell_person(
    uow: UnitOfWork, telegram_id: int, words: Words, key: str, buttons: Keyboard = ()
) -> bool:
    """In the course bot, if they have started it, else in the shop; False if in neither."""
    for kind in (BotKind.COURSE, BotKind.SALES):
        bot = await find_bot(uow, kind)
        if bot and await contacts.list_reachable(uow, bot.id, [telegram_id]):
            speech.say(uow, Address(bot.id, telegram_id), words, key, buttons=buttons)
            return True
    return False
