"""A network and a Telegram in a bad mood: all arrives, in the right words, and no deadline is broken."""

import asyncio
import random
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from core.db.models.people import chats, contacts
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import Priority
from services.delivery.sending.dead_letters import list_dead_letters, replay_dead_letter
from tests.faults import broadcasts, calls
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.town import FAST, Town, settle_people, town_here
from tests.faults.waiting import kind_of, tell, until

KINDS = ("429", "500", "502", "timeout_before", "timeout_after", "reset_before", "reset_after")
TROUBLE = [
    {"kind": kind, "rate": 0.05 / len(KINDS), "delay": 0.2, "retry_after": 1, "scope": "chat"}
    for kind in KINDS
]


async def test_all_kinds_of_trouble_at_random(
    beside: Database, town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    people = 150
    await settle_people(beside, town, people)
    broadcast_id = await broadcasts.start(beside)
    await town.tg.faults(*[{**one, "method": "sendMessage"} for one in TROUBLE], seed=5)
    kernel = make_kernel(town)
    await kernel.start()
    await broadcasts.wait_until_left(beside, broadcast_id, people // 2)
    await kernel.kill()
    in_flight = await broadcasts.count_sending(beside)
    unheard = await broadcasts.is_a_429_unheard(beside, town)
    await kernel.start()
    await broadcasts.wait_until_over(beside, broadcast_id)
    await kernel.stop()
    told = f"5 % trouble, {people} recipients, {kind_of(db_url)}"
    await _judge(beside, town, broadcast_id, told, in_flight, unheard)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_all_kinds_of_trouble_for_long(
    beside: Database, big_town: Town, make_tandem: MakeTandem, db_url: str
) -> None:
    people, kills, dice = 3_000, 5, random.Random(6)
    await settle_people(beside, big_town, people)
    broadcast_id = await broadcasts.start(beside)
    await big_town.tg.faults(*TROUBLE, seed=6)
    tandem, in_flight, unheard = make_tandem(big_town, MESSAGES_PER_SECOND="120"), 0, False
    for kill in range(1, kills + 1):
        await tandem.start()
        left = people - kill * people // (kills + 2) - dice.randint(0, 50)
        await tandem.showing_log(broadcasts.wait_until_left(beside, broadcast_id, left, 300))
        await tandem.kill()
        in_flight += await broadcasts.count_sending(beside)
        unheard |= await broadcasts.is_a_429_unheard(beside, big_town)
    await tandem.start()
    await tandem.showing_log(broadcasts.wait_until_over(beside, broadcast_id, 600))
    await tandem.stop()
    told = f"5 % trouble in all calls, {people:,} recipients, {kills} kills, {kind_of(db_url)}"
    await _judge(beside, big_town, broadcast_id, told, in_flight, unheard)


async def _judge(
    db: Database, town: Town, broadcast_id: int, told: str, in_flight: int, unheard: bool
) -> None:
    """A deadline that died with the process that heard it, before it could be kept, is the only one broken."""
    found = await broadcasts.compare(db, town, broadcast_id)
    report = await town.tg.report()
    early = report["counts"].get("before_retry_after", 0)
    struck = {one["kind"]: one["used"] for one in report["faults"]}
    tell(
        f"{told}: struck {sum(struck.values())}x, lost {found.lost}, duplicates {found.duplicates} "
        f"(in flight {in_flight}), not flagged {found.unflagged}, requests before retry_after ended {early}"
    )
    assert struck["429"]
    assert (found.lost, found.unflagged) == (0, 0)
    assert early == 0 or unheard, report["violations"][:5]
    assert found.duplicates <= sum(struck.values()) - struck["429"] + in_flight


async def test_a_deadline_is_obeyed_over_a_restart(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await town.tg.faults({"kind": "429", "method": "sendMessage", "count": 1, "retry_after": 3})
    await calls.post(beside, anna, "Hello")
    kernel = make_kernel(town)
    await kernel.start()
    await _until_struck(town)
    loop = asyncio.get_running_loop()
    told_at = loop.time()
    await calls.wait_for_state(beside, "pending")
    await kernel.kill()
    await kernel.start()
    await calls.wait_for_state(beside, "sent")
    waited = loop.time() - told_at
    await kernel.stop()
    tell(f"429 for 3 s, killed at once: the next request came after {waited:.2f} s")
    assert (await town.tg.report())["counts"] == {}
    assert [one["code"] for one in await town.tg.calls(method="sendMessage")] == [429, 200]
    assert waited < 6


async def test_the_bots_own_deadline_silences_all(beside: Database, make_kernel: MakeKernel) -> None:
    people, pace = 40, 10
    async with town_here(replace(FAST, grace=1.0)) as town:  # what was under way when the answer came
        await settle_people(beside, town, people)
        broadcast_id = await broadcasts.start(beside)
        kernel = make_kernel(town, messages_per_second=pace)
        await kernel.start()
        await broadcasts.wait_until_left(beside, broadcast_id, people - 2 * pace)
        await town.tg.faults({"kind": "429", "method": "sendMessage", "count": 1, "retry_after": 3})
        await broadcasts.wait_until_over(beside, broadcast_id)
        await kernel.stop()
        found = await broadcasts.compare(beside, town, broadcast_id)
        codes = Counter(one["code"] for one in await town.tg.calls(method="sendMessage"))
        tell(f"429 for the bot at its full pace: {codes[429]} refused, lost {found.lost}")
        assert (await town.tg.report())["counts"] == {}
        assert codes[429] >= 1
        assert (found.lost, found.duplicates) == (0, 0)


async def test_stopping_does_not_wait_for_a_long_deadline(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await town.tg.faults({"kind": "429", "method": "sendMessage", "count": 1, "retry_after": 60})
    await calls.post(beside, anna, "Hello")
    kernel = make_kernel(town)
    await kernel.start()
    await _until_struck(town)
    async with asyncio.timeout(55):  # of sixty
        await kernel.stop()
    assert await calls.states(beside) == {f"{anna}:Hello": "pending"}


async def test_a_429_without_a_deadline_is_no_refusal(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await town.tg.faults({"kind": "429", "method": "sendMessage", "count": 1, "retry_after": 0})
    await calls.post(beside, anna, "Hello")
    kernel = make_kernel(town)
    await kernel.start()
    await calls.wait_for_state(beside, "sent")
    await kernel.stop()
    assert await town.tg.texts("sales_bot", anna) == ["Hello"]


async def test_what_may_not_be_said_twice_is_held_and_replayed(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await town.tg.faults({"kind": "reset_after", "method": "sendMessage", "count": 1})
    kernel = make_kernel(town)
    await kernel.start()
    await calls.post(beside, anna, "Receipt", Priority.TRANSACTIONAL)
    await calls.wait_for_state(beside, "hold")
    [letter] = await list_dead_letters(beside, FIRST_ACCOUNT)
    assert (letter.kind, "hold" in letter.what) == ("call", True)
    assert await town.tg.texts("sales_bot", anna) == ["Receipt"]
    async with beside.unit(FIRST_ACCOUNT) as uow:
        assert await replay_dead_letter(uow, "call", letter.id) == 1
    await calls.wait_for_state(beside, "sent")
    await kernel.stop()
    assert await town.tg.texts("sales_bot", anna) == ["Receipt", "Receipt"]
    assert (await calls.rows(beside))[0].possibly_twice


async def test_a_kill_holds_what_may_not_be_said_twice(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    anna, boris = await settle_people(beside, town, 2)
    await town.tg.faults({"kind": "slow", "method": "sendMessage", "delay": 5})
    kernel = make_kernel(town)
    await kernel.start()
    await calls.post(beside, anna, "Receipt", Priority.TRANSACTIONAL)
    await calls.post(beside, boris, "Lesson", Priority.LESSON)
    await calls.wait_for_state(beside, "sending")
    await kernel.kill()
    await town.tg.faults()
    await kernel.start()

    async def is_settled() -> bool:
        return await calls.states(beside) == {f"{anna}:Receipt": "hold", f"{boris}:Lesson": "sent"}

    await until(is_settled, what="the receipt is held, the lesson repeated")
    await kernel.stop()
    assert all(row.possibly_twice for row in await calls.rows(beside))


async def test_a_retry_says_the_very_same(beside: Database, town: Town, make_kernel: MakeKernel) -> None:
    [anna] = await settle_people(beside, town, 1)
    await town.tg.faults({"kind": "reset_after", "method": "sendMessage", "count": 1})
    kernel = make_kernel(town)
    await kernel.start()
    await calls.post(beside, anna, {"t": "sales-fallback", "v": {}})
    await _until_struck(town)
    async with beside.unit(FIRST_ACCOUNT) as uow:
        await uow.conn.execute(update(contacts).where(contacts.c.telegram_id == anna).values(language="en"))
    await calls.wait_for_state(beside, "sent")
    await kernel.stop()
    first, second = await town.tg.texts("sales_bot", anna)
    assert first == second


async def test_who_blocked_the_bot_is_marked(beside: Database, town: Town, make_kernel: MakeKernel) -> None:
    [anna, boris] = await settle_people(beside, town, 2)
    await (await town.tg.find_person(anna)).block("sales_bot")
    broadcast_id = await broadcasts.start(beside)
    kernel = make_kernel(town)
    await kernel.start()
    await broadcasts.wait_until_over(beside, broadcast_id)
    await kernel.stop()
    async with beside.reading() as conn:
        found = await conn.execute(select(chats.c.telegram_id, chats.c.state).order_by(chats.c.telegram_id))
        assert dict(tuple(row) for row in found) == {anna: "blocked", boris: "open"}
    assert [row.state for row in await calls.rows(beside)] == ["failed", "sent"]


async def test_a_group_that_moved_is_followed(beside: Database, town: Town, make_kernel: MakeKernel) -> None:
    group = await town.tg.group("Club", type="group", bots=["sales_bot"])
    moved = await group.upgrade()
    for number in range(3):
        await calls.post(beside, group.id, f"News {number}")
    kernel = make_kernel(town)
    await kernel.start()
    await calls.wait_for_state(beside, "sent")
    await kernel.stop()
    assert {row.chat_id for row in await calls.rows(beside)} == {moved.id}
    sent = [one["params"]["text"] for one in await town.tg.calls(method="sendMessage") if one["code"] == 200]
    assert sent == ["News 0", "News 1", "News 2"]


async def test_an_answer_nobody_can_use_does_not_stop_the_others(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await calls.post(beside, anna, "One", on_result={"name": "nobody knows this", "ref": "1"})
    await calls.post(beside, anna, "Two")
    kernel = make_kernel(town)
    await kernel.start()

    async def is_settled() -> bool:
        return await calls.states(beside) == {f"{anna}:One": "hold", f"{anna}:Two": "sent"}

    await until(is_settled, what="one is held, the other sent")
    await kernel.stop()
    assert await town.tg.texts("sales_bot", anna) == ["One", "Two"]
    [letter] = await list_dead_letters(beside, FIRST_ACCOUNT)
    assert "nobody knows this" in letter.error


async def test_a_revoked_token_loses_nothing(beside: Database, town: Town, make_kernel: MakeKernel) -> None:
    [anna] = await settle_people(beside, town, 1)
    kernel = make_kernel(town)
    await kernel.start()
    await kernel.wait_until_ready()
    await town.tg.faults({"kind": "401", "method": "sendMessage"})
    await calls.post(beside, anna, "Hello")

    async def is_put_off() -> bool:
        [row] = await calls.rows(beside)
        return row.state == "pending" and "Unauthorized" in (row.error or "")

    await until(is_put_off, what="the call waits")
    await kernel.stop()


async def _until_struck(town: Town) -> None:
    async def is_so() -> bool:
        return any(one["used"] for one in (await town.tg.report())["faults"])

    await until(is_so, what="the fault strikes")
