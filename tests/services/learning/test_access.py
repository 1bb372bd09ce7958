"""Access is checked again whenever something happens to a run."""

from core.db.models.commerce import accesses, tariffs
from core.db.models.learning import runs
from tests.factories.persons import ANNA
from tests.factories.rows import read_within
from tests.factories.sales import add_access, add_tariff
from tests.services.learning.room import Room, assignment, lesson

HELD = "Your access to the course is closed now"


async def status(room: Room) -> str:
    (row,) = await room.rows(runs)
    return str(row.status)


async def test_a_closed_access_holds_the_run_and_says_so_once(room: Room) -> None:
    await room.open(lesson(1), lesson(2), lesson(3))
    (said,) = await room.revoke()
    assert said.startswith(HELD)
    assert "Choose a tariff" in room.seen(ANNA)[-1].buttons
    assert await status(room) == "held"
    assert await room.pass_time(days=5) == []


async def test_a_regained_access_gives_one_lesson_then_one_a_day(room: Room) -> None:
    await room.open(*(lesson(day) for day in (1, 2, 3)))
    await room.revoke()
    await room.pass_time(days=5)
    assert await room.grant() == ["Your access is open again. We go on from the same place.", "Lesson 2"]
    assert await room.pass_time(hours=23) == []
    assert (await room.pass_time(hours=1))[0] == "Lesson 3"


async def test_what_was_not_due_comes_in_its_own_time(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.revoke()
    assert len(await room.grant()) == 1
    assert (await room.pass_time(days=1))[0] == "Lesson 2"


async def test_an_hour_chosen_while_held_counts_when_released(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.revoke()
    await room.say("/settings")
    await room.press("Hour of the lessons")
    await room.press("21:00")
    await room.grant()
    assert await room.pass_time(hours=24) == []
    assert (await room.pass_time(hours=9))[0] == "Lesson 2"


async def test_an_access_that_has_ended_is_noticed_when_the_lesson_leaves(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    async with room.db.unit(1) as uow:
        await uow.conn.execute(accesses.update().values(ends_at=uow.now))
    (said,) = await room.pass_time(days=1)
    assert said.startswith(HELD)
    assert await status(room) == "held"


async def test_another_access_to_the_same_course_is_enough(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    async with room.db.unit(1) as uow:
        (tariff,) = await read_within(uow.conn, tariffs)
        await add_access(uow, room.contact_id, await add_tariff(uow, tariff.flow_id, "club"))
    assert await room.revoke() == []
    assert (await room.pass_time(days=1))[0] == "Lesson 2"


async def test_entering_writing_and_leafing_while_held_say_why(room: Room) -> None:
    await room.open(lesson(1), assignment(), lesson(2))
    await room.revoke()
    for words in ("/start", "my work", "/lessons", "/ask"):
        (said,) = await room.say(words)
        assert said.startswith(HELD)
    assert HELD in (await room.say("/progress"))[0]


async def test_a_press_that_finds_the_access_closed_holds_the_run(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    async with room.db.unit(1) as uow:
        await uow.conn.execute(accesses.update().values(ends_at=uow.now))
    (said,) = await room.say("My work")
    assert said.startswith(HELD)
    assert await room.grant() == ["Your access is open again. We go on from the same place."]


async def test_an_access_that_has_ended_lets_nobody_in(room: Room) -> None:
    await room.open(lesson(1), rights=None)
    async with room.db.unit(1) as uow:
        await add_access(uow, room.contact_id, room.tariff_id, ends_at=uow.now)
    (said,) = await room.say("/start")
    assert said.startswith("The course is open to those who bought it")
    assert await room.rows(runs) == []


async def test_who_has_not_bought_is_shown_the_shop(room: Room) -> None:
    await room.open(lesson(1), rights=None)
    assert await room.rows(runs) == []
    assert room.seen(ANNA)[-1].text.startswith("The course is open to those who bought it")
