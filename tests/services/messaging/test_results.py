"""What came of a broadcast: each person in one line, sums that equal the total, acts only within their days."""

from datetime import timedelta

import pytest
from sqlalchemy import Select, select, update

from core.db.models.delivery import outbox
from core.db.models.people import chats, contacts
from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from core.flow.run import RunStatus
from core.lifecycle import ChatState, OrderStatus, OutboxState, PaymentStatus
from services.messaging.broadcasts.broadcasts import get_broadcast, get_tally
from services.messaging.responses import links
from services.messaging.responses.results import HEADER, iterate_rows, list_variants, read_acts
from services.people.conditions.audience import fitting
from services.people.conditions.base import Scope
from services.people.conditions.numbers.counted import write_broadcast
from services.people.conditions.tree import load_tree, read_tree
from services.people.contacts import get_by_telegram_id
from tests.factories.accounts import SALES_BOT
from tests.factories.flows import add_flow, add_version, make_course
from tests.factories.sales import add_order, add_payment, add_tariff
from tests.factories.studies import add_run
from tests.factories.traffic import add_message
from tests.services.messaging.test_waves import began, crowd

PEOPLE = 20
FIRST = 1000
WORDLESS = 6  # who got a voice message, from this one on


@pytest.fixture
async def sent(db: Database) -> int:
    """Fifteen have it, two were refused, one has blocked the bot, one is unknown, one waits."""
    await crowd(db, PEOPLE)
    one = await began(db, buttons=[[{"text": "More", "tag": "warm"}]])
    states = [OutboxState.SENT] * 15 + [OutboxState.FAILED] * 3 + [OutboxState.HOLD]
    async with db.unit(1) as uow:
        for number, state in enumerate(states):
            values = {"state": state, "error": "Bad Request: no" if state is OutboxState.FAILED else None}
            await uow.conn.execute(update(outbox).where(outbox.c.chat_id == FIRST + number).values(**values))
        await uow.conn.execute(
            update(chats).where(chats.c.telegram_id == FIRST + 17).values(state=ChatState.BLOCKED)
        )
    return one


async def test_every_person_has_a_line_and_the_sums_are_the_total(db: Database, sent: int) -> None:
    rows = [dict(zip(HEADER, row, strict=True)) async for row in iterate_rows(db, 1, sent)]
    tally = await get_tally(db, 1, sent)
    assert len(rows) == tally.total == PEOPLE
    statuses = [row["status"] for row in rows]
    counted = {one: statuses.count(one) for one in set(statuses)}
    assert counted == {"sent": 15, "failed": 2, "blocked": 1, "unknown": 1, "pending": 1}
    assert (tally.sent, tally.failed, tally.blocked, tally.held, tally.waiting) == (15, 2, 1, 1, 1)
    assert {row["why"] for row in rows if row["status"] == "failed"} == {"Bad Request: no"}


async def test_who_pressed_and_wrote_back(db: Database, sent: int) -> None:
    async with db.unit(1) as uow:
        await links.note_press(uow, sent, FIRST, "0-0")
        await links.note_press(uow, sent, FIRST, "0-0")
        await links.note_press(uow, sent, 77, "0-0")  # who never got it: a test to oneself
        said = (
            (0, "hm", -1),
            (1, "yes", 2),
            (2, "late", 30),
            (3, "/stop", 1),
            (4, "[press]", 1),
            (6, "to a voice message", 3),
            (7, "before its hour", 3),
        )
        hour = {"sending_since": uow.now + timedelta(hours=4)}
        await uow.conn.execute(update(outbox).where(outbox.c.chat_id == FIRST + 7).values(hour))
        for number, text, hours in said:
            at = uow.now + timedelta(hours=hours)
            telegram_id = None if text == "[press]" else number + 1
            await add_message(
                uow, SALES_BOT, FIRST + number, text=text, at=at, telegram_message_id=telegram_id
            )
            if number >= WORDLESS:
                continue  # what they got is in no history
            out = {"direction": "out", "at": uow.now}
            row = (await uow.conn.execute(_row_of(sent, FIRST + number))).scalar_one()
            await add_message(uow, SALES_BOT, FIRST + number, outbox_id=row, **out)
        later = {
            "direction": "out",
            "at": uow.now + timedelta(hours=9),
        }  # to somebody else: it hides nobody's answer
        last = (await uow.conn.execute(_row_of(sent, FIRST + 5))).scalar_one()
        await add_message(uow, SALES_BOT, FIRST + 5, outbox_id=last, **later)
    async with db.unit(1) as uow:
        acts = await read_acts(uow.conn, 1, await get_broadcast(uow, sent))
        assert await _behind(uow, sent, "clicked") == acts.clicked == {FIRST}
        assert await _behind(uow, sent, "replied") == acts.replied == {FIRST + 1, FIRST + 6}
    assert not acts.bought


