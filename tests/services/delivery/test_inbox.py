"""Updates are stored once, handled in order per chat, tried again, given up visibly."""

from collections.abc import Sequence
from typing import Any

import pytest

from core.db.models.delivery import inbox as table
from core.db.session import Database, Transaction, UnitOfWork
from core.errors import DomainError, ErrorKind, TooEarly
from services.delivery import inbox
from services.delivery.inbox import MOST_TRIES, STRANGERS_SHARE, InboxWork, chat_key
from services.delivery.schemas import StoredUpdate
from services.delivery.sending.dead_letters import list_dead_letters, replay_dead_letter
from services.delivery.store import inbox as store
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_contact
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock


def said(number: int, person: int = 5, **chat: Any) -> dict[str, Any]:
    where = {"id": person, "type": "private", **chat}
    return {"update_id": number, "message": {"message_id": number, "from": {"id": person}, "chat": where}}


class Desk(InboxWork):
    """Handles updates by noting their numbers; some go wrong."""

    def __init__(self, db: Database, *wrong: int, refuse: int = 0, early: int = 0) -> None:
        self.wrong = set(wrong)
        self.refuse = refuse
        self.early = early
        self.handled: list[int] = []
        self.excused: list[int] = []
        self.db = db

    async def prepare(self, _: Transaction, __: Sequence[StoredUpdate]) -> None:
        pass

    async def handle(self, _: UnitOfWork, item: StoredUpdate) -> None:
        if item.update_id in self.wrong:
            raise LookupError(item.update_id)
        if item.update_id == self.early:
            raise TooEarly
        if item.update_id == self.refuse:
            raise DomainError(ErrorKind.INVALID, "NO")
        self.handled.append(item.update_id)

    async def apologise(self, _: UnitOfWork, item: StoredUpdate, __: DomainError) -> None:
        self.excused.append(item.update_id)

    async def drain(self, db: Database) -> int:
        return await inbox.drain(db, [SALES_BOT], self)


async def states(db: Database) -> list[str]:
    return [row.state for row in await read_rows(db, table)]


async def test_the_same_update_is_stored_once(room: Database) -> None:
    for _ in range(2):
        await inbox.receive(room, 1, SALES_BOT, [said(1)])
    await inbox.receive(room, 1, SALES_BOT, [said(1), said(2)])
    assert [row.update_id for row in await read_rows(room, table)] == [1, 2]


async def test_each_drain_takes_the_head_of_every_chat(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1, 5), said(2, 5), said(3, 6), said(4, 7), said(5, 5)])
    desk, rounds = Desk(room), []
    while await desk.drain(room):
        rounds.append(list(desk.handled))
        desk.handled.clear()
    assert rounds == [[1, 3, 4], [2], [5]]
    assert set(await states(room)) == {"done"}


async def test_only_the_bots_of_this_process_are_served(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT + 1, [said(1)])
    assert await Desk(room).drain(room) == 0


async def test_a_checkout_goes_ahead_of_its_own_chat(room: Database) -> None:
    question = {"update_id": 9, "pre_checkout_query": {"id": "q1", "from": {"id": 5}}}
    await inbox.receive(room, 1, SALES_BOT, [said(1), said(2), question])
    desk = Desk(room)
    await desk.drain(room)
    assert desk.handled == [9, 1]


async def test_a_checkout_waits_for_no_other_update_however_many_there_are(room: Database) -> None:
    """It comes last, and is handled and committed before a batch of others, one of which goes wrong."""
    await inbox.receive(room, 1, SALES_BOT, [said(number, number) for number in range(100, 700)])
    question = {"update_id": 9, "pre_checkout_query": {"id": "q1", "from": {"id": 5}}}
    await inbox.receive(room, 1, SALES_BOT, [question])
    desk = Desk(room, 100)
    assert await desk.drain(room) == inbox.BATCH
    assert (desk.handled[0], desk.handled.count(9)) == (9, 1)


async def test_one_bad_update_does_not_take_the_batch_with_it(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1, 5), said(2, 6), said(3, 7)])
    desk = Desk(room, 2)
    await desk.drain(room)
    # Together first, then one by one: the first was handled twice, but only once to the end.
    assert desk.handled == [1, 1, 3]
    assert await states(room) == ["done", "pending", "done"]


async def test_a_chat_waits_for_its_failed_update_and_others_do_not(
    room: Database, clock: StillClock
) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1, 5), said(2, 5), said(3, 6)])
    desk = Desk(room, 1)
    await desk.drain(room)
    assert await desk.drain(room) == 0
    desk.wrong.clear()
    clock.advance(seconds=1)
    while await desk.drain(room):
        pass
    assert desk.handled[-2:] == [1, 2]


async def test_five_tries_then_a_dead_letter_that_can_be_replayed(room: Database, clock: StillClock) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1), said(2)])
    desk, tries = Desk(room, 1), 0
    while "dead" not in await states(room):
        tries += await desk.drain(room)
        clock.advance(seconds=60)
    assert tries == MOST_TRIES
    await desk.drain(room)
    assert desk.handled == [2]
    [letter] = await list_dead_letters(room, 1)
    assert (letter.kind, letter.error) == ("update", "LookupError(1)")
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "update", letter.id) == 1
    desk.wrong.clear()
    await desk.drain(room)
    assert desk.handled == [2, 1]
    assert await list_dead_letters(room, 1) == []


