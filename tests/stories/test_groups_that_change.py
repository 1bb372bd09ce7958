"""A review group that moves, and one the bot is put out of: Marina and the student miss nothing."""

import asyncio
from collections.abc import Callable

from sandbox.client.client import Group, SandboxClient
from tests.stories.people import desk_in, student, wait_for
from tests.stories.school import School, admin_of


def test_work_follows_the_group_and_comes_to_the_admin_when_it_is_lost(
    open_school: Callable[..., School],
) -> None:
    school = open_school()
    small = asyncio.run(_make_group(school))
    school.env["REVIEW_CHAT_ID"] = str(small)
    assert school.command("init").returncode == 0
    school.start()
    asyncio.run(_change(school, small))
    assert school.stop() == 0


async def _make_group(school: School) -> int:
    async with SandboxClient(school.telegram) as tg:
        marina = await admin_of(tg, school)
        return (await tg.group("Curators", owner=marina, type="group", bots=[school.course])).id


async def _change(school: School, number: int) -> None:
    async with SandboxClient(school.telegram) as tg:
        small = Group(tg._link, await tg._link.get(f"/sandbox/groups/{number}"))
        marina = await admin_of(tg, school)
        desk = await desk_in(tg, school, school.course)
        one = await student(tg, school, "feedback")

        large = await small.upgrade()
        await one.lessons.send("/ask What is a letter?")
        await wait_for(marina.chat(large), "Вопрос следующим")

        await large.set_bot(school.course, "kicked")
        await wait_for(desk, "нет в группе «Curators»")
        await wait_for(desk, "Вопрос следующим")

        await large.set_bot(school.course)
        await wait_for(desk, "снова работает")
        await one.lessons.send("/ask And how long?")
        await wait_for(marina.chat(large), "Вопрос следующим", 2)
        await school.assert_well(tg, expected="cannot work in the group|upgraded to a supergroup")
