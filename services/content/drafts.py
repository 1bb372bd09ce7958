"""Drafts: a flow being worked on, which no run sees until it is published."""

import json
from collections.abc import Collection

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, Problem, dump_flow, parse_flow
from core.lifecycle import NameKind
from services.content.checks import check_all
from services.content.flows import find_latest, get_flow_id
from services.content.link_names import claim_name
from services.content.store import flows as store


async def save_draft(uow: UnitOfWork, flow: Flow) -> int:
    """Keep a flow as its draft, instead of the one before; gives the flow's id. Raises NAME_TAKEN."""
    await claim_name(uow, flow.slug, NameKind.FLOW)
    document = dump_flow(flow)
    row = {"slug": flow.slug, "kind": flow.kind, "name": document["name"], "created_at": uow.now}
    flow_id = await store.put_flow(uow.conn, uow.account_id, row)
    await store.set_draft(uow.conn, uow.account_id, flow_id, json.loads(json.dumps(document)), uow.now)
    return flow_id


async def get_draft(uow: UnitOfWork, slug: str) -> Flow:
    """The draft of a flow; raises SCENARIO_NOT_FOUND, DRAFT_NOT_FOUND."""
    document = await store.load_draft(uow.conn, uow.account_id, await get_flow_id(uow, slug))
    if document is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DRAFT_NOT_FOUND", f"{slug} has no draft to publish")
    return parse_flow(document)


async def drop_draft(uow: UnitOfWork, flow_id: int) -> None:
    """Forget the draft of a flow."""
    await store.set_draft(uow.conn, uow.account_id, flow_id, None, None)


async def find_editable(uow: UnitOfWork, slug: str) -> Flow | None:
    """What an editor begins with: the draft of a flow, else its newest version; None if there is no such flow.

    Nobody else changes the draft until this unit is over.
    """
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, slug)
    if flow_id is None:
        return None
    document = await store.load_draft(uow.conn, uow.account_id, flow_id, locked=True)
    if document is not None:
        return parse_flow(document)
    version = await find_latest(uow, flow_id)
    return version.flow if version else None


def list_problems(flow: Flow, variables: Collection[str]) -> list[Problem]:
    """What stands against publishing a flow whose texts may use `variables`; warnings do not."""
    return [problem for problem in check_all(flow, variables) if not problem.warning]


def list_obstacles(flow: Flow, variables: Collection[str]) -> list[str]:
    """The same, a line each."""
    return [str(problem) for problem in list_problems(flow, variables)]
