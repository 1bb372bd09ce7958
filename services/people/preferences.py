"""What a person chose for themself: their language, their time zone, the hour of their lessons, their reminders."""

from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import Tone
from core.rules.local_hour import LocalHour
from core.rules.quiet_hours import Hours
from services.people.store import contacts as store


async def choose_zone(uow: UnitOfWork, contact_id: int, zone: str) -> None:
    """Keep an IANA zone as theirs; raises ZONE_UNKNOWN."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError) as error:
        raise DomainError(ErrorKind.INVALID, "ZONE_UNKNOWN", zone) from error
    values = {"zone": zone, "zone_is_chosen": True}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)


async def choose_language(uow: UnitOfWork, contact_id: int, language: str) -> None:
    """Keep the language they read; from now on it does not follow Telegram's."""
    values = {"language": language, "language_is_chosen": True}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)


async def choose_hour(uow: UnitOfWork, contact_id: int, hour: LocalHour | None) -> None:
    """Keep the hour they want their lessons at; None leaves it to the course."""
    values = {"lesson_hour": str(hour) if hour else None}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)


async def choose_digest(uow: UnitOfWork, contact_id: int, *, wanted: bool) -> None:
    """Keep whether an owner is told of their week."""
    await store.update_contact(uow.conn, uow.account_id, contact_id, {"weekly_digest": wanted})


async def choose_sale_news(uow: UnitOfWork, contact_id: int, *, wanted: bool) -> None:
    """Keep whether an owner is told of each sale."""
    await store.update_contact(uow.conn, uow.account_id, contact_id, {"sale_news": wanted})


async def choose_reminders(
    uow: UnitOfWork,
    contact_id: int,
    *,
    days: int | None = None,
    hours: Hours | None = None,
    tone: Tone | None = None,
) -> None:
    """Keep what they chose of how they are reminded; the rest stays."""
    chosen = {"reminder_days": days, "reminder_hours": hours and str(hours), "reminder_tone": tone}
    values = {name: value for name, value in chosen.items() if value is not None}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)