async def test_purchases_and_completions_count_within_their_days(db: Database, sent: int) -> None:
    async with db.unit(1) as uow:
        flow = make_course()
        flow_id = await add_flow(uow, flow)
        version = await add_version(uow, flow_id, flow)
        tariff = await add_tariff(uow, flow_id)
        for number, days in enumerate((-1, 0, 6, 8)):
            person = await get_by_telegram_id(uow, FIRST + number)
            at = uow.now + timedelta(days=days, seconds=1)
            paid = await add_order(uow, person, tariff, status=OrderStatus.PAID, paid_at=at)
            await add_payment(uow, paid, status=PaymentStatus.SUCCEEDED)
            ended = {"status": RunStatus.COMPLETED, "finished_at": at}
            await add_run(uow, person, SALES_BOT, version, **ended)
        refused = await get_by_telegram_id(uow, FIRST + 15)  # bought without having got it
        await add_order(uow, refused, tariff, status=OrderStatus.PAID, paid_at=uow.now)
        unpaid = await get_by_telegram_id(uow, FIRST + 4)
        await add_order(uow, unpaid, tariff)
        for number, back in ((5, 1_000), (6, 999)):  # all of it went back, and a part
            person = await get_by_telegram_id(uow, FIRST + number)
            paid = await add_order(uow, person, tariff, status=OrderStatus.PAID, paid_at=uow.now)
            await add_payment(uow, paid, status=PaymentStatus.SUCCEEDED, amount=1_000, refunded=back)
        broadcast = await get_broadcast(uow, sent)
        week, longer = [await read_acts(uow.conn, 1, broadcast, days) for days in (7, 9)]
        assert await _behind(uow, sent, "finished") == week.completed
        assert await _behind(uow, sent, "bought") == week.bought
    assert week.completed == {FIRST + 1, FIRST + 2}
    assert longer.completed == week.completed | {FIRST + 3}
    assert (week.bought, longer.bought) == (week.completed | {FIRST + 6}, longer.completed | {FIRST + 6})


async def _behind(uow: UnitOfWork, broadcast_id: int, number: str) -> set[int]:
    """The people whom the list behind a number of the broadcast opens, by their Telegram ids."""
    tree = await load_tree(uow.conn, 1, read_tree(write_broadcast(broadcast_id)[number]))
    rows = await uow.conn.execute(select(contacts.c.telegram_id).where(fitting(tree, Scope(1, uow.now))))
    return set(rows.scalars())


def _row_of(broadcast_id: int, chat_id: int) -> Select[tuple[int]]:
    return select(outbox.c.id).where(outbox.c.broadcast_id == broadcast_id, outbox.c.chat_id == chat_id)


async def test_another_account_sees_nothing_of_it(db: Database, sent: int) -> None:
    with pytest.raises(DomainError, match="BROADCAST_NOT_FOUND"):
        _ = [row async for row in iterate_rows(db, 2, sent)]


async def test_variants_are_counted_apart(db: Database) -> None:
    await crowd(db, 100)
    variants = [{"share": 30, "text": "A"}, {"share": 30, "text": "B"}]
    one = await began(db, variants=variants)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(outbox).values(state=OutboxState.SENT))
    async with db.unit(1) as uow:
        chosen = (await uow.conn.execute(outbox.select().where(outbox.c.variant == 2))).first()
        assert chosen is not None
        await links.note_press(uow, one, chosen.chat_id, "0-0")
    async with db.unit(1) as uow:
        found = await get_broadcast(uow, one)
        acts = await read_acts(uow.conn, 1, found)
        rows = await list_variants(uow.conn, 1, found, acts)
    assert [(row.variant, row.share, row.sent, row.clicked) for row in rows] == [
        (0, None, 40, 0),
        (1, 30, 30, 0),
        (2, 30, 30, 1),
    ]
