"""What is remembered about a person under a name."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from services.people.store import variables as store


async def set_variable(uow: UnitOfWork, contact_id: int, name: str, value: str) -> None:
    """Remember a value; the same name is overwritten."""
    await store.put_variable(uow.conn, uow.account_id, contact_id, name, value)


async def drop_variable(uow: UnitOfWork, contact_id: int, name: str) -> None:
    """Forget what was remembered under a name."""
    await store.drop_variable(uow.conn, uow.account_id, contact_id, name)


async def load_variables(uow: UnitOfWork, contact_id: int) -> dict[str, str]:
    """All values of a person by name."""
    return (await store.load_variables(uow.conn, uow.account_id, [contact_id])).get(contact_id, {})


async def load_of_many(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """The values of several people, by contact; who has none is left out."""
    return await store.load_variables(conn, account_id, contact_ids)
