"""Files sent to a wizard: fetched by a job, kept as ours, and put where they belong, wherever the author is by then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.db.session import UnitOfWork
from core.events import JobFinished
from core.text.refusal import words
from core.wizard.screen import Entry, Filling
from services.content import wizards
from services.delivery.jobs import add_job
from services.delivery.speech import Address
from services.people.contacts import get_contact
from services.workflows.desk import talks
from services.workflows.desk.kinds import WIZARDS
from services.workflows.desk.talks import Author

WIZARD_FILE = "wizard_file"
"""The kind of the job that fetches what was sent."""
MOST_BYTES = 20_000_000  # what a bot gets of a file


@dataclass(frozen=True, slots=True)
class SentMedia:
    """A file as it was sent: Telegram's name for it, how it is shown, the ending of its own name, its message's number.

    One of an album does not come alone.
    """

    file_id: str
    kind: str
    suffix: str
    number: int
    is_alone: bool = True


async def take_media(uow: UnitOfWork, author: Author, wizard_id: int, sent: SentMedia) -> bool:
    """Have a file fetched for the form that is open; False if nothing there takes files."""
    stored_talk = await wizards.find_talk_by_id(uow, author.to, wizard_id)
    form = stored_talk.talk.form if stored_talk else None
    if stored_talk is None or form is None or not WIZARDS[stored_talk.talk.kind].takes_files(form):
        return False
    payload = {
        "bot_id": author.to.bot_id,
        "chat_id": author.to.chat_id,
        "contact_id": author.contact.id,
        "wizard_id": wizard_id,
        "form": form.name,
        "file_id": sent.file_id,
        "kind": sent.kind,
        "suffix": sent.suffix,
        "number": sent.number,
        "is_alone": sent.is_alone,
    }
    await add_job(uow, WIZARD_FILE, f"{author.key}:file", payload)
    return True


async def on_fetched(uow: UnitOfWork, finished: JobFinished) -> None:
    """Put the file into the form it was sent for, open or put aside; say so if it came too late, or not at all."""
    payload = finished.payload
    to = Address(payload["bot_id"], payload["chat_id"])
    stored_talk = await wizards.find_talk_by_id(uow, to, payload["wizard_id"])
    if stored_talk is None:
        return
    contact = await get_contact(uow, payload["contact_id"])
    author = Author(contact, to, f"file:{finished.key}", _find_place(stored_talk, payload))
    wizard, talk = WIZARDS[stored_talk.talk.kind], stored_talk.talk
    if not finished.ok:
        await talks.show_with(uow, wizard, author, stored_talk, replace(talk, note=words("wizard-file-lost")))
        return
    entry = Entry(media={"kind": payload["kind"], "ref": finished.result["ref"]}, number=payload["number"])
    if talk.form is not None and talk.form.name == payload["form"]:
        await talks.turn(uow, wizard, author, stored_talk, lambda world: wizard.write(talk, entry, world))
    elif (put_aside := talk.shelf.get(payload["form"])) is not None:
        await _put_aside(uow, author, stored_talk, put_aside, entry)
    else:
        await talks.show_with(uow, wizard, author, stored_talk, replace(talk, note=words("wizard-file-late")))


def _find_place(stored_talk: wizards.KeptTalk, payload: Mapping[str, Any]) -> int | None:
    """The screen that is changed; None for a new one below a file that came after it, but not below each of an album."""
    shown = stored_talk.message_id
    is_above = shown is not None and shown < payload["number"]
    return None if is_above and payload.get("is_alone") else shown


async def _put_aside(
    uow: UnitOfWork, author: Author, stored_talk: wizards.KeptTalk, filling: Filling, entry: Entry
) -> None:
    """The form was left meanwhile: the file is there when it is taken up again."""
    wizard = WIZARDS[stored_talk.talk.kind]
    world: Mapping[str, Any] = await wizard.load(uow, author, stored_talk.talk)
    opened = wizard.write(replace(stored_talk.talk, form=filling), entry, world).talk.form
    if opened is not None:
        shelf = {**stored_talk.talk.shelf, filling.name: opened}
        await talks.show_with(uow, wizard, author, stored_talk, replace(stored_talk.talk, shelf=shelf))
