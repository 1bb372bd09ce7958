"""The weekly digest: on Monday, at the owner's own hour, the numbers of the last seven days; each owner may switch it off."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.events import TimerDue
from core.presses import PressKind
from core.rules.local_hour import LocalHour
from core.rules.local_time import to_instant
from services.delivery import speech
from services.delivery.speech import Address
from services.delivery.timers import drop_timers, find_due_at, set_timer
from services.insight.figures import count_figures
from services.insight.picture import DAY, ask_picture
from services.insight.telling import list_parts
from services.people import preferences
from services.people.admins import list_admins
from services.people.contacts import find_by_telegram_id
from services.people.schemas import Contact
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may

DIGEST = "digest"  # kind of the timer
SWITCH = PressKind.DIGEST  # kind of its buttons: on or off
MORNING = LocalHour(9)  # of who has chosen no hour
WEEK = timedelta(weeks=1)


async def plan(uow: UnitOfWork, owner: Contact) -> None:
    """Have an owner told on the next Monday, unless that is planned or they want none."""
    if owner.wants_digest and await find_due_at(uow, DIGEST, _key(owner)) is None:
        await _set(uow, owner)


async def switch(uow: UnitOfWork, owner: Contact, *, on: bool) -> None:
    """Send it from now on, or no more."""
    await preferences.choose_digest(uow, owner.id, wanted=on)
    if on:
        await _set(uow, owner)
    else:
        await drop_timers(uow, DIGEST, _key(owner))


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """Tell an owner of their week and plan the next; a week of nothing is passed over, who owns nothing any more is told nothing."""
    owner = await find_by_telegram_id(uow, timer.payload["telegram_id"])
    if owner is None or not may(await load_roles(uow, owner.telegram_id), Permission.OWN):
        return
    await _set(uow, owner)
    to = next((place for place in await list_admins(uow) if place.chat_id == owner.telegram_id), None)
    if to is not None:
        await _tell(uow, owner, to)


async def _tell(uow: UnitOfWork, owner: Contact, to: Address) -> None:
    figures = await count_figures(uow, uow.now - WEEK)
    parts = list_parts(figures)
    if not parts:
        return
    key = f"digest:{owner.id}:{uow.now:%Y-%m-%d}"
    buttons = [[speech.button(speech.words("digest-off"), SWITCH, "off")]]
    speech.say(uow, to, speech.lines(speech.words("digest-title"), *parts), key, buttons=buttons)
    await ask_picture(uow, figures, DAY, owner, to, key)


async def _set(uow: UnitOfWork, owner: Contact) -> None:
    due = find_next(uow.now, owner.zone, owner.hour or MORNING)
    await set_timer(uow, DIGEST, _key(owner), due, {"telegram_id": owner.telegram_id}, zone=owner.zone)


def find_next(now: datetime, zone: str, hour: LocalHour) -> datetime:
    """The first Monday's hour after `now` on a wall in that zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    moments = (
        to_instant(datetime.combine(day, hour.time), zone)
        for day in (monday, monday + WEEK, monday + 2 * WEEK)
    )
    return next(moment for moment in moments if moment > now)


def _key(owner: Contact) -> str:
    return f"{owner.account_id}:{owner.telegram_id}."
