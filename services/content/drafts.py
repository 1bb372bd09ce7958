"""Drafts: a flow being worked on, which no run sees until it is published."""

import json
from collections.abc import Collection

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, dump_flow, parse_flow
from core.lifecycle import NameKind
from services.content.checks import check_all
from services.content.flows import get_flow_id
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


def list_obstacles(flow: Flow, variables: Collection[str]) -> list[str]:
    """What stands against publishing a flow whose texts may use `variables`, a line each; warnings do not."""
    return [str(problem) for problem in check_all(flow, variables) if not problem.warning]
