"""A request that comes again does nothing again: one effect and one answer, in parallel and over a kill."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.db.models.tenancy import audit_log
from core.db.models.tenancy_api import api_keys, idempotency_keys
from core.db.session import Database
from core.roles import MemberRole
from services.tenancy.sign_in.sweeping import forget_old
from tests.factories.rows import count_rows, read_rows
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter
from utils import faultpoints

OWNER, ADMIN = 1001, 2002
BODY = {"name": "Reports", "permissions": ["contacts.read"]}
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


async def test_twenty_at_once_make_one(owner: Caller, db: Database) -> None:
    answers = await asyncio.gather(*(owner.send("POST", "/keys", BODY, KEY) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    replayed = [answer.headers.get("idempotency-replayed") for answer in answers]
    assert sorted(replayed, key=str).count("true") == 19
    assert await count_rows(db, api_keys) == 1
    assert await count_rows(db, audit_log) == 1


async def test_another_body_is_refused_and_another_caller_is_another_request(
    owner: Caller, db: Database
) -> None:
    assert (await owner.send("POST", "/keys", BODY, KEY)).status_code == 201
    other = await owner.send("POST", "/keys", {**BODY, "name": "Others"}, KEY)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_USED")
    admin = await enter(owner, db, ADMIN, MemberRole.ADMIN)
    assert (await admin.send("POST", "/keys", BODY, KEY)).status_code == 201
    assert await count_rows(db, api_keys) == 2


async def test_what_was_refused_may_be_tried_again(owner: Caller, db: Database) -> None:
    over = {**BODY, "expires_at": "2001-01-01T00:00:00Z"}
    assert (await owner.send("POST", "/keys", over, KEY)).json()["code"] == "KEY_OVER_ALREADY"
    assert await count_rows(db, idempotency_keys) == 0
    assert (await owner.send("POST", "/keys", BODY, KEY)).status_code == 201


async def test_a_kill_between_commit_and_answer_changes_nothing(
    owner: Caller, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(place: str) -> None:
        if place == "after commit":
            raise ConnectionAbortedError

    with monkeypatch.context() as patched:
        patched.setattr(faultpoints, "reach", killed)
        assert (await owner.send("POST", "/keys", BODY, KEY)).status_code == 500
    again = await owner.send("POST", "/keys", BODY, KEY)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json()["secret"].startswith("tdm_")
    assert await count_rows(db, api_keys) == 1


async def test_a_secret_that_was_answered_lies_sealed(owner: Caller, db: Database) -> None:
    secret = (await owner.send("POST", "/keys", BODY, KEY)).json()["secret"]
    assert secret not in str(await read_rows(db, idempotency_keys))
    assert (await owner.send("POST", "/keys", BODY, KEY)).json()["secret"] == secret


async def test_after_a_day_it_is_a_new_request(owner: Caller, db: Database, clock: StillClock) -> None:
    await owner.send("POST", "/keys", BODY, KEY)
    clock.advance(hours=25)
    await forget_old(db)
    assert await read_rows(db, idempotency_keys) == []


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
async def test_a_key_has_visible_letters(owner: Caller, key: str) -> None:
    refused = await owner.send("POST", "/keys", BODY, {"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (400, "IDEMPOTENCY_KEY_WRONG")
