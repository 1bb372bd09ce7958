"""What the team has noted about people."""

from dataclasses import dataclass
from datetime import datetime

from core.db.session import UnitOfWork
from services.messaging.store import handoffs as store


@dataclass(frozen=True)
class Note:
    """Something the team noted about a person, by the author's Telegram id."""

    id: int
    text: str
    at: datetime
    author_id: int


async def list_notes(uow: UnitOfWork, contact_id: int, most: int) -> list[str]:
    """What the team noted about a person, the newest first."""
    return [note["text"] for note in await store.list_notes(uow.conn, uow.account_id, contact_id, most)]


async def load_notes(uow: UnitOfWork, contact_id: int, most: int) -> list[Note]:
    """The same with who noted it, and when."""
    return [Note(**note) for note in await store.list_notes(uow.conn, uow.account_id, contact_id, most)]


async def take_over_notes(uow: UnitOfWork, contact_id: int, heir_id: int) -> int:
    """What was noted about one person is about another; says how much."""
    return await store.take_over_notes(uow.conn, uow.account_id, contact_id, heir_id)
