"""Edits and recalls as rows: everybody who got it is reached once, whoever is being written to as well."""

from datetime import timedelta

import pytest
from sqlalchemy import func, update

from core.db.models.delivery import outbox
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BroadcastStatus, OutboxState
from core.to_many import BroadcastKind
from services.messaging import pieces
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import broadcasts, changes
from services.messaging.broadcasts.drafting import drafts
from services.messaging.schemas import Broadcast
from tests.factories.accounts import SALES_BOT, add_account
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock
from tests.services.messaging.test_broadcasts import AUTHOR, HELLO, PEOPLE, people

__all__ = ["people"]
BYE = {"*": "Bye"}


async def began(db: Database) -> int:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)
        assert await drafts.start_draft(uow, draft_id)
    return draft_id


async def mark(db: Database, broadcast_id: int, chats: range, state: OutboxState, hours: float = 0) -> None:
    """What a sender would have recorded: to each chat its message 70, some hours ago."""
    async with db.unit(1) as uow:
        sent_at = func.coalesce(outbox.c.sending_since, uow.real_now - timedelta(hours=hours))
        values = {"state": state, "telegram_message_id": 70, "sending_since": sent_at}
        await uow.conn.execute(
            update(outbox)
            .where(outbox.c.chat_id.in_(chats), outbox.c.broadcast_id == broadcast_id)
            .values(**values)
        )


async def edit(db: Database, broadcast_id: int) -> int:
    async with db.unit(1) as uow:
        return await changes.edit_broadcast(uow, broadcast_id, BYE)


async def recall(db: Database, broadcast_id: int) -> Broadcast:
    async with db.unit(1) as uow:
        return await broadcasts.get_broadcast(uow, await changes.recall_broadcast(uow, broadcast_id))


async def settle(db: Database, clock: StillClock) -> None:
    clock.advance(seconds=3)
    await changes.gather_followers(db)
    await broadcasts.finish_broadcasts(db)


async def test_an_edit_reaches_who_got_it_and_who_was_being_written_to(
    db: Database, people: None, clock: StillClock
) -> None:
    first = await began(db)
    await mark(db, first, range(600, 605), OutboxState.SENT)
    await mark(db, first, range(605, 607), OutboxState.SENDING)
    change = await edit(db, first)
    rows = await read_rows(db, outbox, broadcast_id=change)
    assert [(row.chat_id, row.telegram_message_id) for row in rows] == [(600 + n, 70) for n in range(5)]
    await mark(db, first, range(605, 606), OutboxState.SENT)
    await mark(db, change, range(600, 605), OutboxState.SENT)
    await settle(db, clock)
    assert (await broadcasts.get_tally(db, 1, change)).status is BroadcastStatus.RUNNING  # 606 is on the wire
    await mark(db, first, range(606, 607), OutboxState.SENT)
    await changes.gather_followers(db)
    tally = await broadcasts.get_tally(db, 1, change)
    assert (tally.total, tally.waiting, tally.sent) == (7, 2, 5)
    await mark(db, change, range(605, 607), OutboxState.SENT)
    await broadcasts.finish_broadcasts(db)
    assert (await broadcasts.get_tally(db, 1, change)).status is BroadcastStatus.FINISHED
    async with db.unit(1) as uow:
        assert (await broadcasts.get_broadcast(uow, first)).plan == Plan(
            name="Hello", text=BYE
        )  # for whoever gets it later
    assert (await broadcasts.get_tally(db, 1, first)).total == PEOPLE


async def test_many_are_put_in_line_chunk_by_chunk(
    db: Database, people: None, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await began(db)
    monkeypatch.setattr(pieces, "MOST", 6)
    await mark(db, first, range(600, 600 + PEOPLE), OutboxState.SENT)
    change = await edit(db, first)
    assert (await broadcasts.get_tally(db, 1, change)).total == 6
    await broadcasts.finish_broadcasts(db)
    await changes.gather_followers(db)
    assert (await broadcasts.get_tally(db, 1, change)).total == PEOPLE
    await settle(db, clock)
    assert (await broadcasts.get_tally(db, 1, change)).total == PEOPLE


async def test_a_newer_edit_stops_the_one_under_way_and_comes_last(
    db: Database, people: None, clock: StillClock
) -> None:
    first = await began(db)
    await mark(db, first, range(600, 604), OutboxState.SENT)
    older = await edit(db, first)
    await mark(db, older, range(600, 601), OutboxState.SENDING)
    newer = await edit(db, first)
    assert (await broadcasts.get_tally(db, 1, newer)).total == 0  # the older words are on the wire
    await mark(db, older, range(600, 601), OutboxState.SENT)
    await settle(db, clock)
    tally = await broadcasts.get_tally(db, 1, older)
    assert (tally.status, tally.sent, tally.cancelled) == (BroadcastStatus.CANCELLED, 1, 3)
    assert (await broadcasts.get_tally(db, 1, newer)).total == 4


async def test_a_recall_stops_the_rest_and_counts_what_is_too_old(
    db: Database, people: None, clock: StillClock
) -> None:
    first = await began(db)
    await mark(db, first, range(600, 603), OutboxState.SENT, hours=49)
    await mark(db, first, range(603, 610), OutboxState.SENT, hours=47)
    async with db.unit(1) as uow:
        reach = await changes.count_reach(uow, first, BroadcastKind.RECALL)
    change = await recall(db, first)
    assert change.change is not None
    assert (reach.people, reach.too_old) == (7, 3) == (change.total, change.change.too_old)
    await settle(db, clock)
    tally = await broadcasts.get_tally(db, 1, first)
    assert (tally.status, tally.sent, tally.cancelled) == (BroadcastStatus.CANCELLED, 10, PEOPLE - 10)
    assert {row.method for row in await read_rows(db, outbox, broadcast_id=change.id)} == {"deleteMessage"}


async def test_an_album_goes_with_all_its_pieces(db: Database, people: None) -> None:
    first = await began(db)
    await mark(db, first, range(600, 601), OutboxState.SENT)
    async with db.unit(1) as uow:
        album = '{"message_ids": [70, 71]}'
        await uow.conn.execute(update(outbox).where(outbox.c.chat_id == 600).values(result=album))
    change = await recall(db, first)
    (row,) = await read_rows(db, outbox, broadcast_id=change.id)
    assert row.payload == album


async def test_what_was_taken_back_or_never_sent_is_not_changed(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        draft = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)
        with pytest.raises(DomainError, match="BROADCAST_NOT_SENT"):
            await changes.edit_broadcast(uow, draft, BYE)
        await drafts.start_draft(uow, draft)
    await mark(db, draft, range(600, 602), OutboxState.SENT)
    change = await recall(db, draft)
    for act in (edit, recall):
        with pytest.raises(DomainError, match="BROADCAST_RECALLED"):
            await act(db, draft)
        with pytest.raises(DomainError, match="BROADCAST_NOT_FOUND"):
            await act(db, change.id)
    async with db.unit(2) as uow:
        await add_account(uow)
        with pytest.raises(DomainError, match="BROADCAST_NOT_FOUND"):
            await changes.recall_broadcast(uow, draft)


async def test_a_recall_that_was_stopped_can_begin_again(db: Database, people: None) -> None:
    first = await began(db)
    await mark(db, first, range(600, 602), OutboxState.SENT)
    change = await recall(db, first)
    async with db.unit(1) as uow:
        assert await broadcasts.cancel_broadcast(uow, change.id)
    assert (await recall(db, first)).total == 2
