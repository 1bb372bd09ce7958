"""The people who run the account, as somebody who has something to tell them."""

from collections.abc import Sequence

from core.db.session import UnitOfWork
from services.delivery import speech
from services.delivery.outbox import list_shown
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.people.contacts import find_by_telegram_id, list_reachable
from services.tenancy import members
from services.tenancy.bots import list_own
from services.tenancy.permissions import Permission


async def list_admins(uow: UnitOfWork) -> Sequence[Address]:
    """Where each admin can be written to, in the shop if they have started it, else in the course bot."""
    who = await members.list_who_may(uow, Permission.ADMINISTER)
    admins: dict[int, Address] = {}
    working = [bot for bot in await list_own(uow) if not (bot.ended or bot.trouble)]
    for bot in reversed(working):  # what counts most comes last
        for admin in await list_reachable(uow, bot.id, who):
            admins[admin] = Address(bot.id, admin)
    return list(admins.values())


async def list_admins_in(uow: UnitOfWork, bot_id: int) -> list[int]:
    """The admins who have started a bot and not blocked it."""
    return await list_reachable(uow, bot_id, await members.list_who_may(uow, Permission.ADMINISTER))


async def tell_admins(
    uow: UnitOfWork, words: Words, key: str, buttons: Keyboard = (), ref: str | None = None
) -> int:
    """Say something, `ref` names what it is about, to every admin who can be written to, once per key; says how many they are."""
    admins = await list_admins(uow)
    for admin in admins:
        speech.say(uow, admin, words, f"{key}:{admin.chat_id}", buttons=buttons, ref=ref)
    return len(admins)


async def end_cards(uow: UnitOfWork, admin: Address, ref: str, words: Words) -> bool:
    """Put other words, and no buttons, into all that an admin has been shown of what `ref` names; False if that is nothing."""
    shown = await list_shown(uow, admin.bot_id, admin.chat_id, ref)
    cards = [(card.dedupe_key, card.message_id) for card in shown if card.message_id is not None]
    for key, message_id in cards:
        speech.show(uow, Screen(admin, f"{key}:over", message_id), words)
    return bool(cards)


async def find_zone(uow: UnitOfWork) -> str:
    """The time zone of the first admin who has met a bot: what dates mean that come without one."""
    for telegram_id in await members.list_who_may(uow, Permission.ADMINISTER):
        admin = await find_by_telegram_id(uow, telegram_id)
        if admin is not None:
            return admin.zone
    return "UTC"


async def list_silent_owners(uow: UnitOfWork) -> list[int]:
    """Telegram ids of owners who have started neither bot: nothing can be said to them, no digest and no trouble."""
    owners = await members.list_who_may(uow, Permission.OWN)
    reached: set[int] = set()
    for bot in await list_own(uow):
        if not bot.ended:
            reached |= set(await list_reachable(uow, bot.id, owners))
    return [owner for owner in owners if owner not in reached]
