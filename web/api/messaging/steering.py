"""Broadcasts steered: written, tried out, planned, started, stopped, changed and taken back."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from core.lifecycle import BroadcastStatus
from core.rules.moments import Moment
from core.to_many import BroadcastKind
from services.messaging.broadcast_plan import MOST_VARIANTS
from services.messaging.broadcasts import changes, steering, trials
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.drafting import drafts
from services.messaging.broadcasts.steering import AudienceDiffers
from services.tenancy.permissions import Permission
from utils.signing import random_id
from web.api.calls import ApiCall, Call
from web.api.ids import BroadcastId, BroadcastRef
from web.api.messaging.broadcasts import BroadcastDetail, etag_of, show_now
from web.api.models import Answer, Body, example
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.BROADCASTS_READ)
CHANGE = Policy(Permission.BROADCASTS, idempotency_key=True)
WRITE = Policy(Permission.BROADCASTS, if_match=True)
MOST_PEOPLE, MOST_LANGUAGES = 10**9, 20
MOST_TEXT = 16_000
MOST_BUTTONS = 90
DOCUMENT = {"name": "News", "text": {"ru": "Привет", "en": "Hello"}, "audience": {"all": [{"tag": "warm"}]}}
room = Room("messaging")


class DocumentBody(Body):
    """A broadcast as its file has it: docs/reference/broadcast-file.md names every key."""

    model_config = example(document=DOCUMENT)

    document: dict[str, Any]


class AtBody(Body):
    """When it leaves."""

    model_config = example(at="2030-01-08T10:00:00+03:00")

    at: Moment


class StartBody(Body):
    """How many people it is to reach, as `audience` has said: with another number nothing is sent.

    With `stars` it leaves at Telegram's paid pace, for at most so many from the bot's balance.
    """

    model_config = example(expect=4312, stars=0)

    expect: Annotated[int, Field(ge=0, le=MOST_PEOPLE, strict=True)]
    stars: Annotated[int, Field(ge=0, le=MOST_PEOPLE, strict=True)] = 0


class EditBody(Body):
    """Other words, by language (`*` for everybody), and other buttons, in rows as a file has them; what is not named stays."""

    model_config = example(texts={"en": "Hello, everybody"}, buttons=None)

    texts: Annotated[
        dict[str, Annotated[str, Field(max_length=MOST_TEXT)]] | None, Field(max_length=MOST_LANGUAGES)
    ] = None
    buttons: Annotated[
        list[Annotated[list[dict[str, Any]], Field(max_length=MOST_BUTTONS)]] | None,
        Field(max_length=MOST_BUTTONS),
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> "EditBody":
        if not self.texts and self.buttons is None:
            raise ValueError("texts or buttons")
        return self


class ChoiceBody(Body):
    """The variant that the rest gets, numbered from 1."""

    model_config = example(variant=2)

    variant: Annotated[int, Field(ge=1, le=MOST_VARIANTS, strict=True)]


class AudienceAnswer(Answer):
    """Whom it would reach now, and who of those it is for would not get it, and why.

    `stars` is the most that Telegram's paid pace would cost; 0 where the owner has not turned it on.
    """

    model_config = example(
        count=4312,
        exact=True,
        excluded={"blocked": 31, "refused": 12, "never_started": 5},
        condition={"all": [{"tag": "warm"}]},
        stars=0,
    )

    count: int
    exact: bool
    excluded: dict[str, int]
    condition: Any
    stars: int


class ChangeItem(Answer):
    """An edit or a recall: how many messages it reaches, how many are too old to be taken back."""

    model_config = example(id=f"brc_{'a' * 26}", kind="recall", of=f"brc_{'b' * 26}", people=4000, too_old=12)

    id: BroadcastId
    kind: BroadcastKind
    of: BroadcastId
    people: int
    too_old: int


@room.post("/broadcasts", Policy(Permission.BROADCASTS, idempotency_key=True), 201)
async def create_broadcast(call: Call, body: DocumentBody) -> BroadcastDetail:
    """Write a broadcast; nothing is sent."""
    broadcast_id = await steering.add_draft(call.uow, body.document)
    call.note_change(None, None, str(broadcast_id))
    return await show_now(call, broadcast_id)


@room.patch("/broadcasts/{broadcast}/draft", WRITE)
async def change_broadcast(call: Call, broadcast: BroadcastRef, body: DocumentBody) -> BroadcastDetail:
    """Let a draft say and ask this from now on."""
    call.match(etag_of(await get_broadcast(call.uow, broadcast)))
    await steering.change_draft(call.uow, broadcast, body.document)
    return await show_now(call, broadcast)


@room.get("/broadcasts/{broadcast}/audience", READ)
async def get_audience(call: Call, broadcast: BroadcastRef) -> AudienceAnswer:
    """How many it would reach now, and who would not get it."""
    asked = await get_broadcast(call.uow, broadcast)
    reach = await steering.find_reach(call.uow, asked)
    condition = asked.plan.audience if asked.plan and asked.plan.audience else {"all": []}
    excluded = {name: getattr(reach, name) for name in ("blocked", "refused", "never_started")}
    stars = steering.find_stars(call.uow, asked, reach.count)
    return AudienceAnswer(count=reach.count, exact=True, excluded=excluded, condition=condition, stars=stars)


@room.post("/broadcasts/{broadcast}/test", CHANGE)
async def test_broadcast(call: Call, broadcast: BroadcastRef) -> BroadcastDetail:
    """Send it to who asks, as everybody would get it."""
    key = f"bc:{broadcast}:try:{random_id()}"
    await drafts.try_out(call.uow, broadcast, call.who.telegram_id, key)
    return await show_now(call, broadcast)


@room.post("/broadcasts/{broadcast}/schedule", CHANGE)
async def schedule_broadcast(call: Call, broadcast: BroadcastRef, body: AtBody) -> BroadcastDetail:
    """Have it leave at a moment, or at another one than before."""
    done = await steering.schedule(call.uow, broadcast, body.at)
    return await _show_moved(call, broadcast, done=done, to=(BroadcastStatus.SCHEDULED,))


@room.post("/broadcasts/{broadcast}/start", CHANGE)
async def start_broadcast(call: Call, broadcast: BroadcastRef, body: StartBody) -> BroadcastDetail:
    """Send it now, if it still reaches as many people as were seen."""
    try:
        done = await steering.start(call.uow, broadcast, body.expect, body.stars)
    except AudienceDiffers as other:
        raise Problem(409, other.code, more={"count": other.count}) from None
    return await _show_moved(call, broadcast, done=done, to=steering.STARTED)


@room.post("/broadcasts/{broadcast}/pause", CHANGE)
async def pause_broadcast(call: Call, broadcast: BroadcastRef) -> BroadcastDetail:
    """Hold back whoever has not been written to."""
    done = await steering.follow(call.uow, broadcast, "pause")
    return await _show_moved(call, broadcast, done=done, to=(BroadcastStatus.PAUSED,))


@room.post("/broadcasts/{broadcast}/resume", CHANGE)
async def resume_broadcast(call: Call, broadcast: BroadcastRef) -> BroadcastDetail:
    """Go on exactly where it stopped."""
    done = await steering.follow(call.uow, broadcast, "resume")
    return await _show_moved(call, broadcast, done=done, to=(BroadcastStatus.RUNNING,))


@room.post("/broadcasts/{broadcast}/cancel", CHANGE)
async def cancel_broadcast(call: Call, broadcast: BroadcastRef) -> BroadcastDetail:
    """Stop it for good, or put a draft away."""
    done = await steering.follow(call.uow, broadcast, "cancel")
    return await _show_moved(call, broadcast, done=done, to=(BroadcastStatus.CANCELLED,))


@room.post("/broadcasts/{broadcast}/choose", CHANGE)
async def choose_variant(call: Call, broadcast: BroadcastRef, body: ChoiceBody) -> BroadcastDetail:
    """Send a variant of a comparison to all who wait for the better one; said again it changes nothing."""
    await get_broadcast(call.uow, broadcast)
    done = await trials.choose_variant(call.uow, broadcast, body.variant)
    shown = await show_now(call, broadcast)
    call.only_looked = not done
    call.note_change(None, None, str(shown.winner))
    if not done and shown.winner != body.variant:
        raise Problem(409, "BROADCAST_CANNOT", more={"allowed": steering.list_allowed(shown.status)})
    return shown


@room.post("/broadcasts/{broadcast}/edit-sent", CHANGE)
async def edit_sent_broadcast(call: Call, broadcast: BroadcastRef, body: EditBody) -> ChangeItem:
    """Have everybody who got it see other words or buttons."""
    reach = await changes.count_reach(call.uow, broadcast, BroadcastKind.EDIT)
    change_id = await changes.edit_broadcast(call.uow, broadcast, body.texts or {}, buttons=body.buttons)
    return ChangeItem(
        id=change_id, kind=BroadcastKind.EDIT, of=broadcast, people=reach.people, too_old=reach.too_old
    )


@room.post("/broadcasts/{broadcast}/recall", CHANGE)
async def recall_broadcast(call: Call, broadcast: BroadcastRef) -> ChangeItem:
    """Delete it at everybody who got it within two days, and send it to nobody more."""
    reach = await changes.count_reach(call.uow, broadcast, BroadcastKind.RECALL)
    change_id = await changes.recall_broadcast(call.uow, broadcast)
    return ChangeItem(
        id=change_id, kind=BroadcastKind.RECALL, of=broadcast, people=reach.people, too_old=reach.too_old
    )


async def _show_moved(
    call: ApiCall, broadcast_id: int, *, done: bool, to: tuple[BroadcastStatus, ...]
) -> BroadcastDetail:
    """The broadcast after a move; 409 with what it can follow instead, where it is not where it was to be."""
    shown = await show_now(call, broadcast_id)
    call.only_looked = not done
    call.note_change(None, None, shown.status)
    if not done and shown.status not in to:
        raise Problem(409, "BROADCAST_CANNOT", more={"allowed": steering.list_allowed(shown.status)})
    return shown
