"""Lists of people as files: written out by a job, brought in by one, and what was brought in taken back."""

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import Field

from core.lifecycle import BotKind
from core.limits import EXPORTS
from core.links import bot_link
from services.delivery.long_jobs.lists import get_job
from services.tenancy.bots import find_bot
from services.tenancy.permissions import Permission
from services.workflows.many import bringing_in, writing_out
from services.workflows.many.choosing import EVERYBODY
from web.api.calls import Call
from web.api.ids import JobRef
from web.api.jobs import JobItem, show_job
from web.api.models import Answer, Body, example
from web.api.people.bulk import Selection, choose
from web.api.policy import Policy
from web.api.routes import Room
from web.api.uploads import FileName, receive

EXPORT = Policy(Permission.CONTACTS_EXPORT, idempotency_key=True, counts=EXPORTS)
IMPORT = Policy(Permission.CONTACTS_CHANGE, apart=True, upload=bringing_in.MOST_BYTES)
UNDO = Policy(Permission.CONTACTS_CHANGE, idempotency_key=True)
Preview = Annotated[bool, Query(description="Only say how many of the list are here.")]
room = Room("people")


class ExportBody(Body):
    """Who is to stand in the file; everybody without `select`."""

    model_config = example(select={"condition": {"tag": "warm"}, "expect": 4312})

    select: Selection | None = None


class ContactsRead(Answer):
    """A list of people: how many stand in it, how many of them are here, the link for the others; `job` once it is being put on them."""

    model_config = example(people=120, known=97, link="https://t.me/school_bot", job=None)

    people: int
    known: int
    link: Annotated[str | None, Field(max_length=200)]
    job: JobItem | None


@room.post("/contacts/export", EXPORT, 202)
async def export_contacts(call: Call, body: ExportBody) -> JobItem:
    """Have a file written with many people; it is the job's result, as CSV and as a workbook, and goes after a month."""
    everybody = Selection.model_construct(ids=(), condition=EVERYBODY, expect=None)
    choice, total = await choose(call, body.select or everybody)
    number = await writing_out.start_export(call.uow, choice, total, call.who.telegram_id)
    call.note_change(None, None, str(total))
    return show_job(await get_job(call.uow, number, call.account.permissions))


@room.post("/contacts/import", IMPORT, 202, "application/octet-stream")
async def import_contacts(call: Call, name: FileName, *, preview: Preview = False) -> ContactsRead:
    """Put the tags and values of a list (CSV or XLSX) on whoever is here; `jobs/{job}/result.csv` is the report."""
    async with receive(call) as path:
        people = await bringing_in.read_file(path, name)
    async with call.read() as uow:
        known, shop = await bringing_in.count_known(uow, people), await find_bot(uow, BotKind.SALES)
    read = {"people": len(people), "known": known, "link": bot_link(shop.username) if shop else None}
    if preview:
        return ContactsRead(**read, job=None)
    file = await asyncio.to_thread(bringing_in.keep_list, call.db.env, people)
    async with call.write() as uow:
        asked = (call.who.telegram_id, call.language)
        number = await bringing_in.start_import(uow, file, len(people), asked)
        job = show_job(await get_job(uow, number, call.account.permissions))
    return ContactsRead(**read, job=job)


@room.post("/contacts/import/{job}/undo", UNDO, 202)
async def undo_contact_import(call: Call, job: JobRef) -> JobItem:
    """Take back the tags and values of an import; what somebody has changed since stays."""
    done = await get_job(call.uow, job, call.account.permissions)
    number = await bringing_in.begin_undo(call.uow, done, call.who.telegram_id)
    return show_job(await get_job(call.uow, number, call.account.permissions))