async def test_a_refusal_is_answered_and_done(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1, 5), said(2, 6)])
    desk = Desk(room, refuse=1)
    await desk.drain(room)
    assert (desk.handled, desk.excused) == ([2], [1])
    assert await states(room) == ["done", "done"]


async def test_an_update_handled_elsewhere_has_no_effect_here(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1)])
    desk = OvertakenDesk(room)
    await desk.drain(room)
    assert await states(room) == ["done"]
    assert [row.attempts for row in await read_rows(room, table)] == [0]


class OvertakenDesk(Desk):
    """While its unit decides, the row is closed; on SQLite within it, since there is one writer."""

    async def handle(self, uow: UnitOfWork, item: StoredUpdate) -> None:
        await store.mark_done(uow.conn, [item.id])
        if not self.db.is_sqlite:
            await uow.conn.rollback()
            async with self.db.transaction() as other:
                await store.mark_done(other.conn, [item.id])
        else:
            await uow.conn.commit()


@pytest.mark.parametrize(
    ("update", "key"),
    [
        (said(1), "5"),
        (said(1, 5, id=-77, type="supergroup"), "-77"),
        (
            {
                "callback_query": {
                    "id": "1",
                    "from": {"id": 5},
                    "message": {"chat": {"id": -7, "type": "group"}},
                }
            },
            "-7",
        ),
        ({"callback_query": {"id": "1", "from": {"id": 5}}}, "5"),
        ({"chat_join_request": {"from": {"id": 5}, "chat": {"id": -7, "type": "channel"}}}, "5"),
        ({"poll_answer": {"user": {"id": 5}}}, "5"),
        ({"pre_checkout_query": {"id": "abc", "from": {"id": 5}}}, "checkout:abc"),
        ({"update_id": 1}, "-"),
        ({"message": "nonsense"}, "-"),
        ({"message": {"from": "nobody"}}, "-"),
        ({"message": {"from": {"id": "x" * 99}}}, "x" * 40),
    ],
)
def test_what_the_order_is_kept_by(update: dict[str, Any], key: str) -> None:
    assert chat_key(update) == key


async def test_what_comes_too_early_waits_a_moment_and_is_no_failure(
    room: Database, clock: StillClock
) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1, 5), said(2, 5)])
    desk = Desk(room, early=1)
    for _ in range(MOST_TRIES + 1):
        assert await desk.drain(room) == 1
        assert await desk.drain(room) == 0
        clock.advance(seconds=0.05)
    [waiting, _] = await read_rows(room, table)
    assert (waiting.state, waiting.attempts, waiting.error) == ("pending", 0, None)
    desk.early = 0
    while await desk.drain(room):
        pass
    assert desk.handled == [1, 2]


def start(number: int, person: int) -> dict[str, Any]:
    update = said(number, person)
    update["message"]["text"] = "/start"
    return update


async def test_strangers_starts_wait_for_what_known_people_do(room: Database) -> None:
    async with room.unit(1) as uow:
        await add_contact(uow, 50_001)
    await inbox.receive(room, 1, SALES_BOT, [start(n, 1000 + n) for n in range(1, 151)])
    await inbox.receive(room, 1, SALES_BOT, [said(200, 50_000), start(201, 50_001)])
    desk = Desk(room)
    await desk.drain(room)
    assert desk.handled[:2] == [200, 201], "who writes, and who is known and starts anew, goes first"
    assert len(desk.handled) == 2 + STRANGERS_SHARE, "nobody who comes meanwhile waits for more strangers"


async def test_strangers_have_their_share_of_full_batches(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [start(n, 1000 + n) for n in range(1, 31)])
    await inbox.receive(room, 1, SALES_BOT, [said(100 + n, 5000 + n) for n in range(1, 201)])
    desk, shares = Desk(room), []
    for _ in range(3):
        desk.handled.clear()
        await desk.drain(room)
        shares.append(sum(number < 100 for number in desk.handled))
    assert shares == [STRANGERS_SHARE] * 3


async def test_what_a_stranger_writes_after_her_start_keeps_its_order(room: Database) -> None:
    await inbox.receive(room, 1, SALES_BOT, [start(1, 7), said(2, 7)])
    desk = Desk(room)
    while await desk.drain(room):
        pass
    assert desk.handled == [1, 2]


@pytest.mark.parametrize(
    "broken", [{"message": {"text": "/start"}}, {"my_chat_member": {}}, {"message": "/start"}]
)
async def test_a_start_of_nobody_is_stored_too(room: Database, broken: dict[str, Any]) -> None:
    await inbox.receive(room, 1, SALES_BOT, [{"update_id": 1, **broken}])
    assert await states(room) == ["pending"]


async def test_what_was_handled_a_week_ago_is_forgotten_and_what_waits_is_not(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "FORGOTTEN_AT_ONCE", 2)
    desk = Desk(db, 1, 2)
    await inbox.receive(db, 1, SALES_BOT, [said(number, person=number) for number in (1, 2, 3, 4, 5)])
    while await desk.drain(db):
        pass
    clock.advance(days=6)
    await inbox.receive(db, 1, SALES_BOT, [said(6)])
    assert (await inbox.count_forgettable(db), await inbox.forget_handled(db)) == (0, 0)
    clock.advance(days=2)
    assert await inbox.count_forgettable(db) == 3
    counts = [await inbox.forget_handled(db) for _ in range(3)]
    assert (sum(counts), counts[-1]) == (3, 0)
    assert [row.update_id for row in await read_rows(db, table)] == [1, 2, 6]
