"""A broadcast before it starts: begun by an admin, given its message, tried out, started or put away."""

from datetime import timedelta
from itertools import count

from core.db.session import Row, UnitOfWork
from core.lifecycle import AwaitedKind, BroadcastStatus
from core.text.message import ANY_LANGUAGE
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address, Words
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import moves
from services.messaging.broadcasts.broadcasts import get_broadcast, watch
from services.messaging.broadcasts.contents import can_pay, find_price, list_contents
from services.messaging.broadcasts.drafting import audiences
from services.messaging.broadcasts.drafting.buttons import WIN
from services.messaging.broadcasts.starting import begin, count_reach
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store
from services.people import awaited
from services.people.admins import find_zone

PATIENCE = timedelta(minutes=30)  # after that a message of the admin is no longer taken for the draft's
GATHERING = timedelta(minutes=1)  # the pieces of an album come together
DRAFT = (BroadcastStatus.DRAFT,)
FIRST_WINNER = {"by": "clicks", "after": "4h"}  # until something else is chosen
KEPT = (
    "audience",
    "buttons",
    "at",
    "weekly",
    "zone",
    "local",
    "window",
)  # of a draft that gets another message


async def begin_draft(uow: UnitOfWork, bot_id: int, author_id: int, plan: Plan | None) -> int:
    """A new draft of this admin in this bot; the one they had there is put away, and its message not waited for. Gives its id."""
    await store.drop_drafts(uow.conn, uow.account_id, bot_id, author_id)
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "author_id": author_id,
        "created_at": uow.now,
        **(plan_columns(plan) if plan else {}),
    }
    await awaited.settle(uow, Address(bot_id, author_id), AwaitedKind.BROADCAST)
    return await moves.add_broadcast(uow, row)


def plan_columns(plan: Plan) -> Row:
    """The definition as the broadcast's row keeps it."""
    return {"name": plan.name, "definition": plan.dump()}


async def keep_draft(uow: UnitOfWork, bot_id: int, plan: Plan) -> bool:
    """Keep a broadcast under its name, to be sent later; False if there is one of that name."""
    if await store.is_kept(uow.conn, uow.account_id, bot_id, plan.name):
        return False
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "created_at": uow.now,
        **plan_columns(plan),
    }
    await moves.add_broadcast(uow, row)
    return True


async def fill_draft(uow: UnitOfWork, broadcast_id: int, plan: Plan, to: Address) -> bool:
    """Give a draft its message, or another one, from who writes in `to`; of an album the pieces that follow are added.

    Whom it is for, when and with which buttons stays. False for one that is no draft any more.
    """
    broadcast = await get_broadcast(uow, broadcast_id)
    album = plan.original.album if plan.original else None
    if album is None:
        await take_no_more(uow, broadcast_id, to)
    else:
        plan = _with_former(plan, broadcast.plan)
        await awaited.expect(uow, to, AwaitedKind.BROADCAST, GATHERING, f"{broadcast_id}:{album}")
    if broadcast.plan is not None:
        plan = plan.model_copy(update={name: getattr(broadcast.plan, name) for name in KEPT})
    if await change_draft(uow, broadcast_id, plan):
        return True
    await take_no_more(uow, broadcast_id, to)
    return False


async def expect_another(uow: UnitOfWork, broadcast_id: int, to: Address) -> bool:
    """Let the next message of an admin be what a draft says; False for one that is no draft any more."""
    if (await get_broadcast(uow, broadcast_id)).status is not BroadcastStatus.DRAFT:
        return False
    await awaited.expect(uow, to, AwaitedKind.BROADCAST, PATIENCE, str(broadcast_id))
    return True


async def change_draft(uow: UnitOfWork, broadcast_id: int, plan: Plan) -> bool:
    """Let a draft say and ask this from now on; what has started stays as it was confirmed."""
    columns = plan_columns(plan)
    return await moves.move_broadcast(uow, broadcast_id, BroadcastStatus.DRAFT, DRAFT, columns)


def _with_former(plan: Plan, former: Plan | None) -> Plan:
    """An album with the pieces that came before, in their order."""
    was, piece = former.original if former else None, plan.original
    if was is None or piece is None or was.album != piece.album:
        return plan
    numbers = tuple(sorted({*was.message_ids, *piece.message_ids}))
    whole = piece.model_copy(update={"message_ids": numbers})
    return plan.model_copy(update={"original": whole, "name": former.name if former else plan.name})


