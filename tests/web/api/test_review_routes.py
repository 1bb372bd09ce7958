"""Work and questions over HTTP: listed, taken, decided once with words that the student reads, answered once."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.db.models.learning import questions, reviews
from core.db.session import Database
from core.environment import Environment
from core.roles import MemberRole
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import SECOND, Room, assignment, lesson
from tests.web.api.callers import Caller, calling, enter

AUTHOR = 3003


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN, SECOND))


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    room = Room(db, clock, Desk(db))
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    return room


@pytest.fixture
async def curators(room: Room, db: Database) -> AsyncIterator[tuple[Caller, Caller]]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, ADMIN), await enter(nobody, db, SECOND)


async def test_work_is_decided_once_with_words_above_the_verdict(
    room: Room, curators: tuple[Caller, Caller], db: Database
) -> None:
    first, second = curators
    await room.say("My ten words")
    [item] = (await first.get("/reviews", status="in_review", count=True)).json()["items"]
    assert (item["text"], item["attempt"], item["claim"]) == ("My ten words", 1, None)
    work = f"/reviews/{item['id']}"
    taken = await first.send("POST", f"{work}/claim")
    assert taken.json()["claim"]["by_me"] is True
    assert [one["id"] for one in (await first.get("/reviews", mine=True)).json()["items"]] == [item["id"]]
    assert (await second.get("/reviews", mine=True)).json()["items"] == []
    decision = {"verdict": "needs_work", "text": "Two are <wrong> & short"}
    for refused in (
        await second.send("POST", f"{work}/claim"),
        await second.send("POST", f"{work}/decide", decision),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "REVIEW_TAKEN")
    assert (await second.send("POST", f"{work}/release")).json()["claim"]["by_me"] is False
    for _ in "12":
        decided = await first.send("POST", f"{work}/decide", decision)
        assert (decided.status_code, decided.json()["status"]) == (200, "needs_work")
    late = await second.send("POST", f"{work}/decide", {"verdict": "accepted"})
    assert (late.status_code, late.json()["code"]) == (409, "REVIEW_OVER")
    await room.desk.deliver()
    heard = [call.text for call in room.seen(ANNA)][-2:]
    assert "Two are &lt;wrong&gt; &amp; short" in heard[0] or "Two are <wrong> & short" in heard[0]
    assert "Two are" not in heard[1]
    assert [row.verdict for row in await room.rows(reviews)] == ["needs_work", "note"]
    await room.say("My ten better words")
    [again] = (await first.get("/reviews", status="in_review")).json()["items"]
    detail = (await first.get(f"/reviews/{again['id']}")).json()
    assert [one["text"] for one in detail["pieces"]] == ["My ten better words"]
    assert [one["status"] for one in detail["earlier"]] == ["needs_work"]
    before = (await first.get(work)).json()
    assert [one["text"] for one in before["answers"]] == ["Two are <wrong> & short"]
    author = await enter(first, db, AUTHOR, MemberRole.AUTHOR)
    assert (await author.get("/reviews")).status_code == 403


async def test_a_question_is_answered_once(room: Room, curators: tuple[Caller, Caller]) -> None:
    first, second = curators
    await room.say("/ask")
    await room.say("When is the next lesson?")
    [item] = (await first.get("/questions", status="asked")).json()["items"]
    answer = f"/questions/{item['id']}/answer"
    body = {"text": "On Monday at nine."}
    assert (await first.send("POST", answer, body)).json()["code"] == "IDEMPOTENCY_KEY_MISSING"
    for _ in "12":
        answered = await first.send("POST", answer, body, {"Idempotency-Key": "a"})
        assert (answered.status_code, answered.json()["status"]) == (200, "answered")
    late = await second.send("POST", answer, body, {"Idempotency-Key": "b"})
    assert (late.status_code, late.json()["code"]) == (409, "REVIEW_OVER")
    await room.desk.deliver()
    assert [call.text for call in room.seen(ANNA) if "On Monday" in call.text] == [
        room.last(ANNA, "On Monday").text
    ]
    assert [row.answered_by for row in await room.rows(questions)] == [ADMIN]
    shown = (await first.get(f"/questions/{item['id']}")).json()
    assert ([one["text"] for one in shown["pieces"]], [one["text"] for one in shown["answers"]]) == (
        ["When is the next lesson?"],
        ["On Monday at nine."],
    )
