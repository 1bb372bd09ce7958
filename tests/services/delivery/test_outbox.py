"""The one door out: order, classes, epochs, and what becomes of a call."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db.models.delivery import messages
from core.db.models.delivery import outbox as table
from core.db.models.messaging import broadcasts
from core.db.session import Database
from core.errors import TooEarly
from core.events import CallAnswered, ChatBlocked, DomainEvent
from core.lifecycle import Priority
from core.refs import Ref, RefKind
from services.delivery import outbox
from services.delivery.leases import settle_predecessor
from services.delivery.outbox import IDEMPOTENT, MOST_TRIES, list_waiting_topics, topic_of
from services.delivery.schemas import Outgoing, Postponed, Refused, Sent, Unknown
from services.delivery.sending.dead_letters import list_dead_letters, replay_dead_letter
from services.delivery.sending.turns import AT_ONCE, EVERY, Turns
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import count_rows, read_heard, read_rows
from tests.fakes.clock import StillClock
from tests.services.delivery.office import (
    ANNA,
    BORIS,
    claim,
    claim_texts,
    land,
    own,
    plain,
    post,
    post_bulk,
    record,
)


async def test_the_same_key_is_said_once(room: Database) -> None:
    await post(room, ANNA, "A", key="one")
    await post(room, ANNA, "B", key="one")
    assert await claim_texts(room, await own(room)) == ["A"]


async def test_a_lane_keeps_its_order_and_one_call_at_a_time(room: Database) -> None:
    lease = await own(room)
    for text in "ABC":
        await post(room, ANNA, text)
    await post(room, BORIS, "D")
    first = await claim(room, lease)
    assert [one.text for one in first] == ["A", "D"]
    assert await claim(room, lease) == []
    await land(room, lease, first)
    assert await claim_texts(room, lease) == ["B"]


async def test_better_classes_leave_first(room: Database) -> None:
    lease = await own(room)
    await post_bulk(room, [1, 2, 3])
    await post(room, 11, "lesson", Priority.LESSON)
    await post(room, 12, "receipt", Priority.TRANSACTIONAL)
    await post(room, 13, "press")
    assert await claim_texts(room, lease, 4) == ["receipt", "press", "lesson", "bulk"]


async def test_receipts_and_presses_take_turns_by_age(room: Database) -> None:
    lease = await own(room)
    await post(room, 11, "press")
    await post(room, 12, "receipt", Priority.TRANSACTIONAL)
    await post(room, 13, "later press")
    assert await claim_texts(room, lease, 2) == ["press", "receipt"]


async def test_no_line_starves_beside_presses_that_do_not_end(room: Database) -> None:
    """Of what leaves, a fifth is lessons and a tenth the broadcast while they wait; presses get the rest."""
    lease, turns = await own(room), Turns()
    for number in range(200):
        await post(room, 1000 + number, "press")
    for number in range(40):
        await post(room, 2000 + number, "lesson", Priority.LESSON)
    await post_bulk(room, range(3000, 3040))
    left: list[str] = []
    for _ in range(25):
        calls = await outbox.claim_calls(room, lease, [], 4, plain, turns)
        await land(room, lease, calls)
        left += [one.text for one in calls]
    assert {word: left.count(word) for word in ("press", "lesson", "bulk")} == pytest.approx(
        {"press": 70, "lesson": 20, "bulk": 10}, abs=2
    )
    assert left.index("lesson") <= 8
    assert left.index("bulk") <= 16


async def test_greetings_to_strangers_wait_for_all_but_broadcasts(room: Database) -> None:
    lease = await own(room)
    await post_bulk(room, [1, 2])
    async with room.unit(1) as uow:
        uow.strangers.add(700)
        for number, priority in enumerate((Priority.INTERACTIVE, Priority.LESSON)):
            outbox.enqueue(
                uow, Outgoing(SALES_BOT, 700, "sendMessage", {"text": "welcome"}, f"w{number}", priority)
            )
        outbox.enqueue(uow, Outgoing(SALES_BOT, 701, "sendMessage", {"text": "to a partner"}, "p"))
    await post(room, 12, "lesson", Priority.LESSON)
    await post(room, 13, "press")
    left: list[str] = []
    while len(left) < 7:
        calls = await claim(room, lease, 5)
        await land(room, lease, calls)
        left += [one.text for one in calls]
    assert left == ["to a partner", "press", "lesson", "welcome", "bulk", "welcome", "bulk"]


async def test_a_strangers_receipt_is_no_greeting(room: Database) -> None:
    async with room.unit(1) as uow:
        uow.strangers.add(ANNA)
        outbox.enqueue(uow, Outgoing(SALES_BOT, ANNA, "sendMessage", {}, "r", Priority.TRANSACTIONAL))
    [row] = await read_rows(room, table)
    assert row.priority == Priority.TRANSACTIONAL


GROUP = -1007


async def test_in_a_group_one_persons_pieces_take_turns_with_anothers_work(room: Database) -> None:
    """400 lines of one student wait; another's card and text come next, each after one more of them."""
    lease, turns = await own(room), Turns()
    for number in range(400):
        await post(room, GROUP, f"line {number}", ref="sub:1")
    left: list[str] = []

    async def send(times: int) -> None:
        for _ in range(times):
            calls = await outbox.claim_calls(room, lease, [], 4, plain, turns)
            await land(room, lease, calls)
            left.extend(one.text for one in calls)

    await send(2)
    for word in ("card", "text"):
        await post(room, GROUP, word, ref="sub:2")
    await post(room, GROUP, "third", ref="sub:3")
    await send(6)
    assert left == ["line 0", "line 1", "card", "third", "line 2", "text"]


