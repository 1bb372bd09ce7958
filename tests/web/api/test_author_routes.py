"""What authors share over HTTP: comments on steps, and buttons below several messages."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.db.models.delivery import outbox
from core.db.session import Database
from core.roles import MemberRole
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import open_shop
from tests.web.api.callers import Caller, calling, enter

OWNER, AUTHOR, CURATOR = 1001, 2002, 3003
STEP = {"key": "hello", "type": "message", "text": "Hello", "button_set": "support"}
ROWS = [[{"text": {"en": "Write to us", "ru": "Написать нам"}, "url": "https://example.org"}]]


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        await add_chat(uow, shop.sales_bot, await add_contact(uow, AUTHOR, first_name="Olga"))
    async with calling(db) as caller:
        yield caller


async def begin_flow(owner: Caller) -> str:
    body = {"slug": "talk", "kind": "scenario", "name": "Talk", "steps": [STEP]}
    return f"/flows/{(await owner.send('POST', '/flows', body)).json()['id']}"


async def say(caller: Caller, flow: str, **body: Any) -> tuple[int, Any]:
    answer = await caller.send("POST", f"{flow}/comments", body)
    return answer.status_code, answer.json()


async def test_authors_talk_about_a_step_and_who_is_named_is_told(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    author = await enter(nobody, db, AUTHOR, MemberRole.AUTHOR)
    curator = await enter(nobody, db, CURATOR, MemberRole.CURATOR)
    flow = await begin_flow(owner)
    team = {one["telegram_id"]: one["id"] for one in (await owner.get("/members")).json()["items"]}
    asked = {"step": "hello", "text": "Is <b> short enough?", "mentions": [team[AUTHOR]]}
    status, comment = await say(owner, flow, **asked)
    assert (status, comment["step"], comment["resolved_at"]) == (201, "hello", None)
    [told] = [row for row in await read_rows(db, outbox) if row.chat_id == AUTHOR]
    assert "Is &lt;b&gt; short enough?" in str(told.payload)
    assert "Hello" in str(told.payload)
    assert (await say(owner, flow, text="x", step="nowhere"))[1]["code"] == "STEP_NOT_FOUND"
    assert (await say(owner, flow, text="x", mentions=[team[CURATOR]]))[1]["code"] == "MEMBER_CANNOT_READ"
    assert (await say(curator, flow, text="x"))[0] == 403
    await say(author, flow, text="The whole of it is fine")
    done = await author.send("POST", f"{flow}/comments/{comment['id']}/resolve")
    assert (done.status_code, done.json()["resolved_by"]["id"]) == (200, team[AUTHOR])
    seen = [
        (await owner.get(f"{flow}/comments", **query)).json()["items"]
        for query in ({}, {"status": "open"}, {"status": "resolved"}, {"step": "hello"})
    ]
    assert [[one["text"][:5] for one in page] for page in seen] == [
        ["The w", "Is <b"],
        ["The w"],
        ["Is <b"],
        ["Is <b"],
    ]
    again = await owner.send("POST", f"{flow}/comments/{comment['id']}/reopen")
    assert again.json()["resolved_at"] is None
    foreign = await author.send("DELETE", f"{flow}/comments/{comment['id']}")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "COMMENT_NOT_YOURS")
    assert (await owner.send("DELETE", f"{flow}/comments/{comment['id']}")).status_code == 204
    assert len((await owner.get(f"{flow}/comments")).json()["items"]) == 1


async def test_shared_buttons_stay_while_a_message_names_them(nobody: Caller, db: Database) -> None:
    owner = await enter(nobody, db, OWNER)
    made = await owner.send("POST", "/button-sets", {"name": "support", "rows": ROWS})
    assert (made.status_code, made.json()["rows"]) == (201, ROWS)
    again = await owner.send("POST", "/button-sets", {"name": "support", "rows": ROWS})
    assert (again.status_code, again.json()["code"]) == (409, "BUTTON_SET_THERE")
    path = f"/button-sets/{made.json()['id']}"
    wrong = await owner.send("PUT", path, {"rows": [[{"text": "x", "url": "javascript:alert(1)"}]]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "BUTTON_SET_INVALID")
    changed = await owner.send("PUT", path, {"rows": [[{"text": "Help", "url": "https://example.org/a"}]]})
    assert (changed.status_code, changed.json()["rows"][0][0]["url"]) == (200, "https://example.org/a")
    await begin_flow(owner)
    assert (await owner.get("/button-sets")).json()["items"][0]["used_by"] == ["talk"]
    used = await owner.send("DELETE", path)
    assert (used.status_code, used.json()["code"]) == (409, "BUTTON_SET_USED")
    free = await owner.send("POST", "/button-sets", {"name": "free", "rows": ROWS})
    assert (await owner.send("DELETE", f"/button-sets/{free.json()['id']}")).status_code == 204
    assert [one["name"] for one in (await owner.get("/button-sets")).json()["items"]] == ["support"]
