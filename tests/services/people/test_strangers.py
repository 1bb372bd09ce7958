"""Who is a stranger: somebody who has just pressed Start and has not said a word yet."""

from datetime import timedelta

from core.db.session import Database
from services.people import contacts
from services.people.schemas import Contact, Encounter
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock


async def meet(db: Database, *, answers: bool) -> Contact:
    seen = Encounter(1, SALES_BOT, ANNA, "Anna", "", None, "ru", in_private=True, answers=answers)
    async with db.unit(1) as uow:
        return (await contacts.meet_people(uow.conn, uow.env, uow.now, [seen]))[1, ANNA]


async def test_from_the_first_start_to_the_first_word(db: Database, clock: StillClock) -> None:
    assert (await meet(db, answers=False)).is_stranger(clock.now())
    assert (await meet(db, answers=False)).is_stranger(clock.now()), "a second start says nothing"
    assert not (await meet(db, answers=True)).is_stranger(clock.now())
    assert not (await meet(db, answers=False)).is_stranger(clock.now())


async def test_for_an_hour_at_most(db: Database, clock: StillClock) -> None:
    anna = await meet(db, answers=False)
    assert not anna.is_stranger(clock.now() + timedelta(hours=1))
