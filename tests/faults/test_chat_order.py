"""Whatever the network does, a chat reads its messages in the order in which they were said."""

from itertools import pairwise

import pytest

from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import Priority
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from tests.faults import calls
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.test_bad_network import TROUBLE
from tests.faults.town import SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell

SILENT = [one for one in TROUBLE if one["kind"] != "429"]  # a 429 only makes it slow: see the other drill


async def test_order_in_a_chat(beside: Database, town: Town, make_kernel: MakeKernel, db_url: str) -> None:
    chats, each = 40, 6
    await say_much(beside, town, chats, each)
    kernel = make_kernel(town)
    await kernel.start()
    await calls.wait_for_state(beside, "sent", 60)
    await kernel.stop()
    await _judge(beside, town, each, f"{chats} chats x {each} messages, {kind_of(db_url)}")


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_order_in_200_chats(
    beside: Database, big_town: Town, make_tandem: MakeTandem, db_url: str
) -> None:
    chats, each = 200, 50
    await say_much(beside, big_town, chats, each)
    tandem = make_tandem(big_town)
    await tandem.start()
    await calls.wait_for_state(beside, "sent", 600)
    await tandem.stop()
    await _judge(beside, big_town, each, f"{chats} chats x {each} messages, {kind_of(db_url)}")


async def say_much(db: Database, town: Town, chats: int, each: int) -> None:
    """`each` messages to everybody, of different urgency, before anything is sent."""
    ids = await settle_people(db, town, chats)
    classes = (Priority.LESSON, Priority.INTERACTIVE, Priority.LESSON)
    async with db.unit(FIRST_ACCOUNT) as uow:
        for number in range(each):
            for chat_id in ids:
                payload = {"chat_id": chat_id, "text": f"{number:03}"}
                priority = classes[(chat_id + number) % len(classes)]
                key = f"{chat_id}:{number}"
                enqueue(uow, Outgoing(SALES_ID, chat_id, "sendMessage", payload, key, priority))
    await town.tg.faults(*[{**one, "rate": 0.02, "method": "sendMessage"} for one in SILENT], seed=8)


async def _judge(db: Database, town: Town, each: int, told: str) -> None:
    inversions, twice = 0, 0
    for chat_id in {row.chat_id for row in await calls.rows(db)}:
        numbers = [int(text) for text in await town.tg.texts("sales_bot", chat_id)]
        assert sorted(set(numbers)) == list(range(each))
        inversions += sum(later < earlier for earlier, later in pairwise(numbers))
        twice += len(numbers) - each
    struck = sum(one["used"] for one in (await town.tg.report())["faults"])
    tell(f"{told}: {struck} failures, {inversions} inversions, {twice} said twice")
    assert struck
    assert inversions == 0
