"""Three pieces of work forwarded at once: all belong to one submission, in their order, and the state is right."""

import asyncio

import pytest
from sqlalchemy import insert, select

from core.db.models.learning import submissions
from core.db.models.people import chats, contacts
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import ChatState
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.learning.runs import runs
from services.learning.runs.runs import NewRun
from services.people.contacts import get_contact
from tests.factories.flows import make_course
from tests.factories.sales import add_access, add_tariff
from tests.faults.conftest import MakeKernel
from tests.faults.test_updates_survive import person
from tests.faults.town import COURSE_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until

STEPS = [{"key": "work", "type": "assignment", "text": "Show your work", "stop": True}]
PIECES = ("My first letter, rewritten", "The second one, shorter", "The third one, without adverbs")
AT_ONCE = 20


async def test_three_answers_at_once(
    beside: Database, town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    await _drill(beside, town, make_kernel, 25, db_url)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_three_answers_of_500_students(
    beside: Database, big_town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    await _drill(beside, big_town, make_kernel, 500, db_url)


async def _drill(db: Database, town: Town, make_kernel: MakeKernel, students: int, db_url: str) -> None:
    ids = await town.tg.people(students, started="course_bot")
    [admin] = await settle_people(db, town, 1)
    kernel = make_kernel(town, admin_ids=(admin,))
    await kernel.start()
    runs_of = await enroll(kernel.db, ids)
    gate = asyncio.Semaphore(AT_ONCE)

    async def hand_in(student: int) -> None:
        chat = person(town, student).chat("course_bot")
        async with gate:
            for text in PIECES:
                await chat.send(text)

    await asyncio.gather(*(hand_in(one) for one in ids))
    await until(lambda: _have_all(db, students), 120, "all pieces are in")
    await kernel.stop()
    wrong = await _count_wrong(db, town, runs_of)
    tell(f"three answers at once x {students} students, {kind_of(db_url)}: {wrong} wrong states")
    assert wrong == 0


async def enroll(db: Database, ids: list[int]) -> dict[int, int]:
    """Everybody has bought feedback and stands before the assignment; gives runs by person."""
    runs_of = {}
    async with db.unit(FIRST_ACCOUNT) as uow:
        course = await publish_flow(uow, make_course(steps=STEPS))
        tariff = await add_tariff(uow, course.flow_id, rights=["feedback", "questions"])
        common = {"account_id": FIRST_ACCOUNT}
        people = [
            {"telegram_id": one, "first_name": "Ann", "language": "ru", "zone": "UTC", "created_at": uow.now}
            | common
            for one in ids
        ]
        made = await uow.conn.execute(
            insert(contacts).returning(contacts.c.id, contacts.c.telegram_id), people
        )
        for row in list(made):
            state = {"bot_id": COURSE_ID, "state": ChatState.OPEN, "opened_at": uow.now}
            await uow.conn.execute(
                insert(chats).values(contact_id=row.id, telegram_id=row.telegram_id, **state, **common)
            )
            access = await add_access(uow, row.id, tariff)
            contact = await get_contact(uow, row.id)
            new = NewRun(contact, Address(COURSE_ID, row.telegram_id), course, None, access)
            runs_of[row.telegram_id] = await runs.start_run(uow, new)
    return runs_of


async def _have_all(db: Database, students: int) -> bool:
    async with db.reading() as conn:
        work = list(await conn.scalars(select(submissions.c.work)))
    return sum(len(one["pieces"]) for one in work) >= students * len(PIECES)


async def _count_wrong(db: Database, town: Town, runs_of: dict[int, int]) -> int:
    async with db.reading() as conn:
        rows = list(await conn.execute(select(submissions)))
    handed_in = {row.run_id: row for row in rows}
    assert len(rows) == len(runs_of)
    wrong = 0
    for student, run_id in runs_of.items():
        sent = [
            one.id
            for one in await person(town, student).chat("course_bot").messages()
            if one.sender_id == student and one.text in PIECES
        ]
        row = handed_in[run_id]
        pieces = [one["message_id"] for one in row.work["pieces"]]
        wrong += pieces != sent or row.status != "in_review" or row.attempt != 1
    return wrong
