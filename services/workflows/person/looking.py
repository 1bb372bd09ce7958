"""Everything about one person that a member asks for first, gathered from the rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.commerce.access.manual_access import list_active_accesses
from services.commerce.access.why import load_purchases
from services.commerce.chain_facts import PurchaseFacts
from services.commerce.schemas import Access
from services.delivery import history
from services.delivery.schemas import Heard
from services.insight import students
from services.insight.schemas import Stage
from services.learning import run_lookup
from services.learning.review import waiting
from services.learning.schemas import StoredRun
from services.messaging import notes
from services.people import tags
from services.people.schemas import Contact
from services.tenancy.bots import find_bot

MOST_NOTES = 3


@dataclass(frozen=True)
class Seen:
    """A person as they are now."""

    person: Contact
    stage: Stage | None
    seen_at: datetime | None
    accesses: Sequence[Access]
    purchases: Sequence[PurchaseFacts]
    waiting: int  # works and questions that nobody has answered
    tags: Sequence[str]
    notes: Sequence[str]  # of the team, the newest first
    heard: Sequence[Heard]  # the last words of both sides, oldest first
    run: StoredRun | None  # in the course bot


async def look(uow: UnitOfWork, person: Contact) -> Seen:
    """Gather it."""
    listed = (await students.list_students(uow, words=str(person.telegram_id))).shown
    summary = next((student for student in listed if student.contact_id == person.id), None)
    course = await find_bot(uow, BotKind.COURSE)
    named: Mapping[int, frozenset[str]] = await tags.load_of_many(uow.conn, uow.account_id, [person.id])
    return Seen(
        person=person,
        stage=summary.stage if summary else None,
        seen_at=summary.seen_at if summary else None,
        accesses=await list_active_accesses(uow, person.id),
        purchases=await load_purchases(uow, person.id),
        waiting=await waiting.count_waiting_of(uow, person.id),
        tags=sorted(named.get(person.id, ())),
        notes=await notes.list_notes(uow, person.id, MOST_NOTES),
        heard=await history.list_heard(uow, person.telegram_id),
        run=await run_lookup.find_current(uow, person, course.id) if course else None,
    )
