"""What was sent to many is changed or taken back: a broadcast of its own kind, to whom the first one has reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import CallAnswered
from core.lifecycle import BroadcastStatus, Priority
from core.to_many import BroadcastKind
from services.content.messages.bot_values import know_values
from services.delivery import recipients
from services.delivery.outbox import enqueue, find_shown, topic_of
from services.delivery.schemas import Followers, Outgoing
from services.messaging.broadcast_plan import Plan, read_plan
from services.messaging.broadcasts import moves
from services.messaging.broadcasts.broadcasts import (
    cancel_broadcast,
    get_broadcast,
    watch,
)
from services.messaging.broadcasts.contents import contents_columns, has_following, read_contents
from services.messaging.broadcasts.files import require_scenarios
from services.messaging.broadcasts.following import part_key
from services.messaging.pieces import each_alone, work_first_piece, work_in_pieces
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store

RECALLABLE = timedelta(hours=48)  # Telegram deletes a bot's message no later
SETTLING = timedelta(seconds=2)  # real time in which a call may still leave with the words of before
START, ALL_BUT_LATE = 0, 2**62  # of `gathered_to`: nobody is in line; all are but who was being written to
RECALLED = "broadcast_recalled"  # name under which the answer to the first of several deletions comes back
MOST_PARTS = 8  # messages of a broadcast that is several
METHODS = {BroadcastKind.EDIT: "editMessageText", BroadcastKind.RECALL: "deleteMessage"}
SENDS = (BroadcastStatus.FILLING, BroadcastStatus.RUNNING, BroadcastStatus.PAUSED)


@dataclass(frozen=True)
class Reach:
    """How many messages a change would reach, and how many are too old to be deleted."""

    people: int
    too_old: int = 0


async def count_reach(uow: UnitOfWork, broadcast_id: int, kind: BroadcastKind) -> Reach:
    """What a change of this kind would reach now."""
    arrived = await recipients.count_arrived(uow, broadcast_id)
    if kind is BroadcastKind.EDIT:
        return Reach(arrived)
    fresh = await recipients.count_arrived(uow, broadcast_id, uow.real_now - RECALLABLE)
    return Reach(fresh, arrived - fresh)


async def list_changes(uow: UnitOfWork, broadcast_id: int) -> list[Broadcast]:
    """The edits and recalls of a broadcast that were started, the oldest first."""
    changes = await store.list_changes(uow.conn, uow.account_id, broadcast_id)
    return [change for change in changes if change.started_at is not None]


async def prepare_edit(
    uow: UnitOfWork,
    broadcast_id: int,
    texts: Mapping[str, str],
    author_id: int | None = None,
    buttons: Sequence[Sequence[Mapping[str, Any]]] | None = None,
) -> int:
    """An edit that gives a broadcast these words and buttons, to be looked at before it starts; gives its id.

    Buttons of None stay as they are.

    Raises BROADCAST_NOT_SENT for a draft, BROADCAST_RECALLED for what was taken back, BROADCAST_LONG for what is or
    becomes several messages, BROADCAST_INVALID for words that cannot be said, BROADCAST_NOT_FOUND.
    """
    broadcast = await get_changeable(uow, broadcast_id)
    if broadcast.plan is None:
        raise DomainError(
            ErrorKind.CONFLICT, "BROADCAST_NOT_SENT", f"nobody has got broadcast {broadcast_id} yet"
        )
    document = broadcast.plan.dump_with(texts)
    if buttons is not None:
        document["buttons"] = buttons
    plan = read_plan(document, (await know_values(uow)).variables)
    if buttons is not None:
        await require_scenarios(uow, broadcast.bot_id, plan)
    is_album = broadcast.plan.original is not None and len(broadcast.plan.original.message_ids) > 1
    if is_album or has_following(broadcast.plan) or has_following(plan):
        raise DomainError(
            ErrorKind.CONFLICT,
            "BROADCAST_LONG",
            f"broadcast {broadcast_id} is several messages: it can be taken back, not changed",
        )
    if author_id is not None:
        await store.drop_drafts(uow.conn, uow.account_id, broadcast.bot_id, author_id)
    return await _add(uow, broadcast, BroadcastKind.EDIT, plan, author_id)


async def start_edit(uow: UnitOfWork, change_id: int) -> bool:
    """Have everybody who got a broadcast see what the edit says, and whoever gets it later; media stay as they are.

    False if the edit was started or put away before; raises as `prepare_edit`.
    """
    edit = await get_broadcast(uow, change_id)
    if edit.change is None or edit.plan is None or edit.status is not BroadcastStatus.DRAFT:
        return False
    broadcast = await get_changeable(uow, edit.change.of_id)
    contents = contents_columns(await read_contents(uow, broadcast.id, edit.plan))
    said = {"definition": edit.plan.dump(), **contents}
    await store.change_broadcast(uow.conn, uow.account_id, broadcast.id, said)
    await _start(uow, broadcast, change_id, contents)
    return True


async def edit_broadcast(
    uow: UnitOfWork,
    broadcast_id: int,
    texts: Mapping[str, str],
    author_id: int | None = None,
    buttons: Sequence[Sequence[Mapping[str, Any]]] | None = None,
) -> int:
    """An edit that starts at once; gives its id. Raises as `prepare_edit`."""
    change_id = await prepare_edit(uow, broadcast_id, texts, author_id, buttons)
    await start_edit(uow, change_id)
    return change_id


async def recall_broadcast(uow: UnitOfWork, broadcast_id: int, author_id: int | None = None) -> int:
    """Delete a broadcast at everybody who got it within two days, and send it to nobody more; gives the recall's id.

    Raises BROADCAST_NOT_SENT for a draft, BROADCAST_RECALLED for what was taken back, BROADCAST_NOT_FOUND.
    """
    broadcast = await get_changeable(uow, broadcast_id)
    if broadcast.status in SENDS:
        await cancel_broadcast(uow, broadcast_id)
    reach = await count_reach(uow, broadcast.id, BroadcastKind.RECALL)
    change_id = await _add(uow, broadcast, BroadcastKind.RECALL, None, author_id)
    await _start(uow, broadcast, change_id, {"too_old": reach.too_old})
    return change_id


async def gather_followers(db: Database) -> None:
    """Go on putting in line whom running edits and recalls are to reach."""
    async with db.reading() as conn:
        gathering = await store.list_gathering(conn)
    await each_alone(
        gathering, partial(_gather_all, db), "putting the people of an edit or a recall in line failed"
    )


async def _gather_all(db: Database, account_id: int, change_id: int) -> None:
    await work_in_pieces(db, account_id, partial(_gather, change_id=change_id))


async def get_changeable(uow: UnitOfWork, broadcast_id: int) -> Broadcast:
    """A broadcast whose messages can be changed or taken back.

    Raises BROADCAST_NOT_SENT for a draft, BROADCAST_RECALLED for what was taken back, BROADCAST_NOT_FOUND.
    """
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.kind is not BroadcastKind.SEND:
        raise DomainError(ErrorKind.NOT_FOUND, "BROADCAST_NOT_FOUND", str(broadcast_id))
    if not broadcast.total:
        raise DomainError(
            ErrorKind.CONFLICT, "BROADCAST_NOT_SENT", f"nobody has got broadcast {broadcast_id} yet"
        )
    if await is_recalled(uow, broadcast_id):
        raise DomainError(
            ErrorKind.CONFLICT, "BROADCAST_RECALLED", f"broadcast {broadcast_id} has been taken back"
        )
    return broadcast


async def can_be_changed(uow: UnitOfWork, broadcast: Broadcast) -> bool:
    """Whether there is something to change: not where it stopped before anybody had it, nor once it is taken back."""
    if broadcast.kind is not BroadcastKind.SEND or not broadcast.total:
        return False
    has_arrived = await store.has_arrived(uow.conn, uow.account_id, broadcast.id)
    arrives = broadcast.status in (BroadcastStatus.FILLING, BroadcastStatus.RUNNING)
    return (arrives or has_arrived) and not await is_recalled(uow, broadcast.id)


async def is_recalled(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Whether it was taken back, or is being; a recall that was stopped is none."""
    return any(
        change.kind is BroadcastKind.RECALL and change.status is not BroadcastStatus.CANCELLED
        for change in await store.list_changes(uow.conn, uow.account_id, broadcast_id)
    )


