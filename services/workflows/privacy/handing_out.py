"""`/mydata`: everything that is held about a person as a page they can read, made by a job and forgotten after a day."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.db.personal.declaring import Subject
from core.db.personal.rows import read_all
from core.db.session import Database, UnitOfWork
from core.events import JobFinished, TimerDue
from services.content.messages.media import forget_file, keep_file
from services.delivery import speech
from services.delivery.jobs import Perform, add_job
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.people.schemas import Contact
from services.workflows.privacy.page import write_page

GATHER = "personal_data"  # kind of the job
FORGET = "personal_file"  # kind of the timer that deletes the page
KEPT_FOR = timedelta(days=1)  # the file on our side; theirs stays in the chat


def subject_of(contact: Contact) -> Subject:
    """The person as the registry of personal data knows them."""
    return Subject(contact.id, contact.telegram_id, contact.username)


async def ask_data(uow: UnitOfWork, contact: Contact, to: Address, key: str) -> None:
    """Have the page made and sent; said at once, so that nobody wonders."""
    whose = {"contact_id": contact.id, "telegram_id": contact.telegram_id, "username": contact.username}
    reader = {"language": contact.language, "zone": contact.zone}
    payload = {"bot_id": to.bot_id, "chat_id": to.chat_id, **whose, **reader}
    await add_job(uow, GATHER, key, payload)
    speech.say(uow, to, speech.words("mydata-coming"), key)


def build_performer(db: Database) -> Mapping[str, Perform]:
    """The job that gathers it."""

    async def gather(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        whose = Subject(payload["contact_id"], payload["telegram_id"], payload["username"])
        async with db.reading() as conn:
            held = await read_all(conn, payload["account_id"], whose)
        page = await asyncio.to_thread(write_page, held, payload["language"], payload["zone"])
        return {"file": await asyncio.to_thread(keep_file, db.env, page.encode(), ".html")}

    return {GATHER: gather}


async def send_data(uow: UnitOfWork, finished: JobFinished) -> None:
    """The page follows; where it could not be made they are told to ask again."""
    payload = finished.payload
    to, key = Address(payload["bot_id"], payload["chat_id"]), f"mydata:{finished.key}"
    if not finished.ok:
        speech.say(uow, to, speech.words("mydata-failed"), key)
        return
    file = {"media": finished.result["file"], "name": "my-data.html"}
    fields = {"chat_id": to.chat_id, "document": file, "caption": speech.words("mydata-caption")}
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendDocument", fields, key))
    await set_timer(uow, FORGET, key[-120:], uow.now + KEPT_FOR, {"file": finished.result["file"]})


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """The page is deleted here."""
    forget_file(uow.env, timer.payload["file"])
