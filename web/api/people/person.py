"""One person: what the team noted about them, and that they be shut out or let in again."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.messaging import notes
from services.messaging.handoffs.handoffs import note_about
from services.messaging.notes import Note
from services.people import contacts
from services.tenancy.permissions import Permission
from services.workflows.person.merging import merge
from services.workflows.privacy import erasure
from web.api.calls import Call
from web.api.ids import ContactRef, MemberId, NoteId
from web.api.models import Answer, Body, example
from web.api.pages import Listed
from web.api.people.contacts import ContactItem, get_contact
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTACTS)
CHANGE = Policy(Permission.CONTACTS_CHANGE, idempotency_key=True)
SHUT = Policy(Permission.ADMINISTER)
MOST_NOTES, MOST_NOTE = 50, 1000
room = Room("people")


class NoteItem(Answer):
    """What somebody of the team noted."""

    model_config = example(
        id=f"nte_{'a' * 26}", text="Asked for an invoice", at="2030-01-07T09:00:00Z", author=f"mem_{'a' * 26}"
    )

    id: NoteId
    text: str
    at: datetime
    author: MemberId


class NoteBody(Body):
    """What is to be noted."""

    model_config = example(text="Asked for an invoice")

    text: Annotated[str, Field(min_length=1, max_length=MOST_NOTE)]


class ErasureItem(Answer):
    """When somebody is forgotten; null: they are not."""

    model_config = example(due_at="2030-01-14T09:00:00Z")

    due_at: datetime | None


class MergeBody(Body):
    """The other account of the person, which gives everything."""

    model_config = example(giver=f"con_{'a' * 26}")

    giver: ContactRef


class MergedItem(Answer):
    """How much went over."""

    model_config = example(orders=1, accesses=1, runs=1, notes=0, tags=2)

    orders: int
    accesses: int
    runs: int
    notes: int
    tags: int


@room.get("/contacts/{contact}/notes", READ)
async def list_notes(call: Call, contact: ContactRef) -> Listed[NoteItem]:
    """The latest notes of the team about somebody, the newest first."""
    return Listed(items=[_show(note) for note in await notes.load_notes(call.uow, contact, MOST_NOTES)])


@room.post("/contacts/{contact}/notes", CHANGE, 201)
async def add_note(call: Call, contact: ContactRef, body: NoteBody) -> NoteItem:
    """Note something about somebody, for the team alone."""
    await note_about(call.uow, contact, call.who.telegram_id, body.text)
    return _show((await notes.load_notes(call.uow, contact, 1))[0])


@room.get("/contacts/{contact}/erasure", Policy(Permission.CONTACTS_ERASE))
async def get_erasure(call: Call, contact: ContactRef) -> ErasureItem:
    """Whether somebody is to be forgotten, and when."""
    return ErasureItem(due_at=await erasure.find_due(call.uow, contact))


@room.post("/contacts/{contact}/erasure", Policy(Permission.CONTACTS_ERASE))
async def erase_contact(call: Call, contact: ContactRef) -> ErasureItem:
    """Have somebody forgotten in seven days: they read so, and they or the team can undo it until then."""
    person = await contacts.get_contact(call.uow, contact)
    call.only_looked = not await erasure.plan(call.uow, person)
    return await get_erasure(call, contact)


@room.delete("/contacts/{contact}/erasure", Policy(Permission.CONTACTS_ERASE))
async def keep_contact(call: Call, contact: ContactRef) -> None:
    """Have somebody stay after all."""
    person = await contacts.get_contact(call.uow, contact)
    call.only_looked = not await erasure.undo(call.uow, person)


@room.post("/contacts/{contact}/merge", Policy(Permission.CONTACTS_ERASE, idempotency_key=True))
async def merge_contacts(call: Call, contact: ContactRef, body: MergeBody) -> MergedItem:
    """Give all that another account of the same person has to this one: money, courses, access, tags, values and notes."""
    heir, giver = [await contacts.get_contact(call.uow, each) for each in (contact, body.giver)]
    moved = await merge(call.uow, giver, heir)
    call.note_change(heir.id, giver.full_name, heir.full_name)
    call.only_looked = moved.is_nothing
    return MergedItem(**asdict(moved))


@room.post("/contacts/{contact}/block", SHUT)
async def block_contact(call: Call, contact: ContactRef) -> ContactItem:
    """Let somebody get nothing more and be heard no more; a member's role comes first."""
    person = await contacts.get_contact(call.uow, contact)
    call.only_looked = not await contacts.shut_out(call.uow, person)
    return await get_contact(call, contact)


@room.post("/contacts/{contact}/unblock", SHUT)
async def unblock_contact(call: Call, contact: ContactRef) -> ContactItem:
    """Let somebody in again: what waits goes on when they do something."""
    person = await contacts.get_contact(call.uow, contact)
    call.only_looked = not await contacts.let_in_again(call.uow, person)
    return await get_contact(call, contact)


def _show(note: Note) -> NoteItem:
    return NoteItem(id=note.id, text=note.text, at=note.at, author=note.author_id)