async def tick_audience(uow: UnitOfWork, broadcast_id: int, code: str, chat_id: int) -> bool:
    """Have a draft ask one condition more, or no more; False for one that is no draft.

    Whoever presses in this chat does not write what was asked for meanwhile.
    """
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.plan is None or broadcast.status is not BroadcastStatus.DRAFT:
        return False
    await awaited.settle(uow, Address(broadcast.bot_id, chat_id), AwaitedKind.BROADCAST_EDIT)
    return await change_draft(uow, broadcast_id, await audiences.tick(uow, broadcast.plan, code))


async def choose_winner(uow: UnitOfWork, broadcast_id: int, code: str) -> bool:
    """By what the variants of a draft are compared, or after how long; `none` takes them all away. False where there are none."""
    broadcast = await get_broadcast(uow, broadcast_id)
    plan = broadcast.plan
    if plan is None or not plan.variants or broadcast.status is not BroadcastStatus.DRAFT:
        return False
    document = plan.dump()
    if code == "none":
        document = {name: said for name, said in document.items() if name not in {"variants", "winner"}}
    else:
        kind = next(kind for kind, codes in WIN.items() if code in codes)
        document["winner"] = {**FIRST_WINNER, **document.get("winner", {}), kind: code}
    return await change_draft(uow, broadcast_id, Plan.model_validate(document))


async def say_when(uow: UnitOfWork, plan: Plan) -> list[Words]:
    """When it leaves, a line each; nothing for one that leaves at once."""
    said = []
    if plan.at is not None:
        said.append(speech.words("broadcast-when-at", when=speech.moment(plan.at, await find_zone(uow))))
    if plan.weekly:
        said.append(speech.words("broadcast-weekly"))
    if plan.local is not None:
        said.append(speech.words("broadcast-when-local", hour=plan.local))
    if plan.window is not None:
        said.append(speech.words("broadcast-when-window", begins=plan.window.begins, ends=plan.window.ends))
    return said


async def try_out(uow: UnitOfWork, broadcast_id: int, chat_id: int, key: str) -> bool:
    """Send it to one chat as everybody would get it, each variant in each language; False if it has no message."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.plan is None:
        return False
    numbers = count()
    for variant in range(len(broadcast.plan.variants) + 1):
        chosen = broadcast.plan.as_variant(variant)
        for language in chosen.text or [ANY_LANGUAGE]:
            for content in await list_contents(uow, broadcast_id, chosen.in_language(language)):
                payload = {"chat_id": chat_id, **content.payload}
                said = f"{key}:{next(numbers)}"
                enqueue(uow, Outgoing(broadcast.bot_id, chat_id, content.method, payload, said))
    return True


async def start_draft(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Send it to whom it is for; False if it was started or put away before."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.plan is None or not await begin(uow, broadcast_id, broadcast.bot_id, broadcast.plan):
        return False
    await watch(uow, broadcast_id)
    return True


async def start_paid(uow: UnitOfWork, broadcast: Broadcast, stars: int) -> bool:
    """Start a draft at Telegram's paid pace for at most so many Stars; of very many it knows already whom it reaches.

    False if it costs more by now, can no more be paid for, or was started or put away before.
    """
    plan = broadcast.plan
    if plan is None or not can_pay(uow, plan):
        return False
    reach = broadcast.reach or await count_reach(uow, broadcast.bot_id, plan.tree)
    if find_price(uow, plan, reach.count) > stars:
        return False
    paid = plan.model_copy(update={"paid": True})
    return await change_draft(uow, broadcast.id, paid) and await start_draft(uow, broadcast.id)


async def drop_draft(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Put it away unsent; False if it was started or put away before."""
    broadcast = await get_broadcast(uow, broadcast_id)
    await take_no_more(uow, broadcast_id, Address(broadcast.bot_id, broadcast.author_id or 0))
    ended = {"finished_at": uow.now}
    return await moves.move_broadcast(uow, broadcast_id, BroadcastStatus.CANCELLED, DRAFT, ended)


async def take_no_more(uow: UnitOfWork, broadcast_id: int, to: Address) -> None:
    """The next message in a chat is not this draft's, if it was to be."""
    waits = await awaited.find(uow, to)
    if waits and waits.kind is AwaitedKind.BROADCAST and waits.about.split(":")[0] == str(broadcast_id):
        await awaited.settle(uow, to, AwaitedKind.BROADCAST)
