"""Whom somebody means: by name, username, number, e-mail, phone, or the number of an order."""

from collections.abc import Sequence

from core.db.session import UnitOfWork
from services.insight import students
from services.people import contacts
from services.people.schemas import Contact
from services.workflows.why.gathering import find_person


async def find_people(uow: UnitOfWork, words: str) -> Sequence[Contact]:
    """Everybody who fits, at most a page: one where it is a number, an @name or an order, else all of a name or an address."""
    words = words.strip()
    exact = await find_person(uow, words) if words else None
    if exact is not None:
        return [exact]
    ids = await students.list_by_address(uow, words)
    if not ids:
        ids = [person.contact_id for person in (await students.list_students(uow, words=words)).shown]
    people = await contacts.load_contacts(uow, ids)
    return [people[contact_id] for contact_id in ids]
