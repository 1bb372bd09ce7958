"""Over HTTP: where flows run, the links into them, who begins together; who is where, and exceptions for one of them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import SECOND, Room, assignment, lesson
from tests.web.api.callers import Caller, calling, enter


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN, SECOND))


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    room = Room(db, clock, Desk(db))
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    return room


@pytest.fixture
async def owner(room: Room, db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, ADMIN)


async def test_links_into_a_course_are_made_shown_and_revoked(owner: Caller) -> None:
    [place] = (await owner.get("/deployments")).json()["items"]
    assert (place["slug"], place["environment"], place["is_default"]) == ("words", "prod", False)
    refused = await owner.send("POST", f"/deployments/{place['id']}/default")
    assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_SCENARIO_STATE")
    tried = await owner.send("POST", "/deployments", {"flow": place["flow"], "environment": "test"})
    assert (tried.status_code, tried.json()["environment"]) == (201, "test")
    body = {"deployment": place["id"], "kind": "group", "terms": {"uses": "30", "label": "May"}}
    made = (await owner.send("POST", "/tokens", body)).json()
    assert (made["max_uses"], made["label"]) == (30, "May")
    assert made["link"].startswith("https://t.me/")
    assert (await owner.get(f"/tokens/{made['id']}")).json() == made
    code = await owner.get(f"/tokens/{made['id']}/qr.svg")
    assert (code.headers["content-type"], b"<svg" in code.content) == ("image/svg+xml", True)
    for _ in "12":
        revoked = await owner.send("POST", f"/tokens/{made['id']}/revoke")
        assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (200, False)
    wrong = await owner.send("POST", "/tokens", {**body, "terms": {"uses": "many"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "TOKEN_TERMS")
    listed = (await owner.get("/tokens", deployment=place["id"])).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


async def test_who_begins_together_and_whom_a_course_admits(owner: Caller) -> None:
    place = (await owner.get("/deployments")).json()["items"][0]["id"]
    may = {"deployment": place, "code": "may", "starts_at": "2030-05-01T09:00+03:00"}
    made = await owner.send("POST", "/cohorts", may)
    assert (made.status_code, made.json()["starts_at"]) == (201, "2030-05-01T06:00:00Z")
    assert (await owner.get("/cohorts", deployment=place)).json()["items"] == [made.json()]
    people = {"deployment": place, "people": ["@Anna", "500001"]}
    assert [(await owner.send("POST", "/participants", people)).json()["added"] for _ in "12"] == [2, 0]
    entries = (await owner.get("/participants")).json()["items"]
    assert [(one["telegram_id"], one["username"]) for one in entries] == [(500001, None), (None, "anna")]
    assert (await owner.send("DELETE", f"/participants/{entries[0]['id']}")).status_code == 204
    assert len((await owner.get("/participants")).json()["items"]) == 1


async def test_exceptions_for_one_student(owner: Caller, room: Room) -> None:
    [run] = (await owner.get("/runs", status="active")).json()["items"]
    at, key = f"/runs/{run['id']}", {"Idempotency-Key": "again"}
    assert run["step"] == "task1"
    before = len(room.seen(ANNA))
    for _ in "12":
        assert (await owner.send("POST", f"{at}/resend", headers=key)).status_code == 200
    await room.desk.deliver()
    assert [call.text for call in room.seen(ANNA)][before:] == ["Lesson 1"]
    for _ in "12":
        skipped = await owner.send("POST", f"{at}/skip", {"step": "task1"})
        assert (skipped.status_code, skipped.json()["step"]) == (200, "day2")
    assert (await owner.send("POST", f"{at}/move", {"step": "nowhere"})).json()["code"] == "STEP_NOT_FOUND"
    assert (await owner.send("POST", f"{at}/move", {"step": "task1"})).json()["step"] == "task1"
    held = await owner.send("POST", f"{at}/hold", {"days": 7})
    assert (held.json()["status"], held.json()["held_for"]) == ("held", "paused")
    late = await owner.send("POST", f"{at}/hold", {"days": 7})
    assert (late.status_code, late.json()["code"]) == (409, "COURSE_NOT_RUNNING")
    assert [(await owner.send("POST", f"{at}/resume")).status_code for _ in "12"] == [204, 204]
    assert (await owner.get(at)).json()["status"] == "active"
    assert (await owner.send("POST", f"{at}/open", {"all": True})).json()["open_all"] is True
