"""A list of people that comes over HTTP: its tags and values are put on whoever is here, line by line, and can be taken off again."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.text.catalog import say
from core.text.refusal import InputRefused, Refused, words
from services.content.importing.formats.plain_rows import read_all
from services.content.importing.reader import LIMITS
from services.content.messages.media import find_file, keep_file
from services.delivery.long_jobs import lists
from services.delivery.long_jobs.steps import Line, LongJob, Payload, Step, begin_long_job
from services.delivery.timers import set_timer
from services.people import contacts, tags, variables
from services.tenancy.permissions import Permission
from services.workflows.contact_import import INVALID, Listed, put_on, read_list
from services.workflows.many.rights import may_go_on
from services.workflows.privacy.handing_out import FORGET, KEPT_FOR
from utils.confined import LimitReachedError, call_confined

IMPORT, UNDO = "contacts_import", "contacts_import_undo"
COLUMNS = ("given", "result", "tags_added", "values_set", "values_before")
UNDONE = ("telegram_id", "tags_taken_off", "values_put_back")
AT_ONCE = 200
MOST_BYTES = 20_000_000
MOST_KEY = 120


async def read_file(path: Path, name: str) -> list[Listed]:
    """The people of a table, read in a process of its own; raises CONTACTS_INVALID."""
    is_workbook = name.lower().endswith(".xlsx")
    try:
        content = await asyncio.to_thread(path.read_bytes)
        rows = await call_confined(LIMITS, read_all, content, is_workbook=is_workbook)
        return await asyncio.to_thread(read_list, iter(rows))
    except LimitReachedError:
        raise InputRefused(INVALID, words("refused-costly-file")) from None
    except Refused as refused:
        raise InputRefused(INVALID, refused.words) from None


def keep_list(env: Environment, people: Sequence[Listed]) -> str:
    """Keep a list where the job finds it, for a day; gives its name."""
    lines = (json.dumps(asdict(person), ensure_ascii=False) for person in people)
    return keep_file(env, "\n".join(lines).encode(), ".jsonl")


async def count_known(uow: UnitOfWork, people: Sequence[Listed]) -> int:
    """How many of a list are here."""
    known = 0
    for start in range(0, len(people), AT_ONCE):
        names = [person.given for person in people[start : start + AT_ONCE]]
        known += len(await contacts.find_by_names(uow, names))
    return known


async def start_import(uow: UnitOfWork, file: str, total: int, asked: tuple[int, str]) -> int:
    """Have a kept list put on the people; `asked`: by whom, in which language it is told. Gives the job's number."""
    await set_timer(uow, FORGET, f"contacts:{file}"[-MOST_KEY:], uow.now + KEPT_FOR, {"file": file})
    payload = {"file": file, "by": asked[0], "language": asked[1]}
    return await begin_long_job(uow, IMPORT, Permission.CONTACTS_CHANGE, payload, asked[0], total)


async def take_step(uow: UnitOfWork, payload: Payload, go_on: Any) -> Step:
    """The next lines of the list; who may not change people any more changes nobody further."""
    if not await may_go_on(uow, payload, Permission.CONTACTS_CHANGE):
        return Step(0)
    place = go_on or 0
    people, place = await asyncio.to_thread(_read_on, find_file(uow.env, payload["file"]), place)
    known = await contacts.find_by_names(uow, [person.given for person in people])
    facts = sorted({person.id for person in known.values()})
    worn = await tags.load_of_many(uow.conn, uow.account_id, facts)
    values = await variables.load_of_many(uow.conn, uow.account_id, facts)
    lines = []
    for listed in people:
        person = known.get(listed.given)
        if person is None:
            lines.append(Line((listed.given, say("many-not-here", payload["language"]), None, None, None)))
            continue
        before = values.setdefault(person.id, {})
        changed = {name: value for name, value in listed.values.items() if before.get(name) != value}
        added = sorted(set(listed.tags) - worn.get(person.id, frozenset()))
        await put_on(uow, person.id, added, changed)
        former = {name: before[name] for name in changed if name in before}
        result = say("many-done" if added or changed else "many-same", payload["language"])
        lines.append(Line((listed.given, result, *map(_dump, (added, changed, former))), person.id))
        worn[person.id] = worn.get(person.id, frozenset()) | set(added)
        before |= changed
    return Step(len(people), lines, place if len(people) == AT_ONCE else None)


def _dump(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


def _read_on(path: Path, place: int) -> tuple[list[Listed], int]:
    """The next lines behind a place in the file, and where they end."""
    with path.open("rb") as file:
        file.seek(place)
        rows = list(islice(iter(file.readline, b""), AT_ONCE))
        return [_load(json.loads(row)) for row in rows], file.tell()


def _load(row: Mapping[str, Any]) -> Listed:
    return Listed(row["given"], tuple(row["tags"]), row["values"])


async def begin_undo(uow: UnitOfWork, job: lists.JobView, by: int) -> int:
    """Have taken back what an import has done so far; gives the job's number. Raises JOB_CANNOT for one that goes on, or is no import."""
    if job.kind != IMPORT or job.ended_at is None:
        raise DomainError(ErrorKind.CONFLICT, "JOB_CANNOT", str(job.id))
    return await begin_long_job(
        uow, UNDO, Permission.CONTACTS_CHANGE, {"job": job.id, "by": by}, by, job.done
    )


async def undo_step(uow: UnitOfWork, payload: Payload, go_on: Any) -> Step:
    """The next lines of the import, the latest first: what somebody has changed since stays as it is."""
    if not await may_go_on(uow, payload, Permission.CONTACTS_CHANGE):
        return Step(0)
    rows = await lists.list_lines_back(uow, payload["job"], go_on, AT_ONCE)
    people = await contacts.load_known(uow, {row.contact_id for row in rows if row.contact_id})
    lines = []
    for row in rows:
        if row.contact_id in people:
            _, _, *changed = row.cells
            added, values_set, former = (json.loads(cell) if cell else None for cell in changed)
            back = await _take_back(uow, row.contact_id, added or [], values_set or {}, former or {})
            told = (people[row.contact_id].telegram_id, _dump(added), _dump(back))
            lines.append(Line(told, row.contact_id))
    return Step(len(rows), lines, rows[-1].id if len(rows) == AT_ONCE else None)


async def _take_back(
    uow: UnitOfWork,
    contact_id: int,
    added: Sequence[str],
    values_set: Mapping[str, str],
    former: Mapping[str, str],
) -> list[str]:
    for tag in added:
        await tags.remove_tag(uow, contact_id, tag)
    known = await variables.load_variables(uow, contact_id)
    back = [name for name, value in values_set.items() if known.get(name) == value]
    for name in back:
        if name in former:
            await variables.set_variable(uow, contact_id, name, former[name])
        else:
            await variables.drop_variable(uow, contact_id, name)
    return back


JOB = LongJob(COLUMNS, Permission.CONTACTS_CHANGE, take_step)
UNDO_JOB = LongJob(UNDONE, Permission.CONTACTS_CHANGE, undo_step)
