"""Very many people are counted beside: a press is answered at once, and the number follows on the card."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from core.db.models.delivery import outbox
from core.db.session import Database
from core.events import CallAnswered
from core.lifecycle import BotKind, BroadcastStatus
from services.delivery import jobs
from services.delivery.jobs import Lane
from services.delivery.speech import Address
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import cards
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.drafting import counting, drafts
from services.messaging.broadcasts.drafting.buttons import PAY
from services.messaging.schemas import BroadcastCard
from services.people.segments import drop_segment, save_segment
from tests.factories.accounts import SALES_BOT, add_bot
from tests.factories.persons import add_chat, add_contact

PEOPLE = 7
AUTHOR = 1001
CARD = BroadcastCard(AUTHOR, 5)
HELLO = Plan(name="Hello", text={"*": "Hello"})
OF_MET = HELLO.model_copy(update={"audience": {"all": [{"in_segment": "met"}]}})


@pytest.fixture
async def many(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MANY", PEOPLE - 1)
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        for number in range(PEOPLE):
            await add_chat(uow, SALES_BOT, await add_contact(uow, 600 + number))
        await save_segment(uow, "met", {"last_seen_days": 3000}, live=True)


async def said(db: Database) -> list[str]:
    """What the card was told to show, in order, as the names of its words and their figures."""
    async with db.reading() as conn:
        rows = (await conn.execute(select(outbox.c.payload).order_by(outbox.c.id))).scalars()
        return [row if isinstance(row, str) else json.dumps(row) for row in rows]


async def count(db: Database) -> int:
    """Perform the jobs there are; says how many."""
    lanes = [Lane("counts", 9, counting.build_performer(db))]
    claimed = await jobs.claim_due(db, lanes, {"counts": 9})
    for job in claimed:
        await jobs.perform(db, lanes[0].performers, job)
    return len(claimed)


async def shown_draft(db: Database, plan: Plan = HELLO) -> int:
    async with db.unit(1) as uow:
        draft_id = await drafts.begin_draft(uow, SALES_BOT, AUTHOR, plan)
        await cards.show_card(uow, draft_id, Address(SALES_BOT, AUTHOR), "show")
    result: dict[str, Any] = {"chat": {"id": AUTHOR}, "message_id": CARD.message_id}
    async with db.unit(1) as uow:
        await cards.on_card_shown(
            uow, CallAnswered(cards.SHOWN, draft_id, SALES_BOT, 1, ok=True, result=result)
        )
    return draft_id


async def test_the_number_follows_on_a_new_card_and_on_each_view(db: Database, many: None) -> None:
    draft_id = await shown_draft(db)
    assert await count(db) == 1
    for view in ("whom", "ask"):
        async with db.unit(1) as uow:
            assert await cards.steer(uow, draft_id, view, CARD, view)
        assert await count(db) == 1
    shown = await said(db)
    assert ["broadcast-counting" in one for one in shown] == [True, False] * 3
    assert all(f'"number":{PEOPLE}' in one for one in shown[1::2])
    assert "broadcast-do-start" not in shown[-2], "nothing can be confirmed before it is counted"
    assert "broadcast-do-start" in shown[-1]


async def test_a_count_that_comes_late_changes_nothing_that_was_pressed_since(
    db: Database, many: None
) -> None:
    draft_id = await shown_draft(db)
    async with db.unit(1) as uow:
        await cards.steer(uow, draft_id, "languages", CARD, "languages")
    before = await said(db)
    assert await count(db) == 1
    assert await said(db) == before
    async with db.unit(1) as uow:
        await cards.steer(uow, draft_id, "ask", CARD, "ask")
        await cards.steer(uow, draft_id, "start", CARD, "start")
    before = len(await said(db))
    assert await count(db) == 1
    assert len(await said(db)) == before


async def test_a_segment_dropped_meanwhile_is_told(db: Database, many: None) -> None:
    await shown_draft(db, OF_MET)
    async with db.unit(1) as uow:
        await drop_segment(uow, "met")
    assert await count(db) == 1
    assert "broadcast-reach-unknown" in (await said(db))[-1]


async def test_a_paid_start_of_very_many_waits_for_the_count_and_for_its_price(
    db: Database, many: None
) -> None:
    db.env = replace(db.env, paid_per_second=100)
    draft_id = await shown_draft(db)
    await count(db)
    for agreed in (0, 1):
        async with db.unit(1) as uow:
            assert await cards.steer(uow, draft_id, f"{PAY}{agreed}", CARD, f"pay{agreed}")
        assert "broadcast-counting" in (await said(db))[-1]
        async with db.unit(1) as uow:
            assert (await get_broadcast(uow, draft_id)).status is BroadcastStatus.DRAFT
        assert await count(db) == 1
        assert ("broadcast-dearer" in (await said(db))[-1]) is (agreed < 1)
    async with db.unit(1) as uow:
        started = await get_broadcast(uow, draft_id)
    assert started.status is not BroadcastStatus.DRAFT
    assert started.plan is not None
    assert started.plan.paid


async def test_few_people_are_counted_at_once(
    db: Database, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MANY", PEOPLE)
    await shown_draft(db)
    assert await count(db) == 0
    assert f'"number":{PEOPLE}' in (await said(db))[-1]
