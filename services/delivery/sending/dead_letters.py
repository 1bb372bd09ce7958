"""What was given up is never gone: listed for a person, put back in line on request."""

from core.db.session import Database, UnitOfWork
from services.delivery.schemas import DeadLetter
from services.delivery.store import inbox, jobs, timers
from services.delivery.store.sending import outbox

KINDS = ("update", "call", "timer", "job")


async def list_dead_letters(db: Database, account_id: int) -> list[DeadLetter]:
    """All updates, calls, timers and jobs of the account that wait for a person."""
    async with db.reading() as conn:
        return [
            *await inbox.list_dead(conn, account_id),
            *await outbox.list_dead(conn, account_id),
            *await timers.list_dead(conn, account_id),
            *await jobs.list_dead(conn, account_id),
        ]


async def replay_dead_letter(uow: UnitOfWork, kind: str, row_id: int | None) -> int:
    """Put one (or with None all) of a kind back in line; says how many. Unknown kind: ValueError."""
    if kind == "update":
        return await inbox.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    if kind == "call":
        return await outbox.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    if kind == "timer":
        return await timers.revive(uow.conn, uow.account_id, row_id, uow.now)
    if kind == "job":
        return await jobs.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
