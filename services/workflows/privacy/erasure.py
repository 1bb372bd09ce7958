"""`/deleteme`: asked twice, undone within seven days, then everything personal is emptied and what the law asks stays nameless."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from loguru import logger

from core.db.personal import rows
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import TimerDue
from core.presses import PressKind
from services.commerce.subscriptions import subscriptions
from services.content.messages.media import forget_file
from services.delivery import speech
from services.delivery.speech import Screen, Words
from services.delivery.timers import drop_timers, find_due_at, set_timer
from services.people.contacts import get_contact
from services.people.schemas import Contact
from services.people.telling import tell_person
from services.tenancy.members import load_roles
from services.workflows.privacy.handing_out import subject_of

ERASE = "erase"  # kind of the timer
PRESS = PressKind.ERASE  # kind of the buttons: yes, no, undo
PATIENCE = timedelta(days=7)


async def show(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Ask whether they mean it, or say when it happens; who works here is told that their role comes first."""
    if await load_roles(uow, contact.telegram_id):
        speech.show(uow, screen, speech.words("erase-member"))
        return
    due = await find_due_at(uow, ERASE, _key(contact.id))
    if due is not None:
        speech.show(uow, screen, _planned(due, contact), [[_button("undo")]])
        return
    speech.show(uow, screen, speech.words("erase-ask"), [[_button("yes")], [_button("no")]])


async def press(uow: UnitOfWork, contact: Contact, pressed: str, screen: Screen) -> None:
    """Plan it, leave it, or undo it; a press that was made before shows how it stands."""
    if pressed == "undo":
        await drop_timers(uow, ERASE, _key(contact.id))
        speech.show(uow, screen, speech.words("erase-undone"))
    elif pressed == "no":
        await _stay(uow, contact, screen)
    elif await find_due(uow, contact.id) is None and not await load_roles(uow, contact.telegram_id):
        speech.show(uow, screen, await _begin(uow, contact), [[_button("undo")]])
    else:
        await show(uow, contact, screen)


async def plan(uow: UnitOfWork, contact: Contact) -> bool:
    """Have somebody forgotten after the time in which it can be undone, as they read; False if that is planned already.

    Raises CONTACT_IS_MEMBER.
    """
    if await load_roles(uow, contact.telegram_id):
        raise DomainError(ErrorKind.CONFLICT, "CONTACT_IS_MEMBER")
    if await find_due(uow, contact.id) is not None:
        return False
    said, key = await _begin(uow, contact), _news_key(uow, contact, "planned")
    await tell_person(uow, contact.telegram_id, said, key, [[_button("undo")]])
    return True


async def _begin(uow: UnitOfWork, contact: Contact) -> Words:
    """Plan it; gives what they read: until when it can be undone, and whether that stops a subscription."""
    due = uow.now + PATIENCE
    await set_timer(uow, ERASE, _key(contact.id), due, {"contact_id": contact.id})
    stopped = await subscriptions.stop_all(uow, contact.id)
    return speech.lines(_planned(due, contact), *([speech.words("erase-subscriptions")] if stopped else []))


async def undo(uow: UnitOfWork, contact: Contact) -> bool:
    """Have them stay after all, as they read; False if nothing was planned."""
    if await find_due(uow, contact.id) is None:
        return False
    await drop_timers(uow, ERASE, _key(contact.id))
    await tell_person(
        uow, contact.telegram_id, speech.words("erase-undone"), _news_key(uow, contact, "undone")
    )
    return True


def _news_key(uow: UnitOfWork, contact: Contact, what: str) -> str:
    return f"erase:{contact.id}:{what}:{uow.real_now.timestamp():.3f}"


async def find_due(uow: UnitOfWork, contact_id: int) -> datetime | None:
    """When they are forgotten, if that is planned."""
    return await find_due_at(uow, ERASE, _key(contact_id))


async def _stay(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """They changed their mind before; what is planned already stays planned, and is shown."""
    if await find_due(uow, contact.id) is None:
        speech.show(uow, screen, speech.words("erase-kept"))
    else:
        await show(uow, contact, screen)


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """The time to undo it is over; who has got a role meanwhile is left as they are."""
    try:
        contact = await get_contact(uow, timer.payload["contact_id"])
    except DomainError:
        return
    if contact.telegram_id < 0 or await load_roles(uow, contact.telegram_id):
        return
    await erase(uow, contact)


async def erase(uow: UnitOfWork, contact: Contact) -> None:
    """Empty all that is personal; the files made for them go once that is committed."""
    subject, env = subject_of(contact), uow.env
    files = await rows.list_files(uow.conn, uow.account_id, subject)
    touched = await rows.erase(uow.conn, uow.account_id, subject)
    for name in files:
        uow.after_commit(partial(forget_file, env, name))
    logger.bind(event="person.erased", contact=contact.id, rows=touched).info(
        "contact {} asked to be forgotten: {} rows", contact.id, touched
    )


def _planned(due: datetime, contact: Contact) -> Words:
    return speech.words("erase-planned", at=speech.moment(due, contact.zone))


def _button(what: str) -> Mapping[str, Any]:
    return speech.button(speech.words(f"button-erase-{what}"), PRESS, what)


def _key(contact_id: int) -> str:
    return f"{contact_id}."