async def test_in_a_group_one_persons_pieces_leave_room_for_others(room: Database, clock: StillClock) -> None:
    lease, turns = await own(room), Turns()
    for number in range(30):
        await post(room, GROUP, f"line {number}", ref="sub:1")
    await post(room, ANNA, "hello")

    async def send() -> list[str]:
        calls = await outbox.claim_calls(room, lease, [], 1, plain, turns)
        await land(room, lease, calls)
        return [one.text for one in calls]

    sent = [await send() for _ in range(AT_ONCE)]
    assert sent == [[f"line {number}"] for number in range(AT_ONCE)]
    assert await send() == ["hello"], "a full group keeps nobody else waiting"
    assert await send() == []
    await post(room, GROUP, "card", ref="sub:2")
    assert await send() == ["card"]
    for number in range(AT_ONCE, AT_ONCE + 3):
        clock.advance(seconds=EVERY - 1)
        assert await send() == []
        clock.advance(seconds=1)
        assert await send() == [f"line {number}"]
    clock.advance(seconds=60)
    assert [await send() for _ in range(AT_ONCE)] == [
        [f"line {number}"] for number in range(AT_ONCE + 3, 2 * AT_ONCE + 3)
    ]
    assert await send() == []


async def test_a_line_that_had_nothing_to_send_is_owed_nothing(room: Database) -> None:
    lease, turns = await own(room), Turns()
    for number in range(60):
        await post(room, 1000 + number, "press")
    for _ in range(10):
        await land(room, lease, await outbox.claim_calls(room, lease, [], 4, plain, turns))
    await post(room, 2000, "lesson", Priority.LESSON)
    await post(room, 2001, "lesson", Priority.LESSON)
    texts = [one.text for one in await outbox.claim_calls(room, lease, [], 4, plain, turns)]
    assert texts.count("press") >= 3


async def test_a_press_does_not_wait_behind_a_broadcast_to_the_same_person(room: Database) -> None:
    lease = await own(room)
    await post_bulk(room, [ANNA])
    [sending] = await claim(room, lease, 1)
    await post(room, ANNA, "press")
    assert sending.call.priority is Priority.BULK
    assert await claim_texts(room, lease) == ["press"]


