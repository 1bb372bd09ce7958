"""Hand-offs: people who wait for somebody of the team, or talk with one."""

from datetime import datetime
from typing import Annotated

from core.lifecycle import HandoffStatus
from services.delivery.speech import Address, Screen
from services.messaging.handoffs import handoffs, listing
from services.messaging.handoffs.handoffs import OPERATOR
from services.messaging.handoffs.listing import Wanted
from services.messaging.schemas import Handoff
from services.tenancy.permissions import Permission
from utils.signing import random_id
from web.api.calls import ApiCall, Call
from web.api.ids import BotId, ContactId, ConversationId, HandoffId, HandoffRef, MemberId, MemberRef
from web.api.models import Answer, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.TALKS_READ)
CHANGE = Policy(Permission.TALKS, idempotency_key=True)
HandoffsPage = Annotated[ListPage, paged(listing.ORDERS)]
ALLOWED = {HandoffStatus.RINGING: ["take"], HandoffStatus.TALKING: ["pass", "close"]}
room = Room("messaging")


class HandoffItem(Answer):
    """A person who waits for somebody of the team, or talks with one: `operator` is rung, or talks."""

    model_config = example(
        id=f"han_{'a' * 26}",
        contact=f"con_{'a' * 26}",
        conversation=f"cnv_{'a' * 26}",
        bot=f"bot_{'a' * 26}",
        status="talking",
        operator=f"mem_{'a' * 26}",
        round=1,
        last_from="person",
        last_at="2030-01-07T09:10:00Z",
        opened_at="2030-01-07T09:00:00Z",
    )

    id: HandoffId
    contact: ContactId
    conversation: ConversationId
    bot: BotId
    status: HandoffStatus
    operator: MemberId | None
    round: int
    last_from: str | None
    last_at: datetime
    opened_at: datetime


def show_handoff(handoff: Handoff) -> HandoffItem:
    """A hand-off as the API shows it."""
    names = ("id", "status", "round", "last_from", "last_at", "opened_at")
    return HandoffItem(
        **{name: getattr(handoff, name) for name in names},
        contact=handoff.contact_id,
        conversation=handoff.chat_id,
        bot=handoff.bot_id,
        operator=handoff.operator_id,
    )


@room.get("/handoffs", READ)
async def list_handoffs(
    call: Call, page: HandoffsPage, status: HandoffStatus | None = None, operator: MemberRef | None = None
) -> Listed[HandoffItem]:
    """The hand-offs of the account, the latest first."""
    wanted = Wanted(status, operator)
    taken = await page.take(
        lambda part: listing.list_handoffs(call.uow, wanted, part),
        show_handoff,
        lambda most: listing.count_handoffs(call.uow, wanted, most),
    )
    return Listed(**taken)


@room.get("/handoffs/{handoff}", READ)
async def get_handoff(call: Call, handoff: HandoffRef) -> HandoffItem:
    """One hand-off."""
    return show_handoff(await handoffs.get_handoff(call.uow, handoff))


@room.post("/handoffs/{handoff}/take", CHANGE)
async def take_handoff(call: Call, handoff: HandoffRef) -> HandoffItem:
    """Talk with who waits, whoever is rung now."""
    me, before = call.who.telegram_id, await handoffs.get_handoff(call.uow, handoff)
    screen = Screen(Address(before.bot_id, me), f"handoff:{handoff}:take:{random_id()}")
    done = await handoffs.take_over(call.uow, handoff, me, screen)
    after = await handoffs.get_handoff(call.uow, handoff)
    is_mine = (after.status, after.operator_id) == (HandoffStatus.TALKING, me)
    return _show_moved(call, after, done=done, is_so=is_mine)


@room.post("/handoffs/{handoff}/pass", CHANGE)
async def pass_handoff(call: Call, handoff: HandoffRef) -> HandoffItem:
    """Ring somebody else for a talk; 409 if nobody else is free."""
    done = await handoffs.pass_on(call.uow, await handoffs.get_handoff(call.uow, handoff))
    return _show_moved(call, await handoffs.get_handoff(call.uow, handoff), done=done, is_so=False)


@room.post("/handoffs/{handoff}/close", CHANGE)
async def close_handoff(call: Call, handoff: HandoffRef) -> HandoffItem:
    """End a talk; both are told."""
    done = await handoffs.close(call.uow, await handoffs.get_handoff(call.uow, handoff), by=OPERATOR)
    after = await handoffs.get_handoff(call.uow, handoff)
    return _show_moved(call, after, done=done, is_so=after.status is HandoffStatus.CLOSED)


def _show_moved(call: ApiCall, handoff: Handoff, *, done: bool, is_so: bool) -> HandoffItem:
    """The hand-off after a move; 409 where it is not as it was to be."""
    call.only_looked = not done
    call.about = handoff.contact_id
    if not done and not is_so:
        raise Problem(409, "HANDOFF_CANNOT", more={"allowed": ALLOWED.get(handoff.status, [])})
    return show_handoff(handoff)
