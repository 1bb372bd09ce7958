"""Drafts: read, changed by operations on the keys of their steps, looked through, published."""

from services.content import drafts
from services.content.flows import get_newest, note_authors
from services.content.schemas import Draft
from services.tenancy.permissions import Permission
from services.workflows.publishing import publish_draft
from web.api.calls import ApiCall, Call
from web.api.content.flows import CHANGE, READ
from web.api.content.models import (
    DraftChange,
    DraftItem,
    DraftSaved,
    ProblemItem,
    Publication,
    VersionItem,
    show_authors,
    show_draft,
    show_problems,
    show_version,
)
from web.api.ids import FlowRef
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

EDIT = Policy(Permission.CONTENT, if_match=True)
room = Room("content")


@room.get("/flows/{flow}/draft", READ)
async def get_draft(call: Call, flow: FlowRef) -> DraftItem:
    """What there is to edit: the draft, where there is none the newest version."""
    return await show_draft(call, await drafts.open_draft(call.uow, flow))


@room.patch("/flows/{flow}/draft", EDIT)
async def change_draft(call: Call, flow: FlowRef, body: DraftChange) -> DraftSaved:
    """Change the draft by operations on the keys of its steps: all of them, or none.

    A step may lack what it has still to say; the problems of the answer name it, and publishing is refused until then.
    """
    draft = await open_seen(call, flow)
    operations = [operation.read() for operation in body.ops]
    changed = await drafts.change_draft(call.uow, draft, operations, call.who.telegram_id)
    call.only_looked = changed is draft
    return DraftSaved(etag=changed.etag, problems=await _find_problems(call, changed))


async def open_seen(call: ApiCall, flow: int) -> Draft:
    """The draft to be changed, as who calls has seen it; else it is said who has changed it, and when."""
    draft = await drafts.open_draft(call.uow, flow, locked=True)
    names = [author.name for author in await show_authors(call, draft.authors[-1:])]
    call.match(draft.etag, changed_at=draft.changed_at and draft.changed_at.isoformat(), changed_by=names)
    return draft


@room.get("/flows/{flow}/problems", READ)
async def list_problems(call: Call, flow: FlowRef) -> Listed[ProblemItem]:
    """What stands against publishing what there is to edit, and what is worth a look."""
    return Listed(items=await _find_problems(call, await drafts.open_draft(call.uow, flow)))


async def _find_problems(call: ApiCall, draft: Draft) -> list[ProblemItem]:
    return show_problems(draft, await drafts.find_faults(call.uow, draft), call.language)


@room.post("/flows/{flow}/publish", CHANGE)
async def publish_flow(call: Call, flow: FlowRef, body: Publication) -> VersionItem:
    """Make the draft the next version; with If-Match only what its author has seen. Without a draft all stays."""
    draft = await drafts.open_draft(call.uow, flow, locked=True)
    if "if-match" in call.request.headers:
        call.match(draft.etag)
    version = await publish_draft(call.uow, draft.flow.slug, body.choice, body.steps)
    await note_authors(call.uow, version.id, draft.authors, call.who.telegram_id)
    return await show_version(call, await get_newest(call.uow, flow))
