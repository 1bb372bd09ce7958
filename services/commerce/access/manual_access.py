"""Access without money: given, taken away and given back by an admin, each with a record."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from loguru import logger

from core.db.models.commerce import access_changes
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import AccessGranted, AccessRevoked
from core.lifecycle import ACCESS_MOVES, AccessChange, AccessStatus, BotKind
from services.commerce.access.onboarding import greet_buyer
from services.commerce.catalog import products
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.schemas import Access, Tariff
from services.commerce.store import access as store
from services.content.messages.templates import COURSE_LINK
from services.delivery import speech
from services.delivery.speech import Address
from services.people.contacts import get_contact, list_reachable
from services.people.schemas import Contact
from services.tenancy.bots import get_bot

NOBODY = 0  # among the admins who changed an access: it followed by itself


async def list_active_accesses(uow: UnitOfWork, contact_id: int) -> list[Access]:
    """What the person may take now, the oldest first."""
    return await store.list_active(uow.conn, uow.account_id, contact_id, uow.now)


async def give_access(uow: UnitOfWork, contact: Contact, tariff: Tariff, admin_id: int) -> bool:
    """Open a tariff to a person who has not paid, and tell them; False if they cannot be told.

    An access to it that was revoked or is over is given back instead. Raises ALREADY_BOUGHT if they have the tariff.
    """
    known = await store.find_latest(uow.conn, uow.account_id, contact.id, tariff.id, uow.now)
    if known and known.is_open(uow.now):
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_BOUGHT", tariff.code)
    if known:
        await restore_access(uow, known.id, admin_id)
        return await tell_given(uow, contact, tariff, known.id)
    row = {
        "contact_id": contact.id,
        "tariff_id": tariff.id,
        "payment_id": None,
        "status": AccessStatus.ACTIVE,
        "granted_at": uow.now,
    }
    access_id = await store.grant(uow.conn, uow.account_id, row)
    if access_id is None:
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_BOUGHT", tariff.code)
    _keep(uow, access_id, AccessChange.GIVEN, admin_id)
    uow.publish(AccessGranted(access_id, None, contact.id, tariff.id))
    return await tell_given(uow, contact, tariff, access_id)


async def revoke_access(uow: UnitOfWork, access_id: int, admin_id: int) -> bool:
    """Take an access away; False if it was before. Raises ACCESS_NOT_FOUND."""
    access = await get_access(uow, access_id)
    if not await _close(uow, access_id):
        return False
    _keep(uow, access_id, AccessChange.REVOKED, admin_id)
    uow.publish(AccessRevoked(access_id, access.contact_id, access.tariff_id))
    return True


async def extend_access(uow: UnitOfWork, access_id: int, seen_end: int, days: int, admin_id: int) -> bool:
    """Let an access end so many days later; False if it ends at another moment than was seen (seconds since 1970)."""
    access = await get_access(uow, access_id)
    if access.ends_at is None or int(access.ends_at.timestamp()) != seen_end:
        return False
    extended = await store.extend(uow.conn, uow.account_id, access, timedelta(days=days))
    if extended:
        _keep(uow, access_id, AccessChange.EXTENDED, admin_id)
    return extended


async def put_off(uow: UnitOfWork, access_id: int, seen_end: int, days: int, admin_id: int) -> None:
    """The same as `extend_access`; raises ACCESS_CHANGED if it ends at another moment than was seen, or never."""
    if not await extend_access(uow, access_id, seen_end, days, admin_id):
        raise DomainError(ErrorKind.CONFLICT, "ACCESS_CHANGED", str(access_id))


async def close_access(uow: UnitOfWork, access_id: int, change: AccessChange) -> bool:
    """Close an access for what has `change`d, and by nobody's hand; False if it was before. Raises ACCESS_NOT_FOUND."""
    access = await get_access(uow, access_id)
    if not await _close(uow, access_id):
        return False
    _keep(uow, access_id, change, NOBODY)
    uow.publish(AccessRevoked(access_id, access.contact_id, access.tariff_id))
    return True


