"""A model drafts an answer by the author's criteria: a person sends it, changes it or goes without; a silent model holds nothing up."""

from dataclasses import replace
from typing import Any

from core.db.models.delivery import jobs
from core.events import JobFinished
from services.content.deployments import change_settings
from services.learning.review.answers.drafts import JOB
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import SECOND, Room, assignment, lesson

CRITERIA = "One thought per sentence"
DRAFT = "Good start, {{user.name}}! <b>One</b> thought less & it shines."


async def opened(room: Room, criteria: str | None = CRITERIA) -> None:
    room.db.env = replace(room.db.env, has_model=True)
    more = {"criteria": criteria} if criteria else {}
    await room.open(lesson(1), assignment(stop=True, **more))
    await room.say("Here is my work")


async def asked(room: Room) -> list[Any]:
    return await room.rows(jobs, kind=JOB)


async def finish(room: Room, text: str = DRAFT, *, ok: bool = True) -> None:
    """The endpoint has answered the newest job."""
    job = (await asked(room))[-1]
    result = {"text": text} if ok else {"error": "HTTP 500", "permanent": True}
    async with room.db.unit(1) as uow:
        uow.publish(JobFinished(job.kind, job.key, job.payload, ok=ok, result=result))
    await room.desk.deliver()


def answers(room: Room) -> list[str]:
    return [one.text for one in room.seen(ANNA) if "about your work" in one.text]


async def test_a_draft_goes_out_by_a_press_alone_and_once(room: Room) -> None:
    await opened(room)
    await room.press("🤖 Draft an answer", ADMIN)
    [job] = await asked(room)
    system, user = (message["content"] for message in job.payload["messages"])
    assert "English" in system
    assert CRITERIA in user
    assert "Here is my work" in user
    await room.press("🤖 Draft an answer", ADMIN)
    assert len(await asked(room)) == 1
    await finish(room)
    shown = room.seen(ADMIN)[-1]
    assert "{{user.name}}! &lt;b&gt;One&lt;/b&gt; thought less &amp; it shines." in shown.text
    assert list(shown.buttons) == ["📤 Send", "✏️ Edit", "✖️ Without it"]
    assert answers(room) == []
    await room.press("📤 Send", ADMIN, shown)
    await room.press("📤 Send", ADMIN, shown)
    assert [text.split("\n\n")[1] for text in answers(room)] == [DRAFT]
    assert "no draft any more" in room.desk.alerts[-1]
    await room.press("✅ Accept", ADMIN)


async def test_a_draft_is_changed_or_left(room: Room) -> None:
    await opened(room)
    await room.press("🤖 Draft an answer", ADMIN)
    await finish(room)
    await room.press("✏️ Edit", ADMIN)
    assert "<code>" in room.seen(ADMIN)[-1].text
    await room.say("My own words", ADMIN)
    assert answers(room)[-1].endswith("My own words")
    await room.press("🤖 Draft an answer", ADMIN)  # the one there is: nobody is asked again
    assert len(await asked(room)) == 1
    await room.press("✖️ Without it", ADMIN)
    assert "Without the draft" in room.seen(ADMIN)[-1].text
    assert len(answers(room)) == 1


async def test_a_model_that_fails_or_says_nothing_holds_nothing_up(room: Room) -> None:
    await opened(room)
    await room.press("🤖 Draft an answer", ADMIN)
    await finish(room, ok=False)
    assert "did not answer" in room.seen(ADMIN)[-1].text
    await room.press("🤖 Draft an answer", ADMIN)
    await finish(room, " \n")
    assert "nothing to say" in room.seen(ADMIN)[-1].text
    await room.press("✅ Accept", SECOND)
    await finish(room)
    assert answers(room) == []
    assert "🤖 <b>A draft" not in room.seen(ADMIN)[-1].text


async def test_the_limit_of_the_course_counts(room: Room) -> None:
    await opened(room)
    async with room.db.unit(1) as uow:
        await change_settings(uow, 1, {"ai_limit": 0})
    await room.press("🤖 Draft an answer", ADMIN)
    assert "/pardon" in room.desk.alerts[-1]
    assert await asked(room) == []


async def test_without_criteria_there_is_no_button(room: Room) -> None:
    await opened(room, None)
    assert not [one for one in room.seen(ADMIN) if "🤖 Draft an answer" in one.buttons]
