"""Ready answers."""

from typing import Annotated

from pydantic import Field

from services.messaging import canned
from services.messaging.canned import Canned
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import CannedReplyId, CannedReplyRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CANNED)
MOST_TEXT = 4096
RepliesPage = Annotated[ListPage, paged(canned.ORDERS)]
room = Room("messaging")


class CannedReplyItem(Answer):
    """A ready answer; one with media (`kind`) can be sent by the bot alone that got it."""

    model_config = example(
        id=f"can_{'a' * 26}", name="Well done", text="Well done, {{student.name}}!", kind="text"
    )

    id: CannedReplyId
    name: str
    text: str
    kind: str


class CannedReplyBody(Body):
    """A new ready answer in plain words, `{{student.name}}` and `{{course.name}}` in them; its name replaces another one."""

    model_config = example(name="Well done", text="Well done, {{student.name}}!")

    name: Annotated[str, Field(min_length=1, max_length=canned.MOST_NAME)]
    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


def show_reply(reply: Canned) -> CannedReplyItem:
    """A ready answer as the API shows it."""
    kind = "text" if reply.is_text else str(reply.said.content.get("kind", ""))
    return CannedReplyItem(id=reply.id, name=reply.name, text=reply.said.words, kind=kind)


@room.get("/canned-replies", READ)
async def list_canned_replies(call: Call, page: RepliesPage) -> Listed[CannedReplyItem]:
    """The ready answers, by name."""
    taken = await page.take(lambda part: canned.list_page(call.uow, part), show_reply)
    return Listed(**taken)


@room.get("/canned-replies/{canned_reply}", READ)
async def get_canned_reply(call: Call, canned_reply: CannedReplyRef) -> CannedReplyItem:
    """One of them."""
    return show_reply(await canned.get_canned(call.uow, canned_reply))


@room.post("/canned-replies", READ, 201)
async def create_canned_reply(call: Call, body: CannedReplyBody) -> CannedReplyItem:
    """Keep a ready answer."""
    reply = await canned.write(call.uow, body.name, body.text, call.who.telegram_id)
    call.note_change(None, None, reply.name)
    return show_reply(reply)


@room.delete("/canned-replies/{canned_reply}", READ)
async def delete_canned_reply(call: Call, canned_reply: CannedReplyRef) -> None:
    """Keep it no longer."""
    await canned.drop(call.uow, canned_reply)