async def reopen_ended(uow: UnitOfWork, access_id: int) -> bool:
    """Open an access again that has been paid after it had ended; False if it is open. Raises ACCESS_NOT_FOUND."""
    access = await get_access(uow, access_id)
    if not await store.reopen(uow.conn, uow.account_id, access_id, uow.now):
        return False
    _keep(uow, access_id, AccessChange.RENEWED, NOBODY)
    uow.publish(AccessGranted(access_id, None, access.contact_id, access.tariff_id))
    return True


async def restore_access(uow: UnitOfWork, access_id: int, admin_id: int) -> bool:
    """Give an access back that was taken away or is over; False if it is open. Raises ACCESS_NOT_FOUND."""
    access = await get_access(uow, access_id)
    if not await store.reopen(uow.conn, uow.account_id, access_id, uow.now):
        return False
    _keep(uow, access_id, AccessChange.RESTORED, admin_id)
    uow.publish(AccessGranted(access_id, None, access.contact_id, access.tariff_id))
    return True


async def get_access(uow: UnitOfWork, access_id: int) -> Access:
    """An access by its id; raises ACCESS_NOT_FOUND."""
    access = await store.find_access(uow.conn, uow.account_id, access_id)
    if access is None:
        raise DomainError(ErrorKind.NOT_FOUND, "ACCESS_NOT_FOUND", str(access_id))
    return access


async def get_latest(uow: UnitOfWork, contact_id: int, tariff_id: int) -> Access:
    """A person's open access to a tariff, else the last one they had; raises ACCESS_NOT_FOUND."""
    access = await store.find_latest(uow.conn, uow.account_id, contact_id, tariff_id, uow.now)
    if access is None:
        raise DomainError(ErrorKind.NOT_FOUND, "ACCESS_NOT_FOUND", f"{contact_id} {tariff_id}")
    return access


async def get_tariff_of(uow: UnitOfWork, access_id: int) -> Tariff:
    """What an access opens; raises ACCESS_NOT_FOUND."""
    return await get_tariff_by_id(uow, (await get_access(uow, access_id)).tariff_id)


async def _close(uow: UnitOfWork, access_id: int) -> bool:
    to = AccessStatus.REVOKED
    return await store.move_access(uow.conn, uow.account_id, access_id, to, ACCESS_MOVES[to])


def _keep(uow: UnitOfWork, access_id: int, change: AccessChange, admin_id: int) -> None:
    logger.bind(event=f"access.{change}", access=access_id, admin=admin_id).info("access {} by hand", change)
    row = {
        "account_id": uow.account_id,
        "access_id": access_id,
        "change": change,
        "admin_id": admin_id,
        "at": uow.now,
    }
    uow.append(access_changes, row)


async def return_access(uow: UnitOfWork, access_id: int, admin_id: int) -> None:
    """Give an access back that was taken away or is over, and tell the person; nothing happens if it is open."""
    if not await restore_access(uow, access_id, admin_id):
        return
    access = await get_access(uow, access_id)
    contact = await get_contact(uow, access.contact_id)
    tariff = await get_tariff_by_id(uow, access.tariff_id)
    await tell_given(uow, contact, tariff, access_id, text="access-returned")


async def tell_given(
    uow: UnitOfWork, contact: Contact, tariff: Tariff, access_id: int, *, text: str = "access-given"
) -> bool:
    """Say it with the way in, in the course bot if they have started it, else in the shop; there alone what is no course."""
    is_product = await products.is_product(uow, tariff)
    for kind in (BotKind.SALES,) if is_product else (BotKind.COURSE, BotKind.SALES):
        bot = await get_bot(uow, kind)
        if await list_reachable(uow, bot.id, [contact.telegram_id]):
            to = Address(bot.id, contact.telegram_id)
            key = f"access:{access_id}:given:{uow.now.timestamp():.0f}"
            key_of_text = f"{text}-product" if is_product else text
            words = speech.words(key_of_text, tariff=speech.named(tariff.name))
            speech.say(uow, to, words, key, buttons=[] if is_product else [[_course_button()]])
            if is_product:
                await greet_buyer(uow, tariff.id, to, f"{key}:onboarding")
            return True
    return False


def _course_button() -> Mapping[str, Any]:
    way_in = speech.content({"*": f"{{{{{COURSE_LINK}}}}}"})
    return speech.link_button(speech.words("button-course"), way_in)