async def test_a_lane_is_claimed_with_the_best_class_waiting_in_it(room: Database) -> None:
    lease = await own(room)
    for number in range(3):
        await post(room, 100 + number, f"other {number}", Priority.LESSON)
    await post(room, ANNA, "lesson", Priority.LESSON)
    await post(room, ANNA, "press")
    assert await claim_texts(room, lease, 1) == ["lesson"]  # the press is behind it, and lifts it


async def test_a_retry_keeps_those_behind_it_waiting(room: Database, clock: StillClock) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    await post(room, ANNA, "B")
    [first] = await claim(room, lease)
    await record(room, lease, Postponed(first.call, timedelta(seconds=5), "no connection"))
    assert await claim(room, lease) == []
    clock.advance(seconds=6)
    again = await claim(room, lease)
    assert [one.text for one in again] == ["A"]
    await land(room, lease, again)
    assert await claim_texts(room, lease) == ["B"]
    assert [row.attempt for row in await read_rows(room, table)] == [1, 1]  # certainly not sent: no try


async def test_chats_to_skip_are_skipped(room: Database) -> None:
    await post(room, ANNA, "A")
    await post(room, BORIS, "B")
    assert await claim_texts(room, await own(room), skip=[ANNA]) == ["B"]


async def test_a_paused_broadcast_is_not_claimed(room: Database) -> None:
    lease = await own(room)
    broadcast_id = await post_bulk(room, [1, 2])
    async with room.unit(1) as uow:
        await uow.conn.execute(update(broadcasts).values(status="paused"))
    assert await claim(room, lease) == []
    async with room.unit(1) as uow:
        await uow.conn.execute(update(broadcasts).values(status="running"))
    assert [one.call.broadcast_id for one in await claim(room, lease)] == [broadcast_id] * 2


async def test_a_paused_broadcast_does_not_keep_a_later_one_waiting(room: Database) -> None:
    lease = await own(room)
    paused = await post_bulk(room, [1, 2])
    later = await post_bulk(room, [1, 2])
    async with room.unit(1) as uow:
        await uow.conn.execute(update(broadcasts).where(broadcasts.c.id == paused).values(status="paused"))
    assert [one.call.broadcast_id for one in await claim(room, lease)] == [later, later]


async def test_two_running_broadcasts_reach_a_person_in_their_order(room: Database) -> None:
    lease = await own(room)
    first = await post_bulk(room, [1])
    second = await post_bulk(room, [1, 2])
    on_the_wire = await claim(room, lease)
    assert [(one.call.broadcast_id, one.call.chat_id) for one in on_the_wire] == [(first, 1), (second, 2)]
    assert await claim(room, lease) == []
    await land(room, lease, on_the_wire)
    assert [(one.call.broadcast_id, one.call.chat_id) for one in await claim(room, lease)] == [(second, 1)]


async def test_a_stalled_owner_cannot_claim(room: Database, clock: StillClock) -> None:
    await post(room, ANNA, "A")
    old = await own(room, "first", 10)
    clock.advance(seconds=11)
    assert await claim(room, old) == []
    new = await own(room, "second", 10, force=False)
    assert new.epoch == old.epoch + 1
    assert await claim(room, old) == []
    assert await claim_texts(room, new) == ["A"]


async def test_a_stalled_owner_cannot_record_either(room: Database, clock: StillClock) -> None:
    await post(room, ANNA, "A")
    old = await own(room, "first", 10)
    stalled = await claim(room, old)
    clock.advance(seconds=11)
    new = await own(room, "second", 10, force=False)
    await settle_predecessor(room, 1, SALES_BOT, safe=IDEMPOTENT, most_tries=MOST_TRIES)
    await claim(room, new)
    await record(room, old, Refused(stalled[0].call, "too late to matter"))
    [row] = await read_rows(room, table)
    assert (row.state, row.epoch, row.possibly_twice) == ("sending", new.epoch, True)