async def _add(
    uow: UnitOfWork, broadcast: Broadcast, kind: BroadcastKind, plan: Plan | None, author_id: int | None
) -> int:
    row = {
        "bot_id": broadcast.bot_id,
        "name": broadcast.plan.name if broadcast.plan else None,
        "kind": kind,
        "of_id": broadcast.id,
        "since": uow.real_now,
        "definition": plan.dump() if plan else None,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "author_id": author_id,
        "created_at": uow.now,
    }
    return await moves.add_broadcast(uow, row)


async def _start(uow: UnitOfWork, broadcast: Broadcast, change_id: int, more: Row) -> None:
    """The newest change is the one that counts: an earlier one under way stops."""
    for earlier in await store.list_changes(uow.conn, uow.account_id, broadcast.id):
        if earlier.id != change_id:
            await cancel_broadcast(uow, earlier.id)
    values = {"since": uow.real_now, "gathered_to": START, "started_at": uow.now, **more}
    draft, to = (BroadcastStatus.DRAFT,), BroadcastStatus.RUNNING
    await moves.move_broadcast(uow, change_id, to, draft, values)
    await work_first_piece(uow, partial(_gather, change_id=change_id))
    await watch(uow, change_id)


async def _gather(uow: UnitOfWork, size: int, change_id: int) -> bool:
    """Put the next so many people in line; whether more can be put there at once.

    A message under way when the change began is reached once its number is known. One of an earlier change is waited
    for, so that the newer words come last.
    """
    broadcast = await get_broadcast(uow, change_id)
    change = broadcast.change
    if broadcast.status is not BroadcastStatus.RUNNING or change is None or change.gathered_to is None:
        return False
    of_same = await store.list_changes(uow.conn, uow.account_id, change.of_id)
    others = [other.id for other in of_same if other.id != broadcast.id]
    late, until = change.gathered_to == ALL_BUT_LATE, change.since + SETTLING
    if await recipients.is_under_way(uow, broadcast.bot_id, others):
        return False
    if late and await _is_unsettled(uow, broadcast.bot_id, change.of_id, until):
        return False
    recall = broadcast.kind is BroadcastKind.RECALL
    who = Followers(
        broadcast.id,
        change.of_id,
        METHODS[broadcast.kind],
        after=START if late else change.gathered_to,
        limit=size,
        sent_from=change.since - RECALLABLE if recall else None,
        claimed_until=until if late else None,
        on_result=await _waits_for_rest(uow, broadcast, change.of_id),
    )
    followed = await recipients.follow_up(uow, who)
    more = len(followed) == size
    values = {
        "total": broadcast.total + len(followed),
        "gathered_to": _next_mark(followed, late=late, more=more),
    }
    await store.change_broadcast(uow.conn, uow.account_id, broadcast.id, values)
    uow.wake(topic_of(broadcast.bot_id))
    return more


