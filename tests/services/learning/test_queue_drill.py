"""Five curators at one queue, with silence, double claims and kills: each work is answered once, none is forgotten or had twice."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from core.db.models.learning import reviews, submissions
from core.db.session import Database, until_won
from core.errors import DomainError
from core.flow.events import Verdict
from core.lifecycle import BotKind, CardKind
from core.roles import MemberRole
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.delivery.timers import fire_due
from services.learning.review import assignments, queue
from services.learning.review.claim_buttons import Subject
from services.learning.review.claims import HELD_FOR
from services.tenancy.members import add_member
from tests.factories import studies
from tests.factories.accounts import COURSE_BOT, add_bot
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_chat, add_contact
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock
from tests.services.learning.room import assignment, lesson
from utils import faultpoints

CURATORS = (2001, 2002, 2003, 2004, 2005)


class Killed(BaseException):
    """The process ended here."""


def _strike(_: str) -> None:
    raise Killed


@dataclass
class Drill:
    """A queue, and what became of it."""

    db: Database
    clock: StillClock
    dice: random.Random
    kills: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    async def open(self, works: int) -> None:
        async with self.db.unit(1) as uow:
            await add_bot(uow, COURSE_BOT, BotKind.COURSE)
            course = await publish_flow(uow, make_course(steps=[lesson(1), assignment(stop=True)]))
            await deploy_flow(uow, course.flow_id, COURSE_BOT)
            student = await add_contact(uow, ANNA)
            run_id = await studies.add_run(uow, student, COURSE_BOT, course.id)
            for number in range(1, works + 1):
                await studies.add_submission(uow, run_id, attempt=number)
            for curator in CURATORS:
                await add_chat(uow, COURSE_BOT, await add_contact(uow, curator))
                await add_member(uow, curator, MemberRole.CURATOR)

    async def turn(self) -> bool:
        """Everybody does something at once; whoever is killed does it again. False once nothing waits."""
        if not self.kills or self.dice.random() < 0.3:
            faultpoints.arm(self.dice.randrange(1, 9) if self.kills else 1, _strike)
        acts = [self.act(curator, self.dice.random()) for curator in CURATORS]
        done = await asyncio.gather(*acts, return_exceptions=True)
        faultpoints.arm(0)
        self.kills += sum(isinstance(one, Killed) for one in done)
        assert [one for one in done if isinstance(one, Exception)] == []
        await self.check_claims()
        if self.dice.random() < 0.1:
            self.clock.advance(seconds=HELD_FOR.total_seconds() + 1)
            while await fire_due(self.db):
                pass
        return await self._find() is not None

    async def act(self, curator: int, luck: float) -> None:
        mine = await self._find(claimed_by=curator)
        if mine and luck < 0.55:
            await self._unit(lambda uow: assignments.decide(uow, mine, curator, Verdict.ACCEPTED))
        elif mine and luck < 0.65:
            await self._unit(lambda uow: queue.give_back(uow, Subject(CardKind.WORK, mine), curator))
        elif mine and luck < 0.75:
            heir = Address(COURSE_BOT, self.dice.choice(CURATORS))
            subject = Subject(CardKind.WORK, mine)
            await self._unit(lambda uow: queue.pass_on(uow, subject, curator, heir, f"pass:{luck}"))
        else:
            waits = await self._find(last=luck > 0.95)  # nearly all of them press the same: what stands first
            if waits:
                await self._take(Subject(CardKind.WORK, waits), curator)

    async def _take(self, subject: Subject, curator: int) -> None:
        try:
            await self._unit(lambda uow: queue.take_here(uow, subject, curator))
        except DomainError as refusal:
            self.refused[refusal.code] += 1

    async def _unit(self, work: object) -> None:
        async def once() -> None:
            async with self.db.unit(1) as uow:
                await work(uow)  # type: ignore[operator]

        await until_won(once)

    async def _find(self, *, last: bool = False, **where: int) -> int | None:
        """The work that stands first, or last, of what waits."""
        order = submissions.c.id.desc() if last else submissions.c.id
        waits = select(submissions.c.id).where(submissions.c.status == "in_review").filter_by(**where)
        async with self.db.reading() as conn:
            found: int | None = await conn.scalar(waits.order_by(order).limit(1))
        return found

    async def check_claims(self) -> None:
        """Only what waits is with somebody."""
        settled = submissions.c.status != "in_review"
        held = select(submissions.c.id).where(settled, submissions.c.claimed_by.is_not(None))
        async with self.db.reading() as conn:
            assert await conn.scalar(held) is None


async def run_drill(db: Database, clock: StillClock, works: int, seed: int) -> Drill:
    drill = Drill(db, clock, random.Random(seed))
    await drill.open(works)
    for _ in range(works * 40):
        if not await drill.turn():
            break
    decided = [row for row in await read_rows(db, reviews) if row.verdict == "accepted"]
    rows = await read_rows(db, submissions)
    assert {row.status for row in rows} == {"accepted"}
    assert sorted(row.submission_id for row in decided) == sorted(row.id for row in rows)
    assert all(row.claimed_by is None for row in rows)
    assert set(drill.refused) <= {"REVIEW_TAKEN", "REVIEW_OVER"}
    return drill


async def test_a_dozen_works_are_each_answered_once(db: Database, clock: StillClock) -> None:
    drill = await run_drill(db, clock, 12, 7)
    assert drill.kills
    assert drill.refused["REVIEW_TAKEN"]


@pytest.mark.faults
async def test_five_hundred_works_are_each_answered_once(db: Database, clock: StillClock) -> None:
    drill = await run_drill(db, clock, 500, 11)
    print(f"500 works, 5 curators, {drill.kills} kills")
