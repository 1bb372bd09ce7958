"""Flows that come as files: read without keeping anything, kept as drafts, taken back."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from core.flow.definition import FlowKind, dump_flow
from core.text.catalog import say
from core.text.message import localize
from services.content import imports
from services.content.files import uploaded
from services.content.files.uploaded import MOST_BYTES, ReadFile
from services.content.schemas import Import
from services.tenancy.permissions import Permission
from services.workflows.course_import.steps import undo_import as undo
from web.api.calls import ApiCall, Call
from web.api.content.flows import CHANGE, READ
from web.api.ids import FlowId, ImportId, ImportRef
from web.api.models import Answer, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room
from web.api.uploads import FileName, receive

LOOK = Policy(Permission.CONTENT, looks=True, apart=True, upload=MOST_BYTES)
KEEP = Policy(Permission.CONTENT, apart=True, upload=MOST_BYTES)
Slug = Annotated[str, Query(max_length=32, description="What links call it, if the file does not say.")]
Replaces = Annotated[bool, Query(description="Take the place of the draft of the flow there is.")]
FINDING = {"severity": "warning", "line": 12, "what": "“media” is no address", "remedy": "It is left out."}
room = Room("content")


class FindingItem(Answer):
    """What was found in a file: an `error` keeps it out; `line` 0 is the whole file."""

    severity: str
    line: int
    what: str
    remedy: str


class ReadItem(Answer):
    """What a file would become: its flow unless something is wrong; `flow` is the one there is by this name."""

    model_config = example(
        file="words.yaml",
        flow=None,
        kind="course",
        slug="words",
        name="Ten words a day",
        head={"kind": "course", "slug": "words", "name": "Ten words a day"},
        steps=[{"key": "hello", "type": "message", "text": "Good morning!"}],
        findings=[FINDING],
        left_off=0,
        wrong=False,
    )

    file: str
    flow: FlowId | None
    kind: FlowKind | None
    slug: str
    name: str
    head: dict[str, Any]
    steps: list[dict[str, Any]]
    findings: list[FindingItem]
    left_off: int
    wrong: bool


class ImportItem(Answer):
    """A file that became a flow's draft."""

    model_config = example(
        id="imp_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        flow="flw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        slug="words",
        file="words.yaml",
        made_at="2030-01-07T09:00:00Z",
        undone_at=None,
    )

    id: ImportId
    flow: FlowId
    slug: str
    file: str
    made_at: datetime
    undone_at: datetime | None


@room.post("/flows/read", LOOK, takes="application/octet-stream")
async def read_flow(call: Call, name: FileName, slug: Slug = "") -> ReadItem:
    """Read a file and say what is in it: YAML, a workbook, Word, Markdown, a packed channel; nothing is kept as a flow."""
    file = await _read(call, name, slug)
    async with call.read() as uow:
        return _show_read(await uploaded.look_up(uow, file), call.language)


@room.post("/flows/import", KEEP, 201, "application/octet-stream")
async def import_flow(
    call: Call, name: FileName, slug: Slug = "", *, replace: Replaces = False
) -> ImportItem:
    """Keep the flow of a file as a draft; with `replace` in place of the one there is, which an undo brings back."""
    file = await _read(call, name, slug)
    async with call.write() as uow:
        import_id = await uploaded.keep(uow, file, replaces=replace)
        return _show(await imports.get_import(uow, import_id))


async def _read(call: ApiCall, name: str, slug: str) -> ReadFile:
    async with receive(call) as path:
        content = await asyncio.to_thread(path.read_bytes)
    return await uploaded.read(call.db.env.of_account(call.account_id), name, content, slug)


@room.get("/imports", READ)
async def list_imports(call: Call) -> Listed[ImportItem]:
    """The latest imports, the newest first."""
    return Listed(items=[_show(made) for made in await imports.list_imports(call.uow)])


@room.post("/imports/{imported}/undo", CHANGE)
async def undo_import(call: Call, imported: ImportRef) -> ImportItem:
    """Bring back what was there before, as long as nothing came after it."""
    await undo(call.uow, imported)
    return _show(await imports.get_import(call.uow, imported))


def _show(made: Import) -> ImportItem:
    names = ("id", "slug", "file", "made_at", "undone_at")
    return ImportItem(**{name: getattr(made, name) for name in names}, flow=made.flow_id)


def _show_read(file: ReadFile, language: str) -> ReadItem:
    head = dump_flow(file.flow) if file.flow else {"steps": []}
    return ReadItem(
        file=file.file,
        flow=file.flow_id,
        kind=file.flow.kind if file.flow else None,
        slug=file.flow.slug if file.flow else "",
        name=localize(file.flow.name, language) if file.flow else "",
        steps=head.pop("steps"),
        head=head,
        findings=[_show_finding(finding, language) for finding in file.findings],
        left_off=file.left_off,
        wrong=file.is_wrong,
    )


def _show_finding(finding: Mapping[str, Any], language: str) -> FindingItem:
    what, _, remedy = say(finding["why"], language, finding["values"], escape=False).partition("\n")
    return FindingItem(severity=finding["severity"], line=finding["line"], what=what, remedy=remedy)
