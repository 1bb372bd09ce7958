"""How a broadcast starts: its audience is frozen at that moment, then put in line piece by piece."""

from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BroadcastStatus
from core.limits import BROADCASTS_OF_ACCOUNT, BROADCASTS_OF_BOT
from core.text.refusal import InputRefused, Refused
from core.to_many import BROADCAST_MOVES
from services.delivery import speech
from services.delivery.recipients import add_recipients
from services.delivery.schemas import BulkCall
from services.delivery.timers import set_date
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import moves, trials, waves
from services.messaging.broadcasts.broadcasts import cancel_broadcast, get_broadcast, tell_about
from services.messaging.broadcasts.contents import contents_columns, has_following, read_contents
from services.messaging.pieces import each_alone, work_first_piece, work_in_pieces
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store
from services.people.conditions import audience
from services.people.conditions.audience import Reach
from services.people.conditions.base import Scope
from services.people.conditions.tree import Node, load_tree
from services.tenancy.plans import room
from services.tenancy.plans.offered import Resource

START = "broadcast_start"  # timer
FOLLOWING = "broadcast_part"  # name under which the answer to the first of several messages comes back
READY = (BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED)
FILLING = (BroadcastStatus.FILLING,)


async def send_broadcast(db: Database, account_id: int, bot_id: int, plan: Plan) -> int:
    """Send it to whom it is for, all of them in line at the end; gives its id."""
    async with db.unit(account_id) as uow:
        broadcast_id = await start_broadcast(uow, bot_id, plan)
    await fill_broadcasts(db)
    return broadcast_id


async def start_broadcast(uow: UnitOfWork, bot_id: int, plan: Plan) -> int:
    """Send it to whom it is for; gives its id. More than one piece of recipients is put in line by `fill_broadcasts`."""
    row = {
        "bot_id": bot_id,
        "name": plan.name,
        "definition": plan.dump(),
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "created_at": uow.now,
    }
    broadcast_id = await moves.add_broadcast(uow, row)
    await begin(uow, broadcast_id, bot_id, plan)
    return broadcast_id


async def begin(uow: UnitOfWork, broadcast_id: int, bot_id: int, plan: Plan) -> bool:
    """Start a draft now, or plan it for the moment it names; False if it is no draft any more.

    Raises BROADCASTS_TOO_MANY, and as `room.take` where the account's plan has no more of them.
    """
    await _check_haste(uow, bot_id)
    await room.take(uow, Resource.BROADCASTS)
    if plan.at is None or plan.at <= uow.now:
        return await start(uow, broadcast_id, bot_id, plan)
    to = BroadcastStatus.SCHEDULED
    moved = await moves.move_broadcast(uow, broadcast_id, to, BROADCAST_MOVES[to], {})
    if moved:
        await set_start(uow, broadcast_id, plan.at)
    return moved


async def _check_haste(uow: UnitOfWork, bot_id: int) -> None:
    """Nobody starts so many in a day by hand: a program that has lost its way reaches people no more."""
    for limit, only in ((BROADCASTS_OF_BOT, bot_id), (BROADCASTS_OF_ACCOUNT, None)):
        since = uow.now - timedelta(seconds=limit.seconds)
        if await store.count_started(uow.conn, uow.account_id, since, only) >= limit.most:
            told = f"{limit.most} a day of {limit.whose}"
            raise DomainError(ErrorKind.CONFLICT, "BROADCASTS_TOO_MANY", told)


async def set_start(uow: UnitOfWork, broadcast_id: int, at: datetime) -> None:
    """Have a planned broadcast start at that moment."""
    await set_date(uow, START, f"bc:{broadcast_id}", at, {"broadcast_id": broadcast_id})


async def start(uow: UnitOfWork, broadcast_id: int, bot_id: int, plan: Plan) -> bool:
    """Freeze the audience and begin to put it in line; False if it is no draft any more."""
    contents = await read_contents(uow, broadcast_id, plan)
    frozen = {
        **contents_columns(contents),
        "started_at": uow.now,
        "fill_until": await audience.find_last_chat(uow.conn, bot_id),
        "waves": [asdict(wave) for wave in await waves.list_waves(uow, bot_id, plan)] or None,
    }
    to = BroadcastStatus.FILLING
    if not await moves.move_broadcast(uow, broadcast_id, to, READY, frozen):
        return False
    started = await get_broadcast(uow, broadcast_id)
    await waves.set_moments(uow, started)
    await trials.set_end(uow, started)
    await work_first_piece(uow, partial(_fill_next, broadcast_id=broadcast_id))
    return True


