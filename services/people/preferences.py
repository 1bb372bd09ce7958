"""What a person chose for herself: her time zone and the hour of her lessons."""

from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.rules.local_hour import LocalHour
from services.people import store


async def choose_zone(uow: UnitOfWork, contact_id: int, zone: str) -> None:
    """Keep an IANA zone as hers; raises ZONE_UNKNOWN."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError) as error:
        raise DomainError(ErrorKind.INVALID, "ZONE_UNKNOWN", zone) from error
    values = {"zone": zone, "zone_is_chosen": True}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)


async def choose_hour(uow: UnitOfWork, contact_id: int, hour: LocalHour | None) -> None:
    """Keep the hour she wants her lessons at; None leaves it to the course."""
    values = {"lesson_hour": str(hour) if hour else None}
    await store.update_contact(uow.conn, uow.account_id, contact_id, values)