async def test_what_cannot_be_rendered_is_held_and_blocks_nobody(room: Database) -> None:
    lease = await own(room)
    await post(room, ANNA, "broken")
    await post(room, ANNA, "whole")
    assert await claim_texts(room, lease) == []
    assert await claim_texts(room, lease) == ["whole"]
    [letter] = await list_dead_letters(room, 1)
    assert letter.error == "no words"


async def test_words_are_frozen_and_remembered_once(room: Database, clock: StillClock) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    for _ in range(2):
        [one] = await claim(room, lease)
        await record(room, lease, Unknown(one.call, "time-out"))
        clock.advance(seconds=60)
    [row] = await read_rows(room, table)
    assert row.frozen
    assert await count_rows(room, messages, outbox_id=row.id) == 1


@pytest.mark.parametrize(
    ("priority", "state"),
    [
        (Priority.INTERACTIVE, "pending"),
        (Priority.TRANSACTIONAL, "hold"),
        (Priority.LESSON, "pending"),
    ],
)
async def test_an_unknown_outcome_by_class(room: Database, priority: Priority, state: str) -> None:
    lease = await own(room)
    await post(room, ANNA, "A", priority)
    [one] = await claim(room, lease)
    await record(room, lease, Unknown(one.call, "time-out"))
    [row] = await read_rows(room, table)
    assert (row.state, row.possibly_twice, row.error) == (state, True, "time-out")


@pytest.mark.parametrize("priority", [Priority.INTERACTIVE, Priority.TRANSACTIONAL, Priority.LESSON])
async def test_a_dead_owners_calls_by_class(room: Database, priority: Priority) -> None:
    await post(room, ANNA, "A", priority)
    await claim(room, await own(room))
    assert await settle_predecessor(room, 1, SALES_BOT, safe=IDEMPOTENT, most_tries=MOST_TRIES) == 1
    [row] = await read_rows(room, table)
    assert (row.state, row.possibly_twice) == (
        "hold" if priority is Priority.TRANSACTIONAL else "pending",
        True,
    )


async def test_what_is_harmless_twice_is_repeated_unflagged(room: Database, clock: StillClock) -> None:
    async with room.unit(1) as uow:
        from services.delivery.outbox import enqueue
        from services.delivery.schemas import Outgoing

        link = Outgoing(
            SALES_BOT, -7, "createChatInviteLink", {"chat_id": -7}, "link", Priority.TRANSACTIONAL
        )
        enqueue(uow, link)
    lease = await own(room)
    [one] = await claim(room, lease)
    await record(room, lease, Unknown(one.call, "time-out", idempotent=True))
    clock.advance(seconds=60)
    assert len(await claim(room, lease)) == 1
    await settle_predecessor(room, 1, SALES_BOT, safe=IDEMPOTENT, most_tries=MOST_TRIES)
    [row] = await read_rows(room, table)
    assert (row.state, row.possibly_twice) == ("pending", False)


async def test_tries_with_unknown_outcome_end(room: Database, clock: StillClock) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    tries = 0
    while claimed := await claim(room, lease):
        await record(room, lease, Unknown(claimed[0].call, "time-out"))
        clock.advance(seconds=120)
        tries += 1
    assert tries == MOST_TRIES
    assert [row.state for row in await read_rows(room, table)] == ["hold"]


async def test_a_refusal_is_final_until_replayed(room: Database) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    [one] = await claim(room, lease)
    await record(room, lease, Refused(one.call, "Bad Request"))
    assert await claim(room, lease) == []
    [letter] = await list_dead_letters(room, 1)
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "call", letter.id) == 1
    assert await claim_texts(room, lease) == ["A"]


async def test_a_refused_question_waits_for_nobody(room: Database) -> None:
    lease = await own(room)
    async with room.unit(1) as uow:
        outbox.enqueue(uow, Outgoing(SALES_BOT, ANNA, "getChat", {"chat_id": ANNA}, "group:1:about"))
    [one] = await claim(room, lease)
    await record(room, lease, Refused(one.call, "Bad Request: chat not found"))
    assert await list_dead_letters(room, 1) == []
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "call", None) == 0


