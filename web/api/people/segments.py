"""Segments: people under a name, whoever fits now or whoever fitted when it was saved."""

from typing import Annotated, Any

from pydantic import Field

from core.errors import DomainError, ErrorKind
from services.people import segments
from services.people.schemas import Segment
from services.people.segments import MOST_NAME
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import SegmentId, SegmentRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTACTS, apart=True)
CHANGE = Policy(Permission.CONTACTS_CHANGE)
room = Room("people")


class SegmentItem(Answer):
    """People under a name; a `live` one is whoever fits now, another whoever fitted when it was saved."""

    model_config = example(
        id=f"seg_{'a' * 26}", name="near", condition={"tag": "warm"}, live=True, people=4312
    )

    id: SegmentId
    name: str
    condition: Any
    live: bool
    people: int


class SegmentBody(Body):
    """A name and who is meant; a name that is there gets other people."""

    model_config = example(name="near", condition={"tag": "warm"}, live=True)

    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    condition: Any
    live: bool = True


@room.get("/segments", READ)
async def list_segments(call: Call) -> Listed[SegmentItem]:
    """The segments by their names, each with how many people are in it now."""
    async with call.read() as uow:
        numbers = {name: number for number, name in (await segments.list_names(uow)).items()}
    known = await segments.list_segments(call.db, call.account_id)
    return Listed(items=[_show(each, numbers[each.name]) for each in known if each.name in numbers])


@room.post("/segments", CHANGE, 201)
async def save_segment(call: Call, body: SegmentBody) -> SegmentItem:
    """Have people under a name, in place of those it had."""
    saved = await segments.save_segment(call.uow, body.name, body.condition, live=body.live)
    call.note_change(None, None, body.name)
    numbers = {name: number for number, name in (await segments.list_names(call.uow)).items()}
    return _show(saved, numbers[saved.name])


@room.delete("/segments/{segment}", CHANGE)
async def drop_segment(call: Call, segment: SegmentRef) -> None:
    """Forget a segment; one that another one asks for stays."""
    name = await _name_of(call, segment)
    call.note_change(None, name, None)
    await segments.drop_segment(call.uow, name)


async def _name_of(call: ApiCall, segment: int) -> str:
    names = await segments.list_names(call.uow)
    if segment not in names:
        raise DomainError(ErrorKind.NOT_FOUND, "SEGMENT_NOT_FOUND", str(segment))
    return names[segment]


def _show(segment: Segment, number: int) -> SegmentItem:
    shown = {"name": segment.name, "condition": segment.audience, "live": segment.is_live}
    return SegmentItem(**shown, id=number, people=segment.count)
