"""Tags: words that tell people apart, put on and taken off by flows."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from services.people.store import contacts as store


async def add_tag(uow: UnitOfWork, contact_id: int, name: str) -> None:
    """Put a tag on a person; one they have already stays as it is."""
    await store.add_tag(uow.conn, uow.account_id, contact_id, name, uow.now)


async def remove_tag(uow: UnitOfWork, contact_id: int, name: str) -> None:
    """Take a tag off a person, if they have it."""
    await store.remove_tag(uow.conn, uow.account_id, contact_id, name)


async def load_of_many(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> dict[int, frozenset[str]]:
    """The tags of several people, by contact; who has none is left out."""
    return await store.load_tags(conn, account_id, contact_ids)
