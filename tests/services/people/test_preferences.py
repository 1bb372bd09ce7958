"""What a person chose is kept, and only what means something."""

import pytest

from core.db.session import Database
from core.errors import DomainError
from core.rules.local_hour import LocalHour
from services.people.contacts import get_contact
from services.people.preferences import choose_hour, choose_zone
from services.people.schemas import Contact
from tests.factories.persons import add_contact


async def reread(db: Database, contact: Contact) -> Contact:
    async with db.unit(1) as uow:
        return await get_contact(uow, contact.id)


async def test_a_zone_is_guessed_until_it_is_chosen(db: Database) -> None:
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
    assert not anna.zone_is_chosen
    async with db.unit(1) as uow:
        await choose_zone(uow, anna.id, "Asia/Tokyo")
    chosen = await reread(db, anna)
    assert (chosen.zone, chosen.zone_is_chosen) == ("Asia/Tokyo", True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
async def test_a_zone_nobody_knows_is_refused(db: Database, zone: str) -> None:
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
        with pytest.raises(DomainError, match="ZONE_UNKNOWN"):
            await choose_zone(uow, anna.id, zone)


async def test_an_hour_is_kept_and_given_back(db: Database) -> None:
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
        await choose_hour(uow, anna.id, LocalHour(7, 30))
    assert (await reread(db, anna)).hour == LocalHour(7, 30)
    async with db.unit(1) as uow:
        await choose_hour(uow, anna.id, None)
    assert (await reread(db, anna)).hour is None


async def test_another_account_s_person_cannot_be_changed(db: Database) -> None:
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
    async with db.unit(2) as uow:
        await choose_zone(uow, anna.id, "Asia/Tokyo")
    assert not (await reread(db, anna)).zone_is_chosen
