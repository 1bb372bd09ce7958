"""`/start` in a running bot: how they stand in the scenario × whether another one is current × an id there is or is not."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import func, select

from core.db.models.delivery import outbox, timers
from core.environment import FIRST_ACCOUNT
from core.flow.definition import Flow
from sandbox.client.client import Chat, Person, SandboxClient
from services.content.files.sample import Content
from tests.factories.flows import make_scenario
from tests.stories.conftest import OpenSchool
from tests.stories.people import remember, wait_for
from tests.stories.school import School, eventually, is_quiet

UNKNOWN = "This link no longer opens anything"
STATES = ("not started", "active", "stopped", "completed")


def funnel(slug: str) -> Flow:
    """Three messages an hour apart, and a summary."""
    steps: list[dict[str, object]] = []
    for number in (1, 2, 3):
        steps.append({"key": f"m{number}", "type": "message", "text": f"{slug} {number}"})
        steps.append({"key": f"d{number}", "type": "delay", "wait": "1h"})
    return make_scenario(slug, steps=steps[:-1], summary={"text": f"{slug} in short"})


@dataclass(frozen=True)
class Case:
    """`second` is asked for by its id, the default `first` by an id there is none of."""

    state: str
    elsewhere: bool
    known: bool

    @property
    def target(self) -> str:
        return "second" if self.known else "first"

    @property
    def other(self) -> str:
        return "first" if self.known else "second"


CASES = [
    Case(state, elsewhere, known)
    for state in STATES
    for elsewhere in (False, True)
    for known in (True, False)
]


def expected(case: Case) -> tuple[list[str], list[str]]:
    """What they hear at once, and an hour later."""
    one = case.target
    begins, next_, last = [f"{one} 1"], [f"{one} 2"], [f"{one} 3", f"{one} in short"]
    at_once, later = {
        "not started": (begins, next_),
        "active": ([], next_) if case.elsewhere else (begins, next_),
        "stopped": ([], last),
        "completed": ([f"{one} in short"], [f"{case.other} 2"] if case.elsewhere else []),
    }[case.state]
    return ([] if case.known else [UNKNOWN]) + at_once, later


@dataclass
class Story:
    """One person on their way to where the case wants them."""

    case: Case
    person: Person
    chat: Chat
    read: int = 0

    async def start(self, payload: str) -> None:
        await self.chat.send(f"/start {payload}")

    async def heard(self) -> list[str]:
        """What the bot has said since the last look."""
        said = [one.text for one in await self.chat.messages() if one.sender_id != self.person.id]
        fresh, self.read = said[self.read :], len(said)
        return [UNKNOWN if UNKNOWN in one else one for one in fresh]


async def at_hour(tg: SandboxClient, school: School, stories: list[Story], hour: int) -> None:
    """What each does at an hour, so that at the third all stand where they should."""
    for story in stories:
        case = story.case
        if hour == 0 and (case.state == "completed" or (case.state == "stopped" and not case.elsewhere)):
            await story.start(case.target)
        if hour == 1 and case.state == "stopped" and not case.elsewhere:
            await story.start(case.other)
        if hour == 2 and case.state == "stopped" and case.elsewhere:
            await story.start(case.target)
        if hour == 3 and case.state == "active":
            await story.start(case.target)
            await wait_for(story.chat, f"{case.target} 1")
        if hour == 3 and case.elsewhere:
            await story.start(case.other)
            await wait_for(story.chat, f"{case.other} 1")
    await settle(tg, school)


async def settle(tg: SandboxClient, school: School) -> None:
    """Nothing more is to be handled, due or said."""

    async def nothing_left() -> bool:
        if not await is_quiet(tg, school):
            return False
        now = await tg.clock.now()
        async with school.looking() as conn:
            due = select(func.count()).select_from(timers).where(timers.c.due_at <= now)
            waits = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "sending")))
            return not await conn.scalar(due) and not await conn.scalar(waits)

    await eventually(nothing_left)


def test_every_case_of_the_rule(open_school: OpenSchool, telegram: str) -> None:
    school = open_school("sqlite")
    school.install(Content((funnel("first"), funnel("second")), ()))
    school.start()
    asyncio.run(_play(school, telegram))


async def _play(school: School, telegram: str) -> None:
    async with SandboxClient(telegram) as tg:
        stories = []
        async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
            for number, case in enumerate(CASES):
                person = await tg.person(f"P{number}", language_code="en")
                await remember(uow, person)
                stories.append(Story(case, person, person.chat(school.sales)))
        for hour in range(4):
            await at_hour(tg, school, stories, hour)
            if hour < 3:
                await tg.clock.advance(hours=1)
                await settle(tg, school)
        for story in stories:
            await story.heard()
            await story.start("second" if story.case.known else "nowhere")
        await settle(tg, school)
        at_once = {story.case: await story.heard() for story in stories}
        assert at_once == {case: expected(case)[0] for case in CASES}
        await tg.clock.advance(hours=1)
        await settle(tg, school)
        later = {story.case: await story.heard() for story in stories}
        assert later == {case: expected(case)[1] for case in CASES}
        await school.assert_well(tg)
