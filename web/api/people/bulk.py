"""One act on many people: chosen one by one or by conditions, done by a job whose result has a line for each."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from services.delivery.long_jobs.lists import get_job
from services.tenancy.permissions import Permission
from services.workflows.many import acting, choosing
from services.workflows.many.choosing import Choice, ChoiceDiffers
from web.api.calls import ApiCall, Call
from web.api.ids import ContactRef, TariffRef
from web.api.jobs import JobItem, show_job
from web.api.models import Body, example
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

CHANGE = Policy(Permission.CONTACTS_CHANGE, idempotency_key=True)
MOST_IDS, MOST_TEXT, MOST_TAG = 1_000, 4_096, 64
MOST_DAYS, MOST_PAUSE = 3_650, 365
room = Room("people")


class Selection(Body):
    """Either people by their ids, or a condition with `expect`, the number of people that was seen for it."""

    model_config = example(condition={"tag": "warm"}, expect=4312)

    ids: Annotated[tuple[ContactRef, ...], Field(max_length=MOST_IDS)] = ()
    condition: Any = None
    expect: Annotated[int | None, Field(ge=0, lt=2**31)] = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if bool(self.ids) == (self.condition is not None):
            raise ValueError("say ids or a condition")
        if self.condition is not None and self.expect is None:
            raise ValueError("say how many people are expected")
        return self


class TagAct(Body):
    """Put a tag on them, or take it off."""

    kind: Literal["tag", "untag"]
    tag: Annotated[str, Field(min_length=1, max_length=MOST_TAG)]


class GiveAct(Body):
    """Open a tariff to who does not have it; they are told."""

    kind: Literal["give_access"]
    tariff: TariffRef


class ExtendAct(Body):
    """Let their access to a tariff end so many days later."""

    kind: Literal["extend_access"]
    tariff: TariffRef
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]


class PauseAct(Body):
    """Let their course, and the time they paid for, stand still for so many of its days; 0: until it goes on by hand."""

    kind: Literal["pause"]
    days: Annotated[int, Field(ge=0, le=MOST_PAUSE, strict=True)]


class PlainAct(Body):
    """Let paused courses go on; shut people out, or let them in again."""

    kind: Literal["resume", "block", "unblock"]


class MessageAct(Body):
    """Write to them as the bot, one by one; who wants no messages to many gets none."""

    kind: Literal["message"]
    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


BulkAct = Annotated[
    TagAct | GiveAct | ExtendAct | PauseAct | PlainAct | MessageAct, Field(discriminator="kind")
]


class BulkBody(Body):
    """With whom, and what."""

    model_config = example(
        select={"condition": {"tag": "warm"}, "expect": 4312}, action={"kind": "tag", "tag": "spring"}
    )

    select: Selection
    action: BulkAct


@room.post("/contacts/bulk", CHANGE, 202)
async def act_on_contacts(call: Call, body: BulkBody) -> JobItem:
    """Have something done with many people; 409 with the number, where it is not as many as were expected."""
    if not call.may(acting.ACTS[body.action.kind].needs):
        raise call.forbidden
    choice, total = await choose(call, body.select)
    asked = (call.who.telegram_id, call.language)
    number = await acting.start_act(call.uow, choice, total, dict(body.action), asked)
    call.note_change(None, None, f"{body.action.kind}: {total}")
    return show_job(await get_job(call.uow, number, call.account.permissions))


async def choose(call: ApiCall, select: Selection) -> tuple[Choice, int]:
    """Whom a selection names now, and how many they are."""
    try:
        return await choosing.choose(call.uow, select.ids, select.condition, select.expect)
    except ChoiceDiffers as other:
        raise Problem(409, other.code, more={"count": other.count}) from None
