"""An admin forwards posts of a channel: they are gathered, put in order, and are the course their export gives."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.db.models.content import flow_versions, gathered_posts
from core.db.models.delivery import jobs
from core.events import JobFinished
from core.flow.definition import Flow, dump_flow
from core.flow.steps.lesson import LessonStep
from core.text.catalog import say
from services.content.drafts import get_draft
from services.content.gathering.gathering import FETCH
from services.content.importing.reader import read_path
from services.content.messages.media import keep_file
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.channels import FIRST, MadeMessage, export_channel, forward, make_channel
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock

TEXTS = ("First\nmore", "Second", "Third")


def texts(*words: str) -> list[MadeMessage]:
    return [MadeMessage(10 + n, FIRST + n, (("plain", word),)) for n, word in enumerate(words)]


async def gather(desk: Desk, made: Sequence[MadeMessage], clock: StillClock) -> Call:
    """Forward them all, let their files come; gives the message that offers the list."""
    await desk.write("/create talk", bot=COURSE_BOT)
    files = {message.file.path: message.file for message in made if message.file}
    for message in made:
        if message.what != "service":  # Telegram forwards none
            await desk.write(bot=COURSE_BOT, **forward(message))
    for job in await read_rows(desk.db, jobs):
        if job.kind == FETCH and job.state == "pending":
            file = files[job.payload["file_id"]]
            ref = keep_file(desk.db.env, file.content, job.payload["suffix"])
            async with desk.db.unit(1) as uow:
                uow.publish(JobFinished(FETCH, job.key, job.payload, ok=True, result={"ref": ref}))
    clock.advance(minutes=1)
    return (await desk.tick())[-1]


async def draft(desk: Desk) -> Flow:
    async with desk.db.unit(1) as uow:
        return await get_draft(uow, "talk")


async def press(desk: Desk, key: str, language: str = "en") -> Call:
    return (await desk.press(say(key, language)))[-1]


@pytest.mark.parametrize("posts", [60, pytest.param(300, marks=pytest.mark.faults)])
async def test_forwarded_it_is_the_course_of_the_export(
    desk: Desk, shop: Shop, clock: StillClock, tmp_path: Path, posts: int
) -> None:
    made = make_channel(posts, seed=7)
    export_channel(tmp_path / "export", made)
    (exported,) = read_path(desk.db.env, tmp_path / "export", "talk").courses
    offer = await gather(desk, made, clock)
    assert f"{posts} lessons and questions" in offer.text
    await press(desk, "gather-do-list")
    report = await press(desk, "gather-do-draft")
    assert "is a draft now" in report.text
    assert "stickers left out" in report.text
    drafted = dump_flow(await draft(desk))
    for mine, theirs in zip(drafted["steps"], dump_flow(exported.flow)["steps"], strict=True):
        assert mine == theirs
    assert drafted == dump_flow(exported.flow)


async def test_lessons_are_moved_joined_taken_apart_and_dropped(
    desk: Desk, shop: Shop, clock: StillClock
) -> None:
    await gather(desk, texts(*TEXTS), clock)
    shown = await press(desk, "gather-do-list")
    assert shown.text.splitlines()[-3:] == ["1. Day 1: First", "2. Day 2: Second", "3. Day 3: Third"]
    old = shown
    await desk.press("3")
    assert (await press(desk, "gather-do-up")).text.splitlines()[-3:] == ["1. Day 1: First", "2. Day 2: Third", "3. Day 3: Second"]  # fmt: skip
    await desk.press("2")
    assert (await press(desk, "gather-do-day")).text.splitlines()[-2] == "2. Day 1: Third"
    await desk.press("2")
    joined = await press(desk, "gather-do-join")
    assert joined.text.splitlines()[-2:] == ["1. Day 1: First", "2. Day 2: Second"]
    await desk.press("1")
    assert len((await press(desk, "gather-do-part")).text.splitlines()[-3:]) == 3
    await desk.press("2")
    await press(desk, "gather-do-join")
    await desk.press("2")
    assert (await press(desk, "gather-do-drop")).text.splitlines()[-1] == "1. Day 1: First"
    await desk.press(say("gather-do-draft", "en"), holder=old)
    assert desk.alerts[-1] == say("gather-changed", "en")
    await press(desk, "gather-do-draft")
    (step,) = (await draft(desk)).steps
    assert isinstance(step, LessonStep)
    assert [message.text for message in step.messages] == [{"*": "First\nmore"}, {"*": "Third"}]
    before = await count_rows(desk.db, flow_versions)
    await press(desk, "import-publish")
    assert await count_rows(desk.db, flow_versions) == before + 1


async def test_a_quiz_that_tells_its_answer_is_taken_over_with_it(
    desk: Desk, shop: Shop, clock: StillClock
) -> None:
    quiz = forward(MadeMessage(5, FIRST, poll=("2 < 3?", ("Yes", "No"))))
    quiz["poll"] |= {
        "type": "quiz",
        "is_closed": True,
        "correct_option_ids": [0],
        "explanation": "So <it> is",
    }
    await desk.write("/create talk", bot=COURSE_BOT)
    await desk.write(bot=COURSE_BOT, **quiz)
    clock.advance(minutes=1)
    await desk.tick()
    await press(desk, "gather-do-list")
    await press(desk, "gather-do-draft")
    (step,) = (await draft(desk)).steps
    assert step.model_dump(mode="json", include={"type", "text", "answers"}) == {
        "type": "quiz",
        "text": "2 &lt; 3?",
        "answers": [
            {"text": "Yes", "feedback": "So &lt;it&gt; is", "correct": True},
            {"text": "No", "feedback": "So &lt;it&gt; is", "correct": False},
        ],
    }


async def test_what_is_thrown_away_is_gathered_no_more(desk: Desk, shop: Shop, clock: StillClock) -> None:
    await gather(desk, texts(*TEXTS), clock)
    gone = await press(desk, "gather-do-away")
    assert "thrown away" in gone.text
    await desk.write(bot=COURSE_BOT, **forward(texts("Late")[0]))
    assert await count_rows(desk.db, gathered_posts) == len(TEXTS)


async def test_a_file_that_does_not_come_is_told(desk: Desk, shop: Shop, clock: StillClock) -> None:
    (made,) = [one for one in make_channel(30) if one.file and one.file.kind == "document" and one.pieces and one.album is None][:1]  # fmt: skip
    await desk.write("/create talk", bot=COURSE_BOT)
    await desk.write(bot=COURSE_BOT, **forward(made))
    clock.advance(minutes=1)
    await desk.tick()
    await press(desk, "gather-do-list")
    await desk.press(say("gather-do-draft", "en"))
    assert desk.alerts[-1] == say("gather-waiting", "en")
    [job] = [job for job in await read_rows(desk.db, jobs) if job.kind == FETCH]
    async with desk.db.unit(1) as uow:
        uow.publish(
            JobFinished(FETCH, job.key, job.payload, ok=False, result={"error": "too big", "permanent": True})
        )
    report = await press(desk, "gather-do-draft")
    assert "1 file was not given by Telegram" in report.text


@pytest.mark.parametrize("who", [ADMIN + 5])
async def test_what_a_stranger_forwards_is_no_lesson(desk: Desk, shop: Shop, who: int) -> None:
    await desk.write("/create talk", who, COURSE_BOT)
    await desk.write(who=who, bot=COURSE_BOT, **forward(texts("One")[0]))
    assert await count_rows(desk.db, gathered_posts) == 0
