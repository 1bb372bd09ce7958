"""Versions of flows: listed, read, compared, made the newest again, taken along as a file."""

from typing import Annotated, Any

from fastapi import Query, Response

from core.flow.definition import Flow, dump_flow, dump_step
from core.flow.versions import Changes, MoveChoice, compare, list_moved
from services.content import drafts, flows
from services.content.exporting.documents import write_document
from services.content.flows import VERSION_ORDERS
from services.learning.runs import version_migration
from services.learning.runs.version_migration import Survey
from services.workflows.publishing import roll_back
from web.api.calls import ApiCall, Call
from web.api.content.drafts import EDIT, open_seen
from web.api.content.flows import CHANGE, READ
from web.api.content.models import VERSION, DraftItem, Key, VersionItem, show_draft, show_version
from web.api.ids import FlowRef, VersionRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.routes import Room
from web.api.workbooks import WORKBOOK, show_workbook

Versions = Annotated[ListPage, paged(VERSION_ORDERS)]
Other = Annotated[
    VersionRef | None, Query(description="A version; left out: the draft, for `old` the newest.")
]
room = Room("content")


class VersionDocument(VersionItem):
    """A version with all that it says."""

    model_config = example(**VERSION, head={"kind": "course", "slug": "words", "name": "Words"}, steps=[])

    head: dict[str, Any]
    steps: list[dict[str, Any]]


class StepChange(Answer):
    """A step of both, as the older and as the newer one has it."""

    key: str
    old: dict[str, Any]
    new: dict[str, Any]


class StandingItem(Answer):
    """How many stand on a step, and what the newer one does to it: `changed`, `removed` or nothing."""

    step: str
    people: int
    fate: str


class Difference(Answer):
    """What is different between two by the keys of their steps; against a draft, who stands where, too."""

    model_config = example(
        added=["hello"],
        removed=[],
        moved=[],
        changed=[],
        standing=[{"step": "hello", "people": 12, "fate": "changed"}],
    )

    added: list[str]
    removed: list[str]
    moved: list[str]
    changed: list[StepChange]
    standing: list[StandingItem]


class Rollback(Body):
    """Which version is the newest again (left out: the one before the newest), and what becomes of the people."""

    model_config = example(number=2, choice="move")

    number: int | None = None
    choice: MoveChoice = MoveChoice.STAY


@room.get("/flows/{flow}/versions", READ)
async def list_versions(call: Call, flow: FlowRef, page: Versions) -> Listed[VersionItem]:
    """The versions of a flow, the newest first."""
    taken = await page.take(lambda part: flows.list_version_page(call.uow, flow, part), lambda row: row)
    taken["items"] = [await show_version(call, version) for version in taken["items"]]
    return Listed(**taken)


@room.get("/flows/{flow}/versions/{version}", READ)
async def get_version(call: Call, flow: FlowRef, version: VersionRef) -> VersionDocument:
    """One version with its steps."""
    listed, content = await flows.get_of_flow(call.uow, flow, version)
    head = dump_flow(content.flow)
    shown = dict(await show_version(call, listed))
    return VersionDocument(**shown, steps=head.pop("steps"), head=head)


@room.post("/flows/{flow}/versions/{version}/take", EDIT)
async def take_version(call: Call, flow: FlowRef, version: VersionRef) -> DraftItem:
    """Have what an earlier version said as the draft, in place of what it says now."""
    draft = await open_seen(call, flow)
    former = (await flows.get_of_flow(call.uow, flow, version))[1].flow
    changed = await drafts.replace_draft(call.uow, draft, dump_flow(former), call.who.telegram_id)
    call.only_looked = changed is draft
    return await show_draft(call, changed)


@room.get("/flows/{flow}/diff", READ)
async def get_diff(call: Call, flow: FlowRef, old: Other = None, new: Other = None) -> Difference:
    """What publishing would change and whom it would meet, or what is different between two versions."""
    newer = await _find(call, flow, new)
    survey = await version_migration.survey(call.uow, newer) if new is None and old is None else None
    older = await _find(call, flow, old) if old is not None else await _find_newest(call, flow, newer)
    return _show(older, newer, survey)


async def _find(call: ApiCall, flow: int, version: int | None) -> Flow:
    if version is None:
        return (await drafts.open_draft(call.uow, flow)).flow
    return (await flows.get_of_flow(call.uow, flow, version))[1].flow


async def _find_newest(call: ApiCall, flow: int, newer: Flow) -> Flow:
    """Where nothing was published there is nothing to compare with but an empty flow."""
    newest = await flows.find_latest(call.uow, flow)
    return newest.flow if newest else newer.model_copy(update={"steps": ()})


def _show(old: Flow, new: Flow, survey: Survey | None) -> Difference:
    changes: Changes = compare(old, new)
    return Difference(
        added=list(changes.added),
        removed=list(changes.removed),
        moved=list(list_moved(old, new)),
        changed=[_show_change(old, new, key) for key in changes.changed],
        standing=[
            StandingItem(step=group.step, people=group.people, fate=group.fate)
            for group in (survey.standing if survey else ())
        ],
    )


def _show_change(old: Flow, new: Flow, key: Key) -> StepChange:
    return StepChange(
        key=key, old=dump_step(old.steps[old.place(key)]), new=dump_step(new.steps[new.place(key)])
    )


@room.post("/flows/{flow}/rollback", CHANGE)
async def roll_back_flow(call: Call, flow: FlowRef, body: Rollback) -> VersionItem:
    """Make an earlier version the newest again; the draft there is stays."""
    version = await roll_back(call.uow, flow, body.number, body.choice)
    await flows.note_authors(call.uow, version.id, (), call.who.telegram_id)
    return await show_version(call, await flows.get_newest(call.uow, flow))


@room.get("/flows/{flow}/export.yaml", READ, "application/yaml")
async def export_flow(call: Call, flow: FlowRef) -> Response:
    """What there is to edit, as the document that an import reads."""
    draft = await drafts.open_draft(call.uow, flow)
    headers = {"Content-Disposition": f'attachment; filename="{draft.document["slug"]}.yaml"'}
    return Response(write_document(draft.settled), headers=headers, media_type="application/yaml")


@room.get("/flows/{flow}/export.xlsx", READ, WORKBOOK)
async def export_workbook(call: Call, flow: FlowRef) -> Response:
    """The same as a workbook, which an import reads, too; TEXT_TOO_LONG where a text fits into no cell."""
    from services.content.exporting.workbooks import write_workbook  # most processes never write one

    draft = await drafts.open_draft(call.uow, flow)
    return show_workbook(draft.flow.slug, write_workbook(draft.flow))