async def _waits_for_rest(uow: UnitOfWork, broadcast: Broadcast, of_id: int) -> Mapping[str, Any] | None:
    """Of what is several messages the others are deleted once the first one is."""
    if broadcast.kind is not BroadcastKind.RECALL:
        return None
    plan = (await get_broadcast(uow, of_id)).plan
    return {"name": RECALLED, "ref": broadcast.id} if plan and has_following(plan) else None


async def on_first_recalled(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Delete what followed the first message of a broadcast in a chat, and the rest of its album."""
    recall = await get_broadcast(uow, answer.ref)
    if recall.change is None:
        return
    of_id = recall.change.of_id
    chat_id, numbers = await recipients.list_pieces(uow, of_id, answer.outbox_id)
    for place in range(1, MOST_PARTS):
        shown = await find_shown(uow, part_key(of_id, chat_id, place))
        numbers += [shown] if shown is not None else []
    for number in numbers:
        fields, key = {"chat_id": chat_id, "message_id": number}, f"bc:{recall.id}:{chat_id}:{number}"
        enqueue(uow, Outgoing(recall.bot_id, chat_id, "deleteMessage", fields, key, priority=Priority.LESSON))


async def _is_unsettled(uow: UnitOfWork, bot_id: int, of_id: int, until: datetime) -> bool:
    """Whether a message may still arrive with the words of before."""
    return uow.real_now < until or await recipients.is_under_way(uow, bot_id, [of_id], until)


def _next_mark(followed: Sequence[int], *, late: bool, more: bool) -> int | None:
    if late:
        return ALL_BUT_LATE if more else None
    return max(followed) if more else ALL_BUT_LATE
