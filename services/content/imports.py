"""What imports have made: each is noted with what was there before, and can be undone while nothing came after it."""

from collections.abc import Sequence

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow
from services.content.drafts import save_document, save_draft
from services.content.flows import find_version, get_overview, get_version
from services.content.schemas import FlowVersion, Import
from services.content.store import flows as flow_store
from services.content.store import imports as store

MOST_LISTED = 50
MOST_NAME = 256


async def keep_imported_draft(uow: UnitOfWork, flow: Flow, file: str) -> int:
    """Keep an imported flow as its draft, and note what was there before; gives the import's number."""
    flow_id = await flow_store.find_flow_id(uow.conn, uow.account_id, flow.slug)
    former = None if flow_id is None else await flow_store.load_draft(uow.conn, uow.account_id, flow_id)
    version = await find_version(uow, flow.slug)
    kept_id = await save_draft(uow, flow)
    await flow_store.set_draft_authors(uow.conn, uow.account_id, kept_id, None)
    return await _note(uow, kept_id, file, version, former_draft=former)


async def note_published(uow: UnitOfWork, made: FlowVersion, file: str, former: FlowVersion | None) -> int:
    """Note an import that was published at once, in place of what was newest before."""
    import_id = await _note(uow, made.flow_id, file, former, former_draft=None)
    await store.set_version(uow.conn, uow.account_id, import_id, made.id)
    return import_id


async def _note(
    uow: UnitOfWork, flow_id: int, file: str, former: FlowVersion | None, *, former_draft: object
) -> int:
    row = {
        "flow_id": flow_id,
        "file": file[-MOST_NAME:],
        "made_at": uow.now,
        "former_draft": former_draft,
        "former_version_id": former.id if former else None,
    }
    return await store.add_import(uow.conn, uow.account_id, row)


async def note_version(uow: UnitOfWork, import_id: int, version: FlowVersion) -> None:
    """The draft of an import has been published."""
    await store.set_version(uow.conn, uow.account_id, import_id, version.id)


async def list_imports(uow: UnitOfWork) -> Sequence[Import]:
    """The latest imports, the newest first."""
    return await store.list_imports(uow.conn, uow.account_id, MOST_LISTED)


async def get_import(uow: UnitOfWork, import_id: int) -> Import:
    """An import by its number; raises IMPORT_NOT_FOUND."""
    stored = await store.find_import(uow.conn, uow.account_id, import_id)
    if stored is None:
        raise DomainError(
            ErrorKind.NOT_FOUND,
            "IMPORT_NOT_FOUND",
            f"{import_id}; `tandem imports list` shows those there are",
        )
    return stored


async def require_last(uow: UnitOfWork, made: Import) -> None:
    """Raise IMPORT_UNDONE, and IMPORT_NOT_LAST where its flow has been imported or published anew since."""
    if made.undone_at is not None:
        raise _undone(made)
    latest = await find_version(uow, made.slug)
    newest = made.version_id or made.former_version_id
    is_last = await store.find_latest_import(uow.conn, uow.account_id, made.flow_id) == made.id
    if not is_last or (latest.id if latest else None) != newest:
        since = (
            f"{made.slug} was imported or published anew since; `tandem rollback` takes an earlier version"
        )
        raise DomainError(ErrorKind.CONFLICT, "IMPORT_NOT_LAST", since)


async def load_former(uow: UnitOfWork, made: Import) -> Flow | None:
    """The version there was before an import; None for a flow it made."""
    return (await get_version(uow, made.former_version_id)).flow if made.former_version_id else None


async def take_back_draft(uow: UnitOfWork, made: Import) -> None:
    """Bring back the draft an import took the place of, or have none; raises IMPORT_NOT_LAST for one that was changed."""
    changed_at = (await get_overview(uow, made.flow_id)).draft_at
    authors = await flow_store.load_draft_authors(uow.conn, uow.account_id, made.flow_id)
    if changed_at != made.made_at or authors:
        raise DomainError(ErrorKind.CONFLICT, "IMPORT_NOT_LAST", f"{made.slug} was worked on since")
    former = await store.load_former_draft(uow.conn, uow.account_id, made.id)
    if former is not None:
        await save_document(uow, former)
    else:
        await flow_store.set_draft(uow.conn, uow.account_id, made.flow_id, None, None)


async def mark_undone(uow: UnitOfWork, made: Import) -> None:
    """Note that it is undone; raises IMPORT_UNDONE if somebody was quicker."""
    if not await store.mark_undone(uow.conn, uow.account_id, made.id, uow.now):
        raise _undone(made)


async def withdraw(uow: UnitOfWork, made: Import) -> None:
    """Let nobody into the flow an import made."""
    await store.close_deployments(uow.conn, uow.account_id, made.flow_id, uow.now)


def _undone(made: Import) -> DomainError:
    return DomainError(ErrorKind.CONFLICT, "IMPORT_UNDONE", f"the import of {made.slug} was undone before")
