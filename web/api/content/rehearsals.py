"""Rehearsals: a draft is walked in a Telegram of its own, on a clock that jumps; nothing of it touches anybody."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.content import drafts
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import FlowRef
from web.api.models import Answer, Body, example
from web.api.policy import Policy
from web.api.routes import Room
from web.api.stage import ActKind, Owner, Scene, Stage, Until, Wish, broke

LOOK = Policy(Permission.CONTENT, apart=True)
PLAY = Policy(Permission.CONTENT, looks=True, apart=True)
SAID = {"id": 2, "at": "2030-01-07T09:00:00Z", "own": False, "text": "Good morning!", "buttons": ["Begin"]}
room = Room("content")


class RehearsedMessage(Answer):
    """What was said in a rehearsal; `own` is what the student wrote."""

    model_config = example(**SAID)

    id: int
    at: datetime
    own: bool
    text: str
    buttons: list[str]


class RehearsalItem(Answer):
    """A rehearsal: what was said, at which `step` the student is, and what time it is there; `over` at the end of the flow."""

    model_config = example(messages=[SAID], step="hello", now="2030-01-07T09:00:00Z", over=False)

    messages: list[RehearsedMessage]
    step: str | None
    now: datetime
    over: bool


class RehearsalStart(Body):
    """Where to begin; without a `step` at the first one."""

    model_config = example(step="hello")

    step: Annotated[str, Field(max_length=64)] = ""


class RehearsalAct(Body):
    """Something the student does, or the curator: `message` is whose button is pressed, `text` is the button or what is written."""

    model_config = example(kind="press", message=2, text="Begin")

    kind: ActKind
    message: Annotated[int, Field(ge=0)] = 0
    text: Annotated[str, Field(max_length=4096)] = ""


class RehearsalJump(Body):
    """How far the clock jumps: to what comes `next`, or by a `day`."""

    model_config = example(until="next")

    until: Until


@room.post("/flows/{flow}/rehearsal", PLAY)
async def begin_rehearsal(call: Call, flow: FlowRef, body: RehearsalStart) -> RehearsalItem:
    """Begin a rehearsal of what there is to edit; the one that who calls had is over."""
    stage = _stage(call)
    async with call.read() as uow:
        draft = await drafts.open_draft(uow, flow)
    return _show(await stage.start(_owner(call, flow), draft.flow, call.language, body.step))


@room.get("/flows/{flow}/rehearsal", LOOK)
async def get_rehearsal(call: Call, flow: FlowRef) -> RehearsalItem:
    """What was said so far in the rehearsal of who calls."""
    return _show(await _stage(call).look(_owner(call, flow)))


@room.post("/flows/{flow}/rehearsal/act", PLAY)
async def act_in_rehearsal(call: Call, flow: FlowRef, body: RehearsalAct) -> RehearsalItem:
    """Press a button, write something, or let the curator accept what waits for them."""
    wish = Wish(body.kind, body.message, body.text)
    return _show(await _stage(call).do(_owner(call, flow), wish))


@room.post("/flows/{flow}/rehearsal/advance", PLAY)
async def advance_rehearsal(call: Call, flow: FlowRef, body: RehearsalJump) -> RehearsalItem:
    """Let the time pass until the next thing comes, or by a day."""
    return _show(await _stage(call).do(_owner(call, flow), Wish(body.until)))


@room.post("/flows/{flow}/rehearsal/end", PLAY, status=204)
async def end_rehearsal(call: Call, flow: FlowRef) -> None:
    """The rehearsal of who calls is over."""
    await _stage(call).end(_owner(call, flow))


def _stage(call: ApiCall) -> Stage:
    if call.outside.stage is None:
        raise broke()  # this application was built without one
    return call.outside.stage


def _owner(call: ApiCall, flow: int) -> Owner:
    return Owner(call.account_id, call.who.telegram_id, flow)


def _show(scene: Scene) -> RehearsalItem:
    return RehearsalItem.model_validate(scene)
