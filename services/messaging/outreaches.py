"""Outreaches: a flow turns to the people of a list, and what came of each is kept for who asked."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.messaging.schemas import Outreach, Reached
from services.messaging.store import outreaches as store

FINISHED = "finished"  # the flow has ended and names no result
BLOCKED = "blocked"  # they do not want to hear from the bot
UNKNOWN = "unknown"  # nobody of that name has ever started the bot
BUSY = "busy"  # another outreach leads them


async def prepare(uow: UnitOfWork, flow_id: int, name: str, people: Sequence[str], again: str) -> Outreach:
    """The outreach of a flow to a list; the same list is gone on with, unless `again` tells it from earlier ones."""
    digest = hashlib.sha256("\n".join([*people, again]).encode()).hexdigest()
    row = {"name": name, "flow_id": flow_id, "digest": digest, "started_at": uow.now}
    outreach_id = await store.add_outreach(uow.conn, uow.account_id, row)
    if outreach_id is not None:
        rows = [
            {"outreach_id": outreach_id, "position": place, "given": person}
            for place, person in enumerate(people, start=1)
        ]
        await store.add_people(uow.conn, uow.account_id, rows)
    outreach = await store.find_outreach(uow.conn, uow.account_id, flow_id, digest)
    if outreach is None:
        raise DomainError(ErrorKind.NOT_FOUND, "OUTREACH_NOT_FOUND", name)
    return outreach


async def list_waiting(uow: UnitOfWork, outreach_id: int, limit: int) -> list[Reached]:
    """Those nobody has turned to yet."""
    return await store.list_waiting(uow.conn, uow.account_id, outreach_id, limit)


async def note_begun(uow: UnitOfWork, person: Reached, contact_id: int, run_id: int) -> None:
    """Somebody of a list is being led."""
    values = {"contact_id": contact_id, "run_id": run_id}
    await store.change_person(uow.conn, uow.account_id, person.id, values)


async def note_missed(uow: UnitOfWork, person: Reached, contact_id: int | None, code: str) -> None:
    """Somebody of a list cannot be led, and why."""
    values = {"contact_id": contact_id, "result": code, "result_at": uow.now}
    await store.change_person(uow.conn, uow.account_id, person.id, values)


async def note_result(uow: UnitOfWork, run_id: int, code: str) -> Reached | None:
    """Keep what came of a run; None if it is of no outreach, or this is known."""
    outreach = await find_by_run(uow, run_id)
    if outreach is None or outreach.result == code:
        return None
    values = {"result": code, "result_at": uow.now}
    await store.change_person(uow.conn, uow.account_id, outreach.id, values)
    return replace(outreach, result=code, result_at=uow.now)


async def find_by_run(uow: UnitOfWork, run_id: int) -> Reached | None:
    """The person of a list whose run this is."""
    return await store.find_by_run(uow.conn, uow.account_id, run_id)


async def list_unanswered(uow: UnitOfWork, contact_id: int) -> list[int]:
    """A person's runs of which nothing has come yet."""
    return await store.list_unanswered(uow.conn, uow.account_id, contact_id)


async def get_outreach(uow: UnitOfWork, number: int | None) -> Outreach:
    """An outreach by its number, else the latest; raises OUTREACH_NOT_FOUND."""
    outreaches = await store.list_outreaches(uow.conn, uow.account_id)
    chosen = next((outreach for outreach in outreaches if number in {None, outreach.id}), None)
    if chosen is None:
        raise DomainError(ErrorKind.NOT_FOUND, "OUTREACH_NOT_FOUND", str(number or "none was begun yet"))
    return chosen


async def list_results(uow: UnitOfWork, outreach_id: int) -> list[Reached]:
    """Everybody of a list with what came of them, in order."""
    return await store.list_people(uow.conn, uow.account_id, outreach_id)
