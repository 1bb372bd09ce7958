"""`/mydata` shows everything held about a person, `/deleteme` leaves nothing of it but nameless sums."""

import json

from sqlalchemy import Text, cast, func, select

from core.db.base import metadata
from core.db.models.commerce import orders, payments
from core.db.models.delivery import jobs, outbox, timers
from core.db.models.learning import certificates
from core.db.models.people import contact_words, contacts
from core.db.personal.rows import read_all
from core.db.session import Database
from core.roles import MemberRole
from services.content.messages.media import find_file, keep_file
from services.delivery.timers import fire_due
from services.tenancy.members import add_member
from services.workflows.privacy import erasure, handing_out
from tests.bots.admin.desk import Desk
from tests.factories.accounts import add_account
from tests.factories.persons import ANNA
from tests.factories.rows import add_row, count_rows, dump_rows, read_rows
from tests.factories.shops import open_shop
from tests.factories.work import run_due
from tests.factories.worlds import build_world
from tests.fakes.clock import StillClock

NAMELESS = {"audit_log"}  # the team's own record, which nothing changes
# In this world the person has a role, too; and how long Telegram wants no message is kept for seconds.
LEFT = {
    "account_plans.payer_id",
    "api_keys.creator_id",  # of the team
    "audit_log.actor_id",
    "canned_replies.chat_id",
    "gatherings.chat_id",
    "members.telegram_id",
    "rate_holds.chat_id",
    "review_topics.chat_id",  # a group; in this world it has their number
}
WEEK = erasure.PATIENCE


async def _mentions(db: Database, account_id: int, word: str) -> set[str]:
    """In which columns a word stands."""
    found = set()
    async with db.reading() as conn:
        for table in metadata.sorted_tables:
            if "account_id" not in table.c:
                continue
            for column in table.c:
                there = cast(column, Text).contains(word, autoescape=True)
                counted = (
                    select(func.count()).select_from(table).where(table.c.account_id == account_id, there)
                )
                if await conn.scalar(counted):
                    found.add(f"{table.name}.{column.name}")
    return found


async def test_nothing_is_left_of_a_person_and_everything_of_the_others(db: Database) -> None:
    async with db.unit(2) as uow:
        await add_account(uow)
    for account_id, first_id, mark in ((1, 880_001, "ours"), (2, 410_001, "theirs")):
        async with db.unit(account_id) as uow:
            world = await build_world(uow, first_id, mark)
            if account_id == 1:
                anna = world["contact"]
    async with db.unit(1) as uow:
        pdf = keep_file(db.env, b"%PDF of a certificate", ".pdf")
        await uow.conn.execute(certificates.update().values(pdf=pdf).where(certificates.c.account_id == 1))
        stamped = keep_file(db.env, b"%PDF with their number", ".pdf")
        row = {"kind": "stamp", "key": "s", "payload": {"chat_id": ANNA}, "result": {"file": stamped}}
        await add_row(uow, jobs, {**row, "state": "done", "attempts": 1, "next_at": uow.now}, {})
    before = await dump_rows(db)
    paid = await read_rows(db, orders, contact_id=anna.id)
    async with db.unit(1) as uow:
        held = await read_all(uow.conn, 1, handing_out.subject_of(anna))
        await erasure.erase(uow, anna)
    assert len(held) > 20
    left = await _mentions(db, 1, str(ANNA))
    assert left == LEFT
    named = {place for place in await _mentions(db, 1, "Anna") if place.split(".")[0] not in NAMELESS}
    assert named - {"contact_words.word"} == {"contacts.first_name"}  # a friend of theirs is called so, too
    assert not await read_rows(db, contact_words, contact_id=anna.id)
    (kept,) = await read_rows(db, contacts, id=anna.id)
    assert (kept.first_name, kept.last_name, kept.username, kept.telegram_id) == ("", "", None, -anna.id)
    after = await read_rows(db, orders, contact_id=anna.id)
    assert [(one.price, one.currency, one.status) for one in after] == [
        (one.price, one.currency, one.status) for one in paid
    ]
    assert await count_rows(db, payments, account_id=1)
    assert not (db.env.data_dir / pdf).exists()
    assert not (db.env.data_dir / stamped).exists()
    now = await dump_rows(db)
    for table in metadata.sorted_tables:
        place = [column.name for column in table.c].index("account_id") if "account_id" in table.c else None
        if place is not None:
            theirs = [row for row in before[table.name] if row[place] == 2]
            assert theirs == [row for row in now[table.name] if row[place] == 2], table.name
    async with db.unit(1) as uow:
        await erasure.erase(uow, anna)  # again, nothing breaks


async def test_the_page_comes_as_a_file_and_is_forgotten_here(db: Database, clock: StillClock) -> None:
    await open_shop(db)
    desk = Desk(db)
    (said,) = await desk.write("/mydata", who=ANNA)
    assert "gathering" in said.text
    assert await run_due(db, handing_out.build_performer(db)) == 1
    (call,) = await read_rows(db, outbox, method="sendDocument")
    file = json.loads(call.payload)["document"]["media"]
    page = find_file(db.env, file).read_text(encoding="utf-8")
    assert "/mydata" in page  # what they wrote is a message, too
    clock.advance(days=2)
    await fire_due(db)
    assert not (db.env.data_dir / file).exists()


async def test_a_week_to_undo_it(db: Database, clock: StillClock) -> None:
    await open_shop(db)
    desk = Desk(db)
    (asked,) = await desk.write("/deleteme", who=ANNA)
    assert "Delete everything" in asked.text
    await desk.press("No, keep everything", who=ANNA)
    assert not await read_rows(db, timers, kind=erasure.ERASE)
    (planned,) = await desk.press("Yes, delete in seven days", who=ANNA, holder=asked)
    (again,) = await desk.press("Yes, delete in seven days", who=ANNA, holder=asked)
    assert again.text == planned.text
    (shown,) = await desk.write("/deleteme", who=ANNA)
    assert "will be deleted" in shown.text
    (undone,) = await desk.press("Undo: do not delete", who=ANNA)
    assert "Nothing will be deleted" in undone.text
    clock.advance(days=8)
    await desk.tick()
    assert await read_rows(db, contacts, telegram_id=ANNA)


async def test_after_a_week_they_are_gone_and_may_come_again_as_somebody_new(
    db: Database, clock: StillClock
) -> None:
    shop = await open_shop(db)
    desk = Desk(db)
    await desk.write("/deleteme", who=ANNA)
    await desk.press("Yes, delete in seven days", who=ANNA)
    clock.advance(days=7, seconds=1)
    calls = await desk.tick()
    assert not [call for call in calls if call.chat == ANNA]
    assert not await read_rows(db, contacts, telegram_id=ANNA)
    assert not await read_rows(db, timers, kind=erasure.ERASE)
    await desk.write("/start", who=ANNA)
    (new,) = await read_rows(db, contacts, telegram_id=ANNA)
    assert new.id != shop.buyer.id


async def test_who_works_here_keeps_their_data(db: Database, clock: StillClock) -> None:
    await open_shop(db)
    desk = Desk(db)
    await desk.write("/deleteme", who=ANNA)
    await desk.press("Yes, delete in seven days", who=ANNA)
    async with db.unit(1) as uow:
        await add_member(uow, ANNA, MemberRole.CURATOR)
    (refused,) = await desk.write("/deleteme", who=ANNA)
    assert "role has to be taken away" in refused.text
    clock.advance(days=8)
    await desk.tick()
    assert await read_rows(db, contacts, telegram_id=ANNA)
