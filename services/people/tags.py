"""Tags: words that tell people apart, put on and taken off by flows."""

from core.db.session import UnitOfWork
from services.people import store


async def add_tag(uow: UnitOfWork, contact_id: int, name: str) -> None:
    """Put a tag on a person; one she has already stays as it is."""
    await store.add_tag(uow.conn, uow.account_id, contact_id, name, uow.now)


async def remove_tag(uow: UnitOfWork, contact_id: int, name: str) -> None:
    """Take a tag off a person, if she has it."""
    await store.remove_tag(uow.conn, uow.account_id, contact_id, name)


async def load_tags(uow: UnitOfWork, contact_id: int) -> frozenset[str]:
    """The tags of a person."""
    return await store.load_tags(uow.conn, uow.account_id, contact_id)
