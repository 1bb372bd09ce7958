"""Flows in pages, each with how many people are in it."""

from dataclasses import dataclass

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from services.content import flows
from services.content.schemas import FlowOverview
from services.learning.store import version_migration as store


@dataclass(frozen=True)
class FlowInside:
    """A flow and how many are in it, in whichever version."""

    flow: FlowOverview
    people: int

    @property
    def id(self) -> int:
        """Its number, by which it stands in a list."""
        return self.flow.id

    @property
    def slug(self) -> str:
        """What links call it, the same."""
        return self.flow.slug


async def list_flows(uow: UnitOfWork, kind: str | None, part: Slice) -> list[FlowInside]:
    """A part of the flows, of one kind or of all."""
    return await _count(uow, await flows.list_page(uow, kind, part))


async def get_flow(uow: UnitOfWork, flow_id: int) -> FlowInside:
    """One flow; raises SCENARIO_NOT_FOUND."""
    return (await _count(uow, [await flows.get_overview(uow, flow_id)]))[0]


async def _count(uow: UnitOfWork, seen: list[FlowOverview]) -> list[FlowInside]:
    people = await store.count_by_flow(uow.conn, uow.account_id, [flow.id for flow in seen])
    return [FlowInside(flow, people.get(flow.id, 0)) for flow in seen]
