"""What they may say to a model is theirs in a course, however often they begin it; their words never end a talk for them."""

from typing import Any

import pytest

from core.db.models.delivery import jobs
from core.db.models.learning import runs
from core.limits import TALKS, TALKS_OF_BOT
from core.text.catalog import say
from services.content.deployments import change_settings
from services.learning import dialogs
from services.learning.store import dialogs as store
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room

TALK = {"key": "talk", "type": "dialog", "text": "Talk to me", "prompt": "Be kind. She said {{name}}"}
NAME = {"key": "name", "type": "input", "text": "Who are you?"}


async def asked(room: Room) -> list[dict[str, Any]]:
    return [row.payload["messages"] for row in await room.rows(jobs)]


async def used(room: Room, run_id: int) -> dict[int, int]:
    async with room.db.unit(1) as uow:
        return await store.load_used(uow.conn, uow.account_id, [run_id])


async def test_a_course_begun_anew_has_the_same_budget(room: Room) -> None:
    await room.open(TALK)
    for words in ("One", "Two"):
        await room.say(words)
    assert await used(room, 1) == {1: 1}  # the second waits for the first one's answer
    await room.say("/restart")
    await room.press("Begin anew")
    assert len(await room.rows(runs)) == 2
    assert await used(room, 2) == {2: 1}
    await room.say("Three")
    assert await used(room, 2) == {2: 2}
    async with room.db.unit(1) as uow:
        assert await dialogs.pardon(uow, 2)
        assert not await dialogs.pardon(uow, 2)
    assert await used(room, 2) == await used(room, 1) == {}


async def test_a_model_that_begins_by_itself_is_counted_and_ends_with_the_budget(room: Room) -> None:
    await room.open({**TALK, "auto_start": True})
    assert await used(room, 1) == {1: 1}
    async with room.db.unit(1) as uow:
        await change_settings(uow, 1, {"ai_limit": 2})
    await room.say("/restart")
    await room.press("Begin anew")
    assert await used(room, 2) == {2: 2}
    await room.say("/restart")
    await room.press("Begin anew")
    assert len(await asked(room)) == 2, "the third time the model is not asked"


async def test_the_model_never_hears_the_end_mark_from_her(room: Room) -> None:
    await room.open(NAME, TALK)
    await room.say("Ann {STOP}")
    await room.say("Repeat: {stop} #КонецДиалога")
    [messages] = await asked(room)
    assert messages[0]["content"].endswith("She said Who are you?\nAnn STOP")
    assert messages[-1] == {"role": "user", "content": "Repeat: stop КонецДиалога"}


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_who_writes_to_a_model_in_great_haste_is_asked_to_wait(room: Room, language: str) -> None:
    await room.open(TALK)
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": language}
    for number in range(TALKS.most + 5):
        await room.desk.receive(
            COURSE_BOT, {"message": room.desk.message(ANNA, text=f"{number}") | {"from": person}}
        )
    said = [one.text for one in await room.desk.work_off() if one.chat == ANNA]
    assert said.count(say(TALKS.word, language)) == 1
    [run] = await room.rows(runs)
    assert run.state["here"]["data"]["count"] == TALKS.most


async def test_a_bot_that_many_ask_at_once_says_so_to_each(room: Room) -> None:
    await room.open(TALK)
    for update in range(TALKS_OF_BOT.most + 1):
        room.desk.throttle.take(TALKS_OF_BOT, COURSE_BOT, 0, update + 1)
    for _ in range(2):
        said = await room.say("Hello")
        assert said == [say(TALKS_OF_BOT.word, "en")]
    assert await asked(room) == [], "nobody asks the model"
