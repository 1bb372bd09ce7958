"""The one namespace of start links: flow slugs and partner codes never clash."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import NameKind
from services.content.store import link_names as store


async def claim_name(uow: UnitOfWork, name: str, kind: NameKind) -> None:
    """Take a name for a kind; claiming it again for the same kind is fine, else NAME_TAKEN."""
    await store.add_name(uow.conn, uow.account_id, name, kind)
    if await store.find_name(uow.conn, uow.account_id, name) != kind:
        raise DomainError(ErrorKind.CONFLICT, "NAME_TAKEN", name)


async def find_kind(uow: UnitOfWork, name: str) -> NameKind | None:
    """What a bare word in a link stands for."""
    return await store.find_name(uow.conn, uow.account_id, name)


async def list_taken(uow: UnitOfWork) -> set[str]:
    """All names that stand for something."""
    return await store.list_names(uow.conn, uow.account_id)
