"""Broadcasts as rows: every recipient is in exactly one part, whoever presses what when."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from bots.runtime.sending.saying import show_words
from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts as broadcast_rows
from core.db.models.people import chats
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import AwaitedKind, BotKind, BroadcastStatus, ChatState, OutboxState
from core.limits import BROADCASTS_OF_ACCOUNT, BROADCASTS_OF_BOT, Limit
from services.delivery import timers
from services.delivery.recipients import cancel_waiting
from services.delivery.speech import Address
from services.messaging import pieces
from services.messaging.broadcast_plan import Original, Plan
from services.messaging.broadcasts import broadcasts, cards, scheduling, starting
from services.messaging.broadcasts.drafting import drafts
from services.messaging.broadcasts.starting import count_reach
from services.messaging.schemas import BroadcastCard, Tally
from services.messaging.store import broadcasts as store
from services.people import awaited
from services.people.segments import drop_segment, save_segment
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_account, add_bot
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_heard, read_rows
from tests.factories.traffic import add_broadcast
from tests.fakes.clock import StillClock

PEOPLE = 20
AUTHOR = 1001
CARD = BroadcastCard(AUTHOR, 5)
HELLO = Plan(name="Hello", text={"*": "Hello"})


@pytest.fixture
async def people(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        for number in range(PEOPLE):
            await add_chat(uow, SALES_BOT, await add_contact(uow, 600 + number))


async def began(db: Database) -> int:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)
        assert await drafts.start_draft(uow, draft_id)
    return draft_id


async def mark(db: Database, states: dict[int, OutboxState]) -> None:
    """What a sender would have recorded about some recipients."""
    async with db.unit(1) as uow:
        for telegram_id, state in states.items():
            values = {"state": state, "possibly_twice": state is OutboxState.HOLD}
            await uow.conn.execute(update(outbox).where(outbox.c.chat_id == telegram_id).values(**values))


def parts(tally: Tally) -> int:
    return tally.sent + tally.failed + tally.blocked + tally.cancelled + tally.held + tally.waiting


async def test_the_parts_add_up(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    await mark(db, {600: OutboxState.SENT, 601: OutboxState.FAILED, 602: OutboxState.FAILED})
    await mark(db, {603: OutboxState.HOLD, 604: OutboxState.SENDING})
    async with db.unit(1) as uow:
        await uow.conn.execute(
            update(chats).where(chats.c.telegram_id == 602).values(state=ChatState.BLOCKED)
        )
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert (tally.sent, tally.failed, tally.blocked, tally.held) == (1, 1, 1, 1)
    assert (tally.waiting, tally.possibly_twice) == (PEOPLE - 4, 1)
    assert parts(tally) == tally.total == PEOPLE


async def test_the_parts_add_up_while_somebody_changes_them(
    db: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast_id, find = await began(db), store.find_broadcast

    async def find_and_lose_one(conn: Any, *which: Any, **how: Any) -> Any:
        broadcast = await find(conn, *which, **how)
        async with db.unit(1) as uow:
            await uow.conn.execute(delete(outbox).where(outbox.c.chat_id == 604))
            await uow.conn.execute(update(broadcast_rows).values(total=PEOPLE - 1))
        return broadcast

    monkeypatch.setattr(store, "find_broadcast", find_and_lose_one)
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert parts(tally) == tally.total


async def test_a_draft_starts_once_however_many_press(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)

    async def press() -> bool:
        async with db.unit(1) as uow:
            return await drafts.start_draft(uow, draft_id)

    assert sorted(await asyncio.gather(*(press() for _ in range(8)))) == [False] * 7 + [True]
    assert await count_rows(db, outbox, broadcast_id=draft_id) == PEOPLE


async def test_started_and_put_away_at_once_only_one_counts(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)

    async def start() -> bool:
        async with db.unit(1) as uow:
            return await drafts.start_draft(uow, draft_id)

    async def drop() -> bool:
        async with db.unit(1) as uow:
            return await drafts.drop_draft(uow, draft_id)

    started, dropped = await asyncio.gather(start(), drop())
    assert started is not dropped
    assert await count_rows(db, outbox, broadcast_id=draft_id) == (PEOPLE if started else 0)


async def test_a_draft_without_a_message_does_not_start(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, None)
        assert not await drafts.start_draft(uow, draft_id)
        assert not await drafts.try_out(uow, draft_id, AUTHOR, "key")
        await drafts.fill_draft(uow, draft_id, HELLO, Address(SALES_BOT, AUTHOR))
        assert await drafts.start_draft(uow, draft_id)


async def test_an_admin_has_one_draft_per_bot(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        first = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)
        second = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, None)
        assert not await drafts.start_draft(uow, first)
        await cards.show_card(uow, second, Address(SALES_BOT, AUTHOR), "key")
        expected = await awaited.find(uow, Address(SALES_BOT, AUTHOR))
        assert expected is not None
        assert (expected.kind, expected.about) == (AwaitedKind.BROADCAST, str(second))
        assert await awaited.find(uow, Address(SALES_BOT, AUTHOR + 1)) is None
        await drafts.drop_draft(uow, second)
        assert await awaited.find(uow, Address(SALES_BOT, AUTHOR)) is None


async def test_a_cancelled_one_is_crossed_out_chunk_by_chunk(
    db: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast_id = await began(db)
    monkeypatch.setattr(pieces, "MOST", 6)
    await mark(db, {600: OutboxState.SENT, 601: OutboxState.SENDING})
    async with db.unit(1) as uow:
        assert await broadcasts.cancel_broadcast(uow, broadcast_id)
    await broadcasts.finish_broadcasts(db)
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert (tally.cancelled, tally.waiting, tally.is_over) == (PEOPLE - 2, 1, False)
    await mark(db, {601: OutboxState.SENT})
    await broadcasts.finish_broadcasts(db)
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert (tally.sent, tally.is_over, parts(tally)) == (2, True, PEOPLE)
    async with db.unit(1) as uow:
        assert not await broadcasts.resume_broadcast(uow, broadcast_id)
        assert not await broadcasts.cancel_broadcast(uow, broadcast_id)


async def test_who_comes_back_in_line_after_the_cancel_is_crossed_out_too(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    await mark(db, {600: OutboxState.SENT, 601: OutboxState.SENDING, 602: OutboxState.SENDING})
    async with db.unit(1) as uow:
        await broadcasts.cancel_broadcast(uow, broadcast_id)
    await broadcasts.finish_broadcasts(db)
    await mark(db, {601: OutboxState.PENDING, 602: OutboxState.HOLD})  # no answer came, or the process died
    await broadcasts.finish_broadcasts(db)
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert (tally.sent, tally.held, tally.cancelled) == (1, 1, PEOPLE - 2)
    assert (tally.is_over, parts(tally)) == (True, PEOPLE)


async def test_the_rest_of_a_cancel_that_was_torn_off_is_crossed_out_after_the_restart(
    db: Database, people: None
) -> None:
    broadcast_id = await began(db)
    async with db.unit(1) as uow:
        await broadcasts.cancel_broadcast(uow, broadcast_id)
        assert await cancel_waiting(uow, broadcast_id, 6) == 6
    await broadcasts.finish_broadcasts(db)
    tally = await broadcasts.get_tally(db, 1, broadcast_id)
    assert (tally.cancelled, tally.is_over) == (PEOPLE, True)


async def test_the_end_is_noted_with_its_time(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    await mark(db, {600 + number: OutboxState.SENT for number in range(PEOPLE)})
    await broadcasts.finish_broadcasts(db)
    (row,) = await read_rows(db, broadcast_rows)
    assert (row.id, row.status) == (broadcast_id, BroadcastStatus.FINISHED)
    assert row.finished_at is not None


async def test_another_account_neither_sees_nor_steers_it(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    async with db.unit(2) as uow:
        await add_account(uow)
        assert not await broadcasts.pause_broadcast(uow, broadcast_id)
        assert not await broadcasts.cancel_broadcast(uow, broadcast_id)
        assert (await count_reach(uow, SALES_BOT, None)).count == 0
        with pytest.raises(DomainError, match="BROADCAST_NOT_FOUND"):
            await broadcasts.get_broadcast(uow, broadcast_id)
    with pytest.raises(DomainError, match="BROADCAST_NOT_FOUND"):
        await broadcasts.get_tally(db, 2, broadcast_id)


async def test_a_segment_that_is_dropped_stops_its_broadcast_alone(
    db: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST", 6)
    of_segment = HELLO.model_copy(update={"audience": {"in_segment": "met"}})
    async with db.unit(1) as uow:
        await save_segment(uow, "met", {"last_seen_days": 3000}, live=True)
        drafts_of = [
            await drafts.begin_draft(uow, SALES_BOT, AUTHOR + number, plan)
            for number, plan in enumerate((of_segment, HELLO))
        ]
        for draft_id in drafts_of:
            assert await drafts.start_draft(uow, draft_id)
        await drop_segment(uow, "met")
    await starting.fill_broadcasts(db)
    stopped, other = await read_rows(db, broadcast_rows)
    assert (stopped.status, other.status, other.total) == ("cancelled", "running", PEOPLE)
    (row,) = await read_rows(db, outbox, dedupe_key=f"bc:{stopped.id}:audience")
    told = json.loads(row.payload)
    assert told["chat_id"] == AUTHOR
    for language, words in (("ru", "сегмента «met» нет"), ("en", "there is no segment “met”")):
        assert words in show_words(told["text"], language)


async def test_a_draft_or_a_plan_of_a_segment_that_was_dropped(
    db: Database, people: None, clock: StillClock
) -> None:
    of_segment = HELLO.model_copy(update={"audience": {"all": [{"in_segment": "met"}]}})
    later = of_segment.model_copy(update={"at": clock.now() + timedelta(hours=1)})
    card = BroadcastCard(AUTHOR, 5)
    async with db.unit(1) as uow:
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        await save_segment(uow, "met", {"last_seen_days": 3000}, live=True)
        planned = await starting.start_broadcast(uow, SALES_BOT, later)
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, of_segment)
        await drop_segment(uow, "met")
        for number, shown in enumerate((planned, draft_id)):
            await cards.show_card(uow, shown, Address(SALES_BOT, AUTHOR), f"show:{number}")
        assert await cards.steer(uow, draft_id, "whom", card, "whom")
    with pytest.raises(DomainError, match="BROADCAST_AUDIENCE"):
        async with db.unit(1) as uow:
            await cards.steer(uow, draft_id, "start", card, "start")
    async with db.unit(1) as uow:
        await cards.steer(uow, draft_id, "toall", card, "all")
        assert await cards.steer(uow, draft_id, "start", card, "again")
    clock.advance(hours=2)
    while await timers.fire_due(db):
        pass
    statuses = {row.id: row.status for row in await read_rows(db, broadcast_rows)}
    assert statuses == {planned: "cancelled", draft_id: "running"}


async def test_a_segment_that_another_one_asks_for_is_not_dropped(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        await save_segment(uow, "met", {"last_seen_days": 3000}, live=True)
        await save_segment(uow, "russian", ["has_not_paid", {"in_segment": "met"}], live=True)
    with pytest.raises(DomainError, match="russian: there is no segment “met”"):
        async with db.unit(1) as uow:
            await drop_segment(uow, "met")
    async with db.unit(1) as uow:
        assert [await drop_segment(uow, name) for name in ("russian", "met", "met")] == [True, True, False]


async def test_what_has_started_is_said_as_it_was_confirmed(db: Database, people: None) -> None:
    def piece(number: int) -> Plan:
        original = Original(from_chat_id=AUTHOR, message_ids=(number,), album="A")
        return Plan(name="Album", original=original)

    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, None)
        assert await drafts.fill_draft(uow, draft_id, piece(1), Address(SALES_BOT, AUTHOR))
        assert await drafts.start_draft(uow, draft_id)
        assert not await drafts.fill_draft(uow, draft_id, piece(2), Address(SALES_BOT, AUTHOR))
        assert not await drafts.tick_audience(uow, draft_id, "ru", AUTHOR)
        assert await awaited.find(uow, Address(SALES_BOT, AUTHOR)) is None
    (row,) = await read_rows(db, broadcast_rows)
    assert (row.status, row.definition["original"]["message_ids"]) == ("running", [1])


async def test_one_that_is_moved_as_it_starts_is_either_moved_or_started(
    db: Database, people: None, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        later = HELLO.model_copy(update={"at": clock.now() + timedelta(hours=1)})
        planned = await starting.start_broadcast(uow, SALES_BOT, later)
    clock.advance(hours=1)

    async def start() -> None:
        async with db.unit(1) as uow:
            await scheduling.on_start(uow, {"broadcast_id": planned})

    async def move() -> bool:
        async with db.unit(1) as uow:
            try:
                await scheduling.move(uow, planned, clock.now() + timedelta(days=1))
            except DomainError:
                return False
            return True

    _, moved = await asyncio.gather(start(), move())
    (row,) = await read_rows(db, broadcast_rows)
    assert (row.status == "scheduled") is moved
    assert moved is (await count_rows(db, outbox, broadcast_id=planned) == 0)


async def test_a_moved_one_does_not_start_at_its_former_moment(
    db: Database, people: None, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        later = HELLO.model_copy(update={"at": clock.now() + timedelta(hours=1)})
        planned = await starting.start_broadcast(uow, SALES_BOT, later)
        await scheduling.move(uow, planned, clock.now() + timedelta(hours=3))
        await scheduling.on_start(uow, {"broadcast_id": planned})  # of a tick that had taken the timer before
    assert await count_rows(db, outbox, broadcast_id=planned) == 0


async def test_what_telegram_refuses_to_the_first_three_stops(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    cause = "Bad Request: can't parse entities"

    async def refuse(*chats_of: int) -> str:
        async with db.unit(1) as uow:
            for chat_id in chats_of:
                await uow.conn.execute(
                    update(outbox).where(outbox.c.chat_id == chat_id).values(state="failed", error=cause)
                )
            await broadcasts.stop_refused(uow, broadcast_id, cause)
            return str((await broadcasts.get_broadcast(uow, broadcast_id)).status)

    assert await refuse(600, 601) == "running"
    assert await refuse(602) == "paused"
    told = [
        row for row in await read_rows(db, outbox) if row.dedupe_key.startswith(f"bc:{broadcast_id}:refused")
    ]
    assert [json.loads(row.payload)["chat_id"] for row in told] == [AUTHOR]
    for language in ("ru", "en"):
        assert cause in show_words(json.loads(told[0].payload)["text"], language)
    await mark(db, {603: OutboxState.SENT})
    async with db.unit(1) as uow:
        assert await broadcasts.resume_broadcast(uow, broadcast_id)
    assert await refuse(604) == "running"  # somebody has it: it is not the message


async def test_who_is_no_admin_any_more_learns_nothing_of_it(db: Database, people: None) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        await add_chat(uow, SALES_BOT, await add_contact(uow, AUTHOR))
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR + 1, HELLO)
        assert await drafts.start_draft(uow, draft_id)
    await mark(db, dict.fromkeys((*range(600, 600 + PEOPLE), AUTHOR), OutboxState.SENT))
    await broadcasts.finish_broadcasts(db)
    async with db.unit(1) as uow:
        place = {"card_chat_id": AUTHOR + 1, "card_message_id": 9}
        await uow.conn.execute(update(broadcast_rows).values(**place))
        await cards.report_progress(uow, {"broadcast_id": draft_id, "shown": []})
    told = [row for row in await read_rows(db, outbox) if row.broadcast_id is None]
    assert [(row.chat_id, row.dedupe_key) for row in told] == [(AUTHOR, f"bc:{draft_id}:result:{AUTHOR}")]


async def test_a_card_drawn_beside_a_pause_is_not_the_last_to_be_shown(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, AUTHOR))
        await uow.conn.execute(
            update(broadcast_rows).values(card_chat_id=AUTHOR, card_message_id=CARD.message_id)
        )

    async def pause() -> None:
        async with db.unit(1) as uow:
            await cards.steer(uow, broadcast_id, "pause", CARD, "pressed")

    async with db.unit(1) as uow:
        await cards.report_progress(uow, {"broadcast_id": broadcast_id, "shown": []})
        pressed = asyncio.create_task(pause())
        await asyncio.wait({pressed}, timeout=0.3)  # it may not get in between
    await pressed
    drawn = [row.payload for row in await read_rows(db, outbox) if row.method == "editMessageText"]
    assert ["resume" in payload for payload in drawn] == [False, True]


async def test_whoever_watches_hears_of_each_state(db: Database, people: None) -> None:
    broadcast_id = await began(db)
    heard = await read_heard(db, "broadcasts")
    assert set(heard) == {("broadcast", broadcast_id)}
    for act in (broadcasts.pause_broadcast, broadcasts.resume_broadcast, broadcasts.cancel_broadcast):
        async with db.unit(1) as uow:
            assert await act(uow, broadcast_id)
        assert (await read_heard(db, "broadcasts"))[len(heard) :] == [("broadcast", broadcast_id)], act
        heard = await read_heard(db, "broadcasts")
    async with db.unit(1) as uow:
        assert not await broadcasts.pause_broadcast(uow, broadcast_id)
    assert await read_heard(db, "broadcasts") == heard, "nothing has moved"


@pytest.mark.parametrize("limit", [BROADCASTS_OF_BOT, BROADCASTS_OF_ACCOUNT])
async def test_a_bot_and_an_account_start_so_many_a_day(
    db: Database, people: None, clock: StillClock, limit: Limit
) -> None:
    bot_id = SALES_BOT if limit is BROADCASTS_OF_BOT else COURSE_BOT
    async with db.unit(1) as uow:
        for _ in range(limit.most - 1):
            await add_broadcast(uow, bot_id, started_at=uow.now)
    first = await began(db)
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, HELLO)
        with pytest.raises(DomainError, match="BROADCASTS_TOO_MANY"):
            await drafts.start_draft(uow, draft_id)
    states = {row.id: row.status for row in await read_rows(db, broadcast_rows)}
    assert states[draft_id] == BroadcastStatus.DRAFT, "it can be started tomorrow"
    assert states[first] != BroadcastStatus.DRAFT
    clock.advance(days=1, seconds=1)
    async with db.unit(1) as uow:
        assert await drafts.start_draft(uow, draft_id)