async def test_replaying_everything_leaves_broadcasts_alone(room: Database) -> None:
    lease = await own(room)
    await post_bulk(room, [ANNA])
    [one] = await claim(room, lease)
    await record(room, lease, Refused(one.call, "Forbidden", blocked=True))
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "call", None) == 0
    assert [row.state for row in await read_rows(room, table)] == ["failed"]


async def test_who_blocked_the_bot_is_told_of(room: Database, happened: list[DomainEvent]) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    [one] = await claim(room, lease)
    await record(room, lease, Refused(one.call, "Forbidden", blocked=True))
    assert happened == [ChatBlocked(SALES_BOT, ANNA)]


async def test_an_awaited_answer_becomes_an_event(room: Database, happened: list[DomainEvent]) -> None:
    lease = await own(room)
    for text in ("A", "B"):
        await post(room, ANNA if text == "A" else BORIS, text, on_result={"name": "links", "ref": 7})
    first, second = await claim(room, lease)
    await record(room, lease, Sent(first.call, {"invite_link": "x"}), Refused(second.call, "no rights"))
    assert happened == [
        CallAnswered("links", 7, SALES_BOT, first.call.id, True, {"invite_link": "x"}),
        CallAnswered("links", 7, SALES_BOT, second.call.id, False, "no rights"),
    ]


async def test_a_moved_group_gets_it_under_its_new_number(room: Database) -> None:
    lease = await own(room)
    await post(room, -5, "A")
    [one] = await claim(room, lease)
    await record(room, lease, Postponed(one.call, timedelta(), "upgraded", moved_to=-1005))
    [again] = await claim(room, lease)
    assert again.call.chat_id == -1005


async def test_the_tick_hears_of_calls_that_may_leave_now(room: Database, clock: StillClock) -> None:
    lease = await own(room)
    assert await list_waiting_topics(room, [SALES_BOT]) == []
    await post(room, ANNA, "A")
    assert await list_waiting_topics(room, [SALES_BOT]) == [topic_of(SALES_BOT)]
    [one] = await claim(room, lease)
    await record(room, lease, Postponed(one.call, timedelta(seconds=5), "later"))
    assert await list_waiting_topics(room, [SALES_BOT]) == []
    clock.advance(seconds=5)
    assert await list_waiting_topics(room, [SALES_BOT]) == [topic_of(SALES_BOT)]


async def test_a_reply_waits_for_the_number_of_a_message_just_sent(room: Database) -> None:
    await post(room, ANNA, "the card", ref="sub:1")
    lease = await own(room)
    calls = await claim(room, lease)

    async def about(message_id: int) -> Ref | None:
        async with room.unit(1) as uow:
            return await outbox.find_ref(uow, SALES_BOT, ANNA, message_id)

    with pytest.raises(TooEarly):
        await about(77)
    await record(room, lease, Sent(calls[0].call, {"message_id": 77}))
    assert await about(77) == Ref(RefKind.SUBMISSION, ("1",))
    assert await about(78) is None


async def test_how_far_a_broadcast_is_is_told_once_a_second(room: Database, clock: StillClock) -> None:
    lease, broadcast_id = await own(room), await post_bulk(room, [1, 2, 3, 4])
    for _ in range(2):
        await land(room, lease, await claim(room, lease, 1))
    assert await read_heard(room, "broadcasts") == [("broadcast", broadcast_id)]
    clock.advance(seconds=1)
    await land(room, lease, await claim(room, lease, 2))
    assert await read_heard(room, "broadcasts") == 2 * [("broadcast", broadcast_id)]


async def test_what_one_person_gets_is_no_broadcasts_progress(room: Database) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    await land(room, lease, await claim(room, lease))
    assert await read_heard(room, "broadcasts") == []
