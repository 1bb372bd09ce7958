"""Flows and their immutable versions."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.db.keyset import Order, Slice
from core.db.models.content import flow_versions, flows
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import VersionPublished
from core.flow.definition import Flow, dump_flow, parse_flow
from core.lifecycle import NameKind
from core.profile import list_names
from core.public_ids import FLOW
from core.text.message import by_language
from services.content.link_names import claim_name
from services.content.messages.button_sets import require_sets
from services.content.schemas import FlowOverview, FlowVersion, ListedFlow, ListedVersion
from services.content.store import flows as store
from services.delivery.feed.changes import Topic, note_change

KEPT_FLOWS = 256
ORDERS: Mapping[str, Order] = {
    "-id": Order((flows.c.id,), descending=True),
    "id": Order((flows.c.id,)),
    "slug": Order((flows.c.slug,)),
}
"""In which orders flows are listed, by the names the API has for them: the latest is first."""
VERSION_ORDERS: Mapping[str, Order] = {"-number": Order((flow_versions.c.number,), descending=True)}
_parsed: dict[str, Flow] = {}


async def publish_flow(uow: UnitOfWork, flow: Flow) -> FlowVersion:
    """Publish a flow as its next version; a flow that equals the newest version changes nothing.

    Raises NAME_TAKEN if its slug is a partner's code, PROFILE_NOT_FOUND and BUTTON_SET_NOT_FOUND for what it names and
    is not there.
    """
    if flow.profile is not None and flow.profile not in uow.env.profiles:
        known = list_names(uow.env.profiles)
        raise DomainError(ErrorKind.INVALID, "PROFILE_NOT_FOUND", f"{flow.profile}; there are: {known}")
    await require_sets(uow, flow)
    await claim_name(uow, flow.slug, NameKind.FLOW)
    document = dump_flow(flow)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {"slug": flow.slug, "kind": flow.kind, "name": document["name"], "created_at": uow.now}
    flow_id = await store.put_flow(uow.conn, uow.account_id, row)
    latest = await store.find_latest_version(uow.conn, uow.account_id, flow_id)
    if latest is not None and latest.digest == digest:
        return FlowVersion(latest.id, flow_id, latest.number, flow)
    number = latest.number + 1 if latest is not None else 1
    version_id = await store.add_version(
        uow.conn,
        uow.account_id,
        {
            "flow_id": flow_id,
            "number": number,
            "digest": digest,
            "document": document,
            "published_at": uow.now,
        },
    )
    note_change(uow, Topic.FLOW, FLOW, flow_id)
    uow.publish(VersionPublished(flow_id, version_id))
    return FlowVersion(version_id, flow_id, number, flow)


async def note_authors(uow: UnitOfWork, version_id: int, authors: Sequence[int], publisher: int) -> None:
    """Note whose changes are in a version that this unit has published."""
    everybody = [*(author for author in authors if author != publisher), publisher]
    await store.set_authors(uow.conn, uow.account_id, version_id, everybody, uow.now)


async def get_latest_version(uow: UnitOfWork, flow_id: int) -> FlowVersion:
    """The version new runs start on; raises SCENARIO_NOT_FOUND."""
    row = await store.find_latest_version(uow.conn, uow.account_id, flow_id)
    return await _read(uow, row, str(flow_id))


async def get_version(uow: UnitOfWork, version_id: int) -> FlowVersion:
    """The version a run is pinned to; raises SCENARIO_NOT_FOUND."""
    row = await store.find_version(uow.conn, uow.account_id, version_id)
    return await _read(uow, row, f"version {version_id}")


async def load_flows(uow: UnitOfWork, version_ids: Iterable[int]) -> dict[int, Flow]:
    """The flows of these versions, each looked up once."""
    return {each_id: (await get_version(uow, each_id)).flow for each_id in set(version_ids)}


async def list_versions(uow: UnitOfWork, flow_id: int) -> list[ListedVersion]:
    """The versions of a flow, the newest first."""
    rows = await store.list_versions(uow.conn, uow.account_id, flow_id)
    return [ListedVersion(*row) for row in rows]


async def list_flows(uow: UnitOfWork) -> list[ListedFlow]:
    """All flows by their slugs."""
    return [ListedFlow(*row) for row in await store.list_flows(uow.conn, uow.account_id)]


async def list_page(uow: UnitOfWork, kind: str | None, part: Slice) -> list[FlowOverview]:
    """A part of the flows, of one kind or of all."""
    rows = await store.list_page(uow.conn, uow.account_id, kind, part)
    return [_read_overview(row) for row in rows]


async def count_flows(uow: UnitOfWork, kind: str | None, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_flows(uow.conn, uow.account_id, kind, most)


async def get_overview(uow: UnitOfWork, flow_id: int) -> FlowOverview:
    """One flow's facts; raises SCENARIO_NOT_FOUND, for what has no steps, too."""
    row = await store.find_flow(uow.conn, uow.account_id, flow_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", str(flow_id))
    return _read_overview(row)


def _read_overview(row: Any) -> FlowOverview:
    texts = by_language(row.name)
    return FlowOverview(**{**row._mapping, "name": texts})  # noqa: SLF001 - SQLAlchemy's own name


async def list_version_page(uow: UnitOfWork, flow_id: int, part: Slice) -> list[ListedVersion]:
    """A part of a flow's versions."""
    rows = await store.list_version_page(uow.conn, uow.account_id, flow_id, part)
    return [ListedVersion(*row) for row in rows]


async def get_newest(uow: UnitOfWork, flow_id: int) -> ListedVersion:
    """The newest version by its number and moment; raises SCENARIO_NOT_FOUND."""
    for version in await list_version_page(uow, flow_id, Slice(VERSION_ORDERS["-number"], 1)):
        return version
    raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", str(flow_id))


async def get_of_flow(uow: UnitOfWork, flow_id: int, version_id: int) -> tuple[ListedVersion, FlowVersion]:
    """A version of this flow and no other, with its moment; raises SCENARIO_NOT_FOUND."""
    version = await get_version(uow, version_id)
    listed = {entry.id: entry for entry in await list_versions(uow, flow_id)}
    if version.id not in listed:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", f"version {version_id}")
    return listed[version.id], version


async def find_version(uow: UnitOfWork, slug: str) -> FlowVersion | None:
    """The newest version of the flow that links call so; None where there is none."""
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, slug)
    if flow_id is None or await store.find_latest_version(uow.conn, uow.account_id, flow_id) is None:
        return None
    return await get_latest_version(uow, flow_id)


async def find_latest(uow: UnitOfWork, flow_id: int) -> FlowVersion | None:
    """The newest version of a flow; None for a product, which has none."""
    row = await store.find_latest_version(uow.conn, uow.account_id, flow_id)
    return None if row is None else await _read(uow, row, str(flow_id))


async def get_flow_id(uow: UnitOfWork, slug: str) -> int:
    """A flow by its slug; raises SCENARIO_NOT_FOUND."""
    flow_id = await store.find_flow_id(uow.conn, uow.account_id, slug)
    if flow_id is None:
        known = f"there is no course or scenario “{slug}”; `tandem flows` lists those there are"
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", known)
    return flow_id


async def _read(uow: UnitOfWork, row: Any, what: str) -> FlowVersion:
    """A version never changes, so each is read and parsed once."""
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", what)
    flow = _parsed.get(row.digest)
    if flow is None:
        flow = parse_flow(await store.load_document(uow.conn, uow.account_id, row.id))
        if len(_parsed) >= KEPT_FLOWS:
            _parsed.clear()
        _parsed[row.digest] = flow
    return FlowVersion(row.id, row.flow_id, row.number, flow)
