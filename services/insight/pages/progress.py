"""Courses and scenarios: how many are on the way, wait, have come to the end, have stopped."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.flow.run import RunStatus
from core.text.message import by_language
from services.insight.pages.reports import Number, Period, write_counted
from services.insight.store import pages


@dataclass(frozen=True)
class FlowProgress:
    """A flow, and its people by what became of them; somebody who began again may stand in two."""

    slug: str
    kind: str
    name: Mapping[str, str]
    by_status: Mapping[RunStatus, Number]


async def list_progress(uow: UnitOfWork) -> list[FlowProgress]:
    """Every flow that anybody has begun."""
    rows = await pages.count_runs(uow.conn, uow.account_id)
    flows = {row.slug: row for row in rows}
    return [
        FlowProgress(
            slug,
            flow.kind,
            by_language(flow.name),
            _by_status(slug, {row.status: row.people for row in rows if row.slug == slug}),
        )
        for slug, flow in flows.items()
    ]


def _by_status(slug: str, people: Mapping[str, int]) -> dict[RunStatus, Number]:
    return {
        status: Number(people.get(status, 0), write_counted(f"run_{status}", Period(), slug))
        for status in RunStatus
    }