async def fill_broadcasts(db: Database) -> None:
    """Put the recipients in line of all that have started; torn off, it goes on where it was."""
    async with db.reading() as conn:
        filling = await store.list_filling(conn)
    await each_alone(filling, partial(_fill, db), "putting the recipients of a broadcast in line failed")


async def _fill(db: Database, account_id: int, broadcast_id: int) -> None:
    try:
        await work_in_pieces(db, account_id, partial(_fill_next, broadcast_id=broadcast_id))
    except InputRefused as refused:
        async with db.unit(account_id) as uow:
            await stop_without_audience(uow, broadcast_id, refused)


async def stop_without_audience(uow: UnitOfWork, broadcast_id: int, refused: InputRefused) -> None:
    """End a broadcast of which nobody can say any more whom it is for, and tell who made it."""
    if await cancel_broadcast(uow, broadcast_id):
        words = speech.words("broadcast-audience-gone", problem=refused.words)
        await tell_about(uow, await get_broadcast(uow, broadcast_id), words, "audience")


async def stop_suspended(uow: UnitOfWork, broadcast_id: int) -> None:
    """End a planned broadcast of an account that may begin nothing now, and tell who made it."""
    if await cancel_broadcast(uow, broadcast_id):
        words = speech.words("plan-broadcast-stopped")
        await tell_about(uow, await get_broadcast(uow, broadcast_id), words, "plan")


async def count_reach(uow: UnitOfWork, bot_id: int, tree: Node | None) -> Reach:
    """Who would get it if it started now, and who would not and why; raises BROADCAST_AUDIENCE."""
    scope = Scope(uow.account_id, uow.now)
    return await audience.count_reach(uow.conn, bot_id, await load_audience(uow, tree), scope)


async def load_audience(uow: UnitOfWork, tree: Node | None) -> Node | None:
    """Whom it is for, as it can be asked; raises BROADCAST_AUDIENCE where a segment has been dropped since."""
    try:
        return tree and await load_tree(uow.conn, uow.account_id, tree)
    except Refused as refused:
        raise InputRefused("BROADCAST_AUDIENCE", refused.words) from None


async def _fill_next(uow: UnitOfWork, size: int, broadcast_id: int) -> bool:
    """Put the people of the next so many chats in line; False when there is nothing left to do."""
    broadcast = await store.find_broadcast(uow.conn, uow.account_id, broadcast_id)
    if broadcast is None or broadcast.plan is None or broadcast.status is not BroadcastStatus.FILLING:
        return False
    end = await audience.find_chunk_end(uow.conn, broadcast.bot_id, broadcast.filled_to, size)
    until = min(end or broadcast.fill_until, broadcast.fill_until)
    if not await store.claim_chunk(uow.conn, uow.account_id, broadcast_id, broadcast.filled_to, until):
        return False
    number = await _add(uow, broadcast, broadcast.plan, until)
    await store.count_in(uow.conn, uow.account_id, broadcast_id, number)
    if until < broadcast.fill_until:
        return True
    await moves.move_broadcast(uow, broadcast_id, BroadcastStatus.RUNNING, FILLING, {})
    logger.bind(event="broadcast.started", broadcast=broadcast_id, bot_id=broadcast.bot_id).info(
        "broadcast {} goes to {} people", broadcast_id, broadcast.total + number
    )
    return False


async def _add(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, until: int) -> int:
    """The people between two chats, as they were meant when it started."""
    tree = await load_audience(uow, plan.tree)
    people = audience.recipients(
        broadcast.bot_id, tree, Scope(uow.account_id, broadcast.started_at or uow.now)
    )
    following = {"name": FOLLOWING, "ref": broadcast.id} if has_following(plan) else None
    call = BulkCall(
        broadcast.bot_id,
        broadcast.method or "",
        following,
        waves=[wave.zones for wave in broadcast.waves],
        shares=[variant.share for variant in plan.variants],
        rest_waits=plan.winner is not None,
    )
    return await add_recipients(uow, broadcast.id, call, audience.within(people, broadcast.filled_to, until))
