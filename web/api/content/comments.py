"""What authors say to each other about a flow and its steps."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from core.db.keyset import Slice
from services.content.authoring import comments
from services.content.authoring.comments import ORDERS, Comment
from web.api.calls import ApiCall, Call
from web.api.content.flows import CHANGE, READ
from web.api.content.models import AUTHOR, AuthorItem, Key, show_authors
from web.api.ids import CommentId, CommentRef, FlowRef, MemberRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.routes import Room

MOST_TEXT, MOST_NAMED = 2000, 20
Comments = Annotated[ListPage, paged(ORDERS)]
StepKey = Annotated[str | None, Query(min_length=1, max_length=64, description="On this step alone.")]
room = Room("content")


class CommentItem(Answer):
    """What a member said about a step, about the whole flow where `step` is null; and who resolved it."""

    model_config = example(
        id=f"cmt_{'a' * 26}",
        step="hello",
        author=AUTHOR,
        text="Shall we say it shorter?",
        at="2030-01-07T09:00:00Z",
        resolved_by=None,
        resolved_at=None,
    )

    id: CommentId
    step: str | None
    author: AuthorItem
    text: str
    at: datetime
    resolved_by: AuthorItem | None
    resolved_at: datetime | None


class CommentBody(Body):
    """What is to be said about a step, without `step` about the whole flow; who is named in `mentions` is told in Telegram."""

    model_config = example(step="hello", text="Shall we say it shorter?", mentions=[])

    step: Key | None = None
    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    mentions: Annotated[tuple[MemberRef, ...], Field(max_length=MOST_NAMED)] = ()


@room.get("/flows/{flow}/comments", READ)
async def list_comments(
    call: Call,
    page: Comments,
    flow: FlowRef,
    step: StepKey = None,
    status: Literal["open", "resolved"] | None = None,
) -> Listed[CommentItem]:
    """What is said about a flow, the latest first."""
    is_open = None if status is None else status == "open"
    authors: dict[int, AuthorItem] = {}

    async def give(part: Slice) -> list[Comment]:
        listed = await comments.list_comments(call.uow, flow, part, step, is_open=is_open)
        authors.update(await _load_authors(call, listed))
        return listed

    return Listed(**await page.take(give, lambda comment: _show(comment, authors)))


@room.post("/flows/{flow}/comments", CHANGE, 201)
async def add_comment(call: Call, flow: FlowRef, body: CommentBody) -> CommentItem:
    """Say something about a step."""
    who = call.who.telegram_id
    return await _show_one(
        call, await comments.add_comment(call.uow, flow, body.step, body.text, who, body.mentions)
    )


@room.post("/flows/{flow}/comments/{comment}/resolve", CHANGE)
async def resolve_comment(call: Call, flow: FlowRef, comment: CommentRef) -> CommentItem:
    """It is done."""
    known = await comments.get_comment(call.uow, flow, comment)
    call.only_looked = not await comments.resolve_comment(call.uow, known, call.who.telegram_id)
    return await _show_one(call, await comments.get_comment(call.uow, flow, comment))


@room.post("/flows/{flow}/comments/{comment}/reopen", CHANGE)
async def reopen_comment(call: Call, flow: FlowRef, comment: CommentRef) -> CommentItem:
    """It is not done after all."""
    known = await comments.get_comment(call.uow, flow, comment)
    call.only_looked = not await comments.reopen_comment(call.uow, known)
    return await _show_one(call, await comments.get_comment(call.uow, flow, comment))


@room.delete("/flows/{flow}/comments/{comment}", CHANGE)
async def delete_comment(call: Call, flow: FlowRef, comment: CommentRef) -> None:
    """Take back what one has said oneself."""
    known = await comments.get_comment(call.uow, flow, comment)
    call.note_change(None, known.text, None)
    await comments.drop_comment(call.uow, known, call.who.telegram_id)


async def _load_authors(call: ApiCall, listed: Collection[Comment]) -> Mapping[int, AuthorItem]:
    known = {who for comment in listed for who in (comment.author_id, comment.resolved_by) if who}
    return {author.id: author for author in await show_authors(call, sorted(known))}


async def _show_one(call: ApiCall, comment: Comment) -> CommentItem:
    return _show(comment, await _load_authors(call, [comment]))


def _show(comment: Comment, authors: Mapping[int, AuthorItem]) -> CommentItem:
    names = ("id", "step", "text", "at", "resolved_at")
    resolved_by = authors[comment.resolved_by] if comment.resolved_by else None
    return CommentItem(
        **{name: getattr(comment, name) for name in names},
        author=authors[comment.author_id],
        resolved_by=resolved_by,
    )
