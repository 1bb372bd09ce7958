"""What authors say to each other about a flow and its steps: said, answered by being resolved, told to who is named."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from core.db.keyset import Order, Slice, by_number
from core.db.models.content_comments import step_comments
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowInvalid
from core.flow.naming import name_step
from core.public_ids import FLOW
from core.text.message import localize
from services.content import drafts
from services.content.drafts import open_draft
from services.content.flows import get_overview
from services.content.store.authoring import comments as store
from services.delivery import speech
from services.delivery.feed.changes import Topic, note_change
from services.delivery.speech import Words
from services.people.team.roles import get_member
from services.people.telling import tell_person
from services.tenancy import members
from services.tenancy.permissions import Permission, may

ORDERS: Mapping[str, Order] = by_number(step_comments.c.id)


@dataclass(frozen=True)
class Comment:
    """What a member said about a step, or about the whole flow; members by their Telegram ids."""

    id: int
    flow_id: int
    step: str | None
    author_id: int
    text: str
    at: datetime
    resolved_by: int | None
    resolved_at: datetime | None


async def list_comments(
    uow: UnitOfWork, flow_id: int, part: Slice, step: str | None = None, *, is_open: bool | None = None
) -> list[Comment]:
    """A part of what is said about a flow: about one step, what is open or what is resolved."""
    rows = await store.list_comments(uow.conn, uow.account_id, flow_id, part, step=step, is_open=is_open)
    return [Comment(*row) for row in rows]


async def get_comment(uow: UnitOfWork, flow_id: int, comment_id: int) -> Comment:
    """One on this flow; raises COMMENT_NOT_FOUND."""
    row = await store.find_comment(uow.conn, uow.account_id, comment_id)
    if row is None or row.flow_id != flow_id:
        raise DomainError(ErrorKind.NOT_FOUND, "COMMENT_NOT_FOUND", str(comment_id))
    return Comment(*row)


async def add_comment(
    uow: UnitOfWork, flow_id: int, step: str | None, text: str, author_id: int, named: Collection[int]
) -> Comment:
    """Say something about a step as it is being edited, and tell the members who are named.

    Raises STEP_NOT_FOUND; MEMBER_CANNOT_READ for who is named and may not look at flows.
    """
    steps = (await open_draft(uow, flow_id)).document["steps"]
    if step is not None and step not in {each["key"] for each in steps}:
        raise DomainError(ErrorKind.INVALID, "STEP_NOT_FOUND", step)
    row = {"flow_id": flow_id, "step": step, "author_id": author_id, "text": text, "at": uow.real_now}
    number = await store.add_comment(uow.conn, uow.account_id, row)
    note_change(uow, Topic.FLOW, FLOW, flow_id)
    comment = await get_comment(uow, flow_id, number)
    for telegram_id in sorted(set(named)):
        if not may(await members.load_roles(uow, telegram_id), Permission.CONTENT_READ):
            raise DomainError(ErrorKind.INVALID, "MEMBER_CANNOT_READ", str(telegram_id))
        await _tell(uow, comment, telegram_id)
    return comment


async def _tell(uow: UnitOfWork, comment: Comment, telegram_id: int) -> None:
    flow = await get_overview(uow, comment.flow_id)
    language = uow.env.of_account(uow.account_id).default_language
    said = {
        "author": (await get_member(uow, comment.author_id)).name,
        "flow": localize(flow.name, language),
        "text": speech.literal({"*": escape(comment.text, quote=False)}),
    }
    place = {"step": await _name_step(uow, flow.slug, comment.step)} if comment.step else {}
    words = speech.words("comment-names-you-at" if place else "comment-names-you", **said, **place)
    await tell_person(uow, telegram_id, words, f"comment:{comment.id}:{telegram_id}")


async def _name_step(uow: UnitOfWork, slug: str, key: str) -> Words:
    """As the draft calls it, or the version that people see."""
    try:
        flow = await drafts.find_editable(uow, slug)
    except FlowInvalid:  # another step of it is half-written
        return key
    return speech.named(name_step(flow, key)) if flow is not None else key


async def resolve_comment(uow: UnitOfWork, comment: Comment, by: int) -> bool:
    """What was said is done; False if it was so already."""
    if comment.resolved_at is not None:
        return False
    await _set(uow, comment, by, uow.real_now)
    return True


async def reopen_comment(uow: UnitOfWork, comment: Comment) -> bool:
    """It is not done after all; False if it is open."""
    if comment.resolved_at is None:
        return False
    await _set(uow, comment, None, None)
    return True


async def _set(uow: UnitOfWork, comment: Comment, by: int | None, at: datetime | None) -> None:
    values = {"resolved_by": by, "resolved_at": at}
    await store.set_resolved(uow.conn, uow.account_id, comment.id, values)
    note_change(uow, Topic.FLOW, FLOW, comment.flow_id)


async def drop_comment(uow: UnitOfWork, comment: Comment, by: int) -> None:
    """Take back what one has said oneself; raises COMMENT_NOT_YOURS."""
    if comment.author_id != by:
        raise DomainError(ErrorKind.FORBIDDEN, "COMMENT_NOT_YOURS")
    await store.drop_comment(uow.conn, uow.account_id, comment.id)
    note_change(uow, Topic.FLOW, FLOW, comment.flow_id)
