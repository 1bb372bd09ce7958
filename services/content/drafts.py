"""Drafts: a flow being worked on, which no run sees until it is published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, Problem, dump_flow
from core.flow.editing import Operation, apply_operations
from core.lifecycle import NameKind
from core.public_ids import FLOW
from services.content.checks import check_all, list_unknown_names
from services.content.flows import (
    find_latest,
    find_version,
    get_flow_id,
    get_latest_version,
    get_overview,
    list_versions,
)
from services.content.link_names import claim_name
from services.content.messages.bot_values import know_values
from services.content.schemas import Draft
from services.content.store import flows as store
from services.delivery.feed.changes import Topic, note_change


async def save_draft(uow: UnitOfWork, flow: Flow) -> int:
    """Keep a flow as its draft, instead of the one before; gives the flow's id. Raises NAME_TAKEN."""
    return await save_document(uow, json.loads(json.dumps(dump_flow(flow))))


async def save_document(uow: UnitOfWork, document: Mapping[str, Any]) -> int:
    """The same with a draft some step of which may be unfinished."""
    await claim_name(uow, document["slug"], NameKind.FLOW)
    row = {name: document[name] for name in ("slug", "kind", "name")}
    flow_id = await store.put_flow(uow.conn, uow.account_id, {**row, "created_at": uow.now})
    await store.set_draft(uow.conn, uow.account_id, flow_id, dict(document), uow.now)
    note_change(uow, Topic.FLOW, FLOW, flow_id)
    return flow_id


async def get_draft(uow: UnitOfWork, slug: str) -> Flow:
    """The draft of a flow; raises SCENARIO_NOT_FOUND, DRAFT_NOT_FOUND, and FLOW_INVALID while a step is unfinished."""
    flow_id = await get_flow_id(uow, slug)
    document = await store.load_draft(uow.conn, uow.account_id, flow_id)
    if document is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DRAFT_NOT_FOUND", f"{slug} has no draft to publish")
    return Draft(flow_id, document, None).flow


async def create_draft(uow: UnitOfWork, flow: Flow) -> int:
    """Begin a new flow; gives its id. Raises NAME_TAKEN, for a flow that there is, too."""
    if await store.find_flow_id(uow.conn, uow.account_id, flow.slug) is not None:
        raise DomainError(ErrorKind.CONFLICT, "NAME_TAKEN", flow.slug)
    return await save_draft(uow, flow)


async def open_draft(uow: UnitOfWork, flow_id: int, *, locked: bool = False) -> Draft:
    """What there is to edit of a flow; `locked`: nobody else changes it until this unit is over.

    Raises SCENARIO_NOT_FOUND, for what has no steps, too.
    """
    document = await store.load_draft(uow.conn, uow.account_id, flow_id, locked=locked)
    seen = await get_overview(uow, flow_id)
    if document is not None:
        authors = await store.load_draft_authors(uow.conn, uow.account_id, flow_id)
        return Draft(flow_id, document, seen.draft_at, authors)
    return Draft(flow_id, dump_flow((await get_latest_version(uow, flow_id)).flow), None)


async def change_draft(uow: UnitOfWork, draft: Draft, operations: Sequence[Operation], author: int) -> Draft:
    """The draft after all of these operations, or none of them; raises OperationRefused, FlowInvalid for its head."""
    return await replace_draft(uow, draft, apply_operations(draft.settled, operations), author)


async def replace_draft(uow: UnitOfWork, draft: Draft, document: Mapping[str, Any], author: int) -> Draft:
    """The draft as an author has it now; without a change it stays whose it was."""
    authors = [*(other for other in draft.authors if other != author), author]
    changed = Draft(draft.flow_id, document, uow.now, authors)
    if changed.etag == draft.etag:
        return draft
    await save_document(uow, changed.settled)
    await store.set_draft_authors(uow.conn, uow.account_id, draft.flow_id, authors)
    return changed


async def drop_draft(uow: UnitOfWork, flow_id: int) -> None:
    """Forget the draft of a flow."""
    note_change(uow, Topic.FLOW, FLOW, flow_id)
    await store.set_draft(uow.conn, uow.account_id, flow_id, None, None)
    await store.set_draft_authors(uow.conn, uow.account_id, flow_id, None)


async def find_editable(uow: UnitOfWork, slug: str) -> Flow | None:
    """What an editor begins with: the draft of a flow, else its newest version; None if there is no such flow.

    Nobody else changes the draft until this unit is over. Raises FLOW_INVALID while a step of it is unfinished.
    """
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, slug)
    if flow_id is None:
        return None
    document = await store.load_draft(uow.conn, uow.account_id, flow_id, locked=True)
    if document is not None:
        return Draft(flow_id, document, None).flow
    version = await find_latest(uow, flow_id)
    return version.flow if version else None


async def find_newer(uow: UnitOfWork, slug: str) -> int:
    """The number of the version that was published since the draft was last changed; 0 where there is none."""
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, slug)
    versions = await list_versions(uow, flow_id) if flow_id is not None else []
    draft_at = (await get_overview(uow, flow_id)).draft_at if versions and flow_id is not None else None
    return versions[0].number if draft_at is not None and versions[0].published_at > draft_at else 0


async def find_problems(uow: UnitOfWork, flow: Flow) -> list[Problem]:
    """What stands against publishing a flow here, and what is worth a look.

    A name that nothing here has is no more than that before the first version: what is sold of a course comes after it.
    """
    problems = check_all(flow, (await know_values(uow)).variables)
    unknown = await list_unknown_names(uow.conn, uow.account_id, flow)
    is_new = bool(unknown) and await find_version(uow, flow.slug) is None
    return [*problems, *(replace(problem, warning=is_new) for problem in unknown)]


async def find_faults(uow: UnitOfWork, draft: Draft) -> Sequence[Problem]:
    """The same of a draft; while steps are unfinished it is these that are named."""
    return draft.faults or await find_problems(uow, draft.flow)


async def find_obstacles(uow: UnitOfWork, flow: Flow) -> list[Problem]:
    """What stands against publishing a flow here; warnings do not."""
    return [problem for problem in await find_problems(uow, flow) if not problem.warning]
