"""Broadcasts steered, conversations, hand-offs, ready answers and triggers over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.db.models.delivery import outbox
from core.db.models.delivery_feed import feed
from core.db.models.messaging import broadcasts as broadcast_rows
from core.db.models.messaging import handoffs as handoff_rows
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import ChatState, HandoffStatus, OutboxState
from core.roles import MemberRole
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import Shop, open_shop
from tests.factories.traffic import add_message
from tests.web.api.callers import Caller, calling, enter

OWNER, OPERATOR, SECOND = 1001, 2002, 2003
DOCUMENT = {"name": "News", "text": {"en": "Hello", "ru": "Привет"}}


@pytest.fixture
def env(env: Environment) -> Environment:
    """Who takes hand-offs."""
    return replace(env, operator_ids=(OPERATOR, SECOND))


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


@pytest.fixture
async def shop(db: Database) -> Shop:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        for number in range(4):
            contact = await add_contact(uow, 700_000 + number)
            state = ChatState.BLOCKED if number == 3 else ChatState.OPEN
            await add_chat(uow, shop.sales_bot, contact, state=state)
    return shop


async def _post(caller: Caller, path: str, body: Any = None, key: str = "one") -> tuple[int, Any]:
    answer = await caller.send("POST", path, body, {"Idempotency-Key": key})
    return answer.status_code, answer.json()


async def test_a_broadcast_is_written_tried_and_sent_to_whom_was_seen(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    owner = await enter(nobody, db, OWNER)
    wrong = await _post(owner, "/broadcasts", {"document": {"name": "News"}}, "zero")
    assert (wrong[0], wrong[1]["code"]) == (422, "BROADCAST_INVALID")
    status, draft = await _post(owner, "/broadcasts", {"document": DOCUMENT})
    assert (status, draft["status"], draft["document"]["text"]) == (201, "draft", DOCUMENT["text"])
    path = f"/broadcasts/{draft['id']}"
    changed = {"document": {**DOCUMENT, "text": "News for you"}}
    stale = await owner.send("PATCH", f"{path}/draft", changed, {"If-Match": '"old"'})
    assert (stale.status_code, stale.json()["current_etag"]) == (412, draft["etag"])
    assert (await owner.send("PATCH", f"{path}/draft", changed)).status_code == 428
    fresh = await owner.send("PATCH", f"{path}/draft", changed, {"If-Match": f'"{draft["etag"]}"'})
    assert (fresh.status_code, fresh.json()["document"]["text"]) == (200, "News for you")
    audience = (await owner.get(f"{path}/audience")).json()
    assert (audience["count"], audience["excluded"]["blocked"], audience["condition"]) == (4, 1, {"all": []})
    assert (await _post(owner, f"{path}/test", key="two"))[0] == 200
    assert [row.chat_id for row in await read_rows(db, outbox)] == [OWNER]
    other = await _post(owner, f"{path}/start", {"expect": 5}, "three")
    assert (other[0], other[1]["code"], other[1]["count"]) == (409, "AUDIENCE_DIFFERS", 4)
    answers = await asyncio.gather(*(_post(owner, f"{path}/start", {"expect": 4}, "four") for _ in range(20)))
    assert {answer[0] for answer in answers} == {200}
    told = [row for row in await read_rows(db, outbox) if row.broadcast_id is not None]
    assert len(told) == len({row.chat_id for row in told}) == 4
    people = (await owner.get(f"{path}/recipients", limit=3)).json()
    assert (len(people["items"]), people["next"] is None) == (3, False)
    table = await owner.get(f"{path}/result.csv")
    assert len(table.text.splitlines()) == 5
    async with db.unit(1) as uow:
        failed = update(outbox).where(outbox.c.chat_id.in_([row.chat_id for row in told[:2]]))
        await uow.conn.execute(failed.values(state=OutboxState.FAILED, error="Bad Request: chat not found"))
    outcome = (await owner.get(f"{path}/outcome")).json()
    assert outcome["failures"] == [{"why": "Bad Request: chat not found", "people": 2}]
    assert {outcome[act] for act in ("clicked", "replied", "bought", "finished")} == {0}
    tally = (await owner.get(path)).json()["tally"]
    for part, condition in outcome["conditions"].items():
        listed = (await owner.send("POST", "/contacts/search", {"condition": condition})).json()["items"]
        assert len(listed) == tally.get(part, 0), part
    assert outcome["variants"] == []
    tried = {**DOCUMENT, "variants": [{"share": 50, "text": "One"}, {"share": 50, "text": "Two"}]}
    _, draft = await _post(owner, "/broadcasts", {"document": tried}, "five")
    await _post(owner, f"/broadcasts/{draft['id']}/start", {"expect": 4}, "six")
    variants = (await owner.get(f"/broadcasts/{draft['id']}/outcome")).json()["variants"]
    assert [(each["variant"], each["share"]) for each in variants] == [(0, None), (1, 50), (2, 50)]


async def test_the_rest_of_a_comparison_gets_what_is_chosen_once(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    owner = await enter(nobody, db, OWNER)
    tied = {
        **DOCUMENT,
        "variants": [{"share": 25, "text": "One"}] * 2,
        "winner": {"by": "clicks", "after": "4h"},
    }
    _, draft = await _post(owner, "/broadcasts", {"document": tied}, "seven")
    path = f"/broadcasts/{draft['id']}"
    assert (await _post(owner, f"{path}/choose", {"variant": 2}, "eight"))[
        0
    ] == 409  # nothing is compared yet
    await _post(owner, f"{path}/start", {"expect": 4}, "nine")
    assert (await owner.get(path)).json()["winner"] is None
    chosen = [
        (await _post(owner, f"{path}/choose", {"variant": number}, f"v{number}")) for number in (3, 2, 1)
    ]
    assert [answer[0] for answer in chosen] == [409, 200, 409]
    assert (await owner.get(path)).json()["winner"] == 2


async def test_the_price_in_stars_is_shown_before_it_is_agreed_to(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    owner = await enter(nobody, db, OWNER)
    _, draft = await _post(owner, "/broadcasts", {"document": DOCUMENT})
    path = f"/broadcasts/{draft['id']}"
    assert (await owner.get(f"{path}/audience")).json()["stars"] == 0
    refused = await _post(owner, f"{path}/start", {"expect": 4, "stars": 1}, "two")
    assert (refused[0], refused[1]["code"]) == (409, "BROADCAST_CANNOT"), "the owner has not turned it on"
    db.env = replace(db.env, paid_per_second=300)
    assert (await owner.get(f"{path}/audience")).json()["stars"] == 1
    status, started = await _post(owner, f"{path}/start", {"expect": 4, "stars": 1}, "three")
    assert (status, started["document"]["paid"]) == (200, True)
    [row] = await read_rows(db, broadcast_rows)
    assert json.loads(row.payload)["allow_paid_broadcast"] is True


async def test_a_broadcast_follows_what_it_can(nobody: Caller, db: Database, shop: Shop) -> None:
    owner = await enter(nobody, db, OWNER)
    _, draft = await _post(owner, "/broadcasts", {"document": DOCUMENT})
    path = f"/broadcasts/{draft['id']}"
    async with db.unit(1) as uow:
        at = (uow.now + timedelta(days=1)).isoformat()
        over = (uow.now - timedelta(days=1)).isoformat()
    past = await _post(owner, f"{path}/schedule", {"at": over}, "a")
    assert (past[0], past[1]["code"]) == (422, "BROADCAST_PAST")
    for key in ("b", "c"):  # also once more
        assert (await _post(owner, f"{path}/schedule", {"at": at}, key))[1]["status"] == "scheduled"
    cannot = await _post(owner, f"{path}/pause", key="d")
    assert (cannot[0], cannot[1]["code"], cannot[1]["allowed"]) == (
        409,
        "BROADCAST_CANNOT",
        ["start", "cancel"],
    )
    assert (await _post(owner, f"{path}/start", {"expect": 4}, "e"))[1]["status"] in {"filling", "running"}
    for key in ("f", "g"):
        assert (await _post(owner, f"{path}/pause", key=key))[1]["status"] == "paused"
    assert (await _post(owner, f"{path}/resume", key="h"))[1]["status"] == "running"
    assert (await _post(owner, f"{path}/edit-sent", {}, "h2"))[0] == 422
    other = [[{"text": "Site", "url": "https://example.org", "track": False}]]
    assert (await _post(owner, f"{path}/edit-sent", {"buttons": other}, "h3"))[0] == 200
    said = (await owner.get(path)).json()["document"]
    assert (said["buttons"][0][0]["url"], said["text"]["en"]) == ("https://example.org", "Hello")
    edit = await _post(owner, f"{path}/edit-sent", {"texts": {"en": "Hello, all"}}, "i")
    assert (edit[0], edit[1]["kind"], edit[1]["of"]) == (200, "edit", draft["id"])
    recall = await _post(owner, f"{path}/recall", key="j")
    assert (recall[0], recall[1]["kind"]) == (200, "recall")
    assert (await owner.get(path)).json()["status"] == "cancelled"
    again = await _post(owner, f"{path}/recall", key="k")
    assert (again[0], again[1]["code"]) == (409, "BROADCAST_RECALLED")
    assert len(await read_rows(db, broadcast_rows)) == 4


async def test_the_inbox_has_the_last_word_of_each_and_sends_once(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        for number, text in enumerate(("first", "second", "third")):
            await add_message(uow, shop.sales_bot, 700_000 + number % 2, text=text)
        await add_message(uow, shop.sales_bot, 700_001, text="answer", direction="out")
        await add_message(uow, shop.sales_bot, -100, text="in a group")
    operator = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    listed = (await operator.get("/conversations")).json()["items"]
    assert [(each["text"], each["waits"]) for each in listed] == [("answer", False), ("third", True)]
    assert [each["text"] for each in (await operator.get("/conversations", waits=True)).json()["items"]] == [
        "third"
    ]
    path = f"/conversations/{listed[1]['id']}"
    said = (await operator.get(f"{path}/messages")).json()["items"]
    assert [each["text"] for each in said] == ["third", "first"]
    body = {"text": "1 < 2 & so on"}
    assert (await operator.send("POST", f"{path}/messages", body)).status_code == 400
    answers = await asyncio.gather(*(_post(operator, f"{path}/messages", body) for _ in range(20)))
    assert {answer[0] for answer in answers} == {201}
    [call] = await read_rows(db, outbox)
    assert (call.chat_id, "1 &lt; 2 &amp; so on" in call.payload) == (700_000, True)
    empty = await _post(operator, f"{path}/messages", {"text": " "}, "two")
    assert empty[0] == 422


async def test_a_reply_is_kept_while_it_is_written_and_asks_once_over_news(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        await add_message(uow, shop.sales_bot, 700_000, text="one")
        await add_message(uow, shop.sales_bot, 700_001, text="of somebody else")
    first = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    second = await enter(nobody, db, SECOND, MemberRole.OPERATOR)
    [other, talk] = (await first.get("/conversations")).json()["items"]
    path = f"/conversations/{talk['id']}"
    assert (await first.send("PUT", f"{path}/draft", {"text": "Tomorrow at "})).json()[
        "text"
    ] == "Tomorrow at "
    mine, theirs = [(await each.get(f"{path}/draft")).json() for each in (first, second)]
    assert (mine["text"], theirs["text"], mine["writing"], len(theirs["writing"])) == (
        "Tomorrow at ",
        "",
        [],
        1,
    )
    assert (await first.get(f"/conversations/{other['id']}/draft")).json()["text"] == ""
    [seen] = (await first.get(f"{path}/messages")).json()["items"]
    async with db.unit(1) as uow:
        await add_message(uow, shop.sales_bot, 700_000, text="two")
        await add_message(uow, shop.sales_bot, 700_000, text="a lesson", direction="out")
    body = {"text": "Tomorrow at <b>nine</b>", "seen": seen["id"]}
    late = await _post(first, f"{path}/messages", body)
    assert (late[0], late[1]["code"]) == (409, "NEWER_MESSAGE")
    assert (await first.get(f"{path}/draft")).json()["text"] == "Tomorrow at "
    newest = (await first.get(f"{path}/messages")).json()["items"][0]
    assert (await _post(first, f"{path}/messages", {**body, "seen": newest["id"]}, "two"))[0] == 201
    after = (await first.get(f"{path}/draft")).json()
    assert (after["text"], [each["text"] for each in after["waiting"]]) == ("", [body["text"]])
    [call] = await read_rows(db, outbox)
    async with db.unit(1) as uow:
        await add_message(
            uow, shop.sales_bot, 700_000, text="<i>&lt;b&gt;</i>", direction="out", outbox_id=call.id
        )
    assert (await first.get(f"{path}/draft")).json()["waiting"] == []
    said = (await second.get(f"{path}/messages")).json()["items"][0]
    assert (said["text"], said["author"]) == ("<b>", theirs["writing"][0])
    mine_again = {"text": "And bring a pen", "seen": newest["id"]}  # one's own word is no news
    assert (await _post(first, f"{path}/messages", mine_again, "three"))[0] == 201
    assert (await _post(second, f"{path}/messages", mine_again, "four"))[1]["code"] == "NEWER_MESSAGE"


async def test_a_talk_is_taken_passed_and_closed(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_message(uow, shop.sales_bot, 700_000, text="help")
        for telegram_id in (OPERATOR, SECOND):
            await add_chat(uow, shop.sales_bot, await add_contact(uow, telegram_id))
    operator = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    second = await enter(nobody, db, SECOND, MemberRole.OPERATOR)
    [talk] = (await operator.get("/conversations")).json()["items"]
    path = f"/conversations/{talk['id']}"
    nobodys = await _post(operator, f"{path}/assign", {"operator": f"mem_{'a' * 26}"}, "zero")
    assert (nobodys[0], nobodys[1]["code"]) == (422, "NOT_AN_OPERATOR")
    asked = {"unassigned": True, "waits": True, "sort": "last"}
    assert len((await operator.get("/conversations", **asked)).json()["items"]) == 1
    assert (await _post(operator, f"{path}/assign", {}))[1]["talk"] == "talking"
    assert (await operator.get("/conversations", **asked)).json()["items"] == []
    yours = [(await each.get("/conversations", mine=True)).json()["items"] for each in (operator, second)]
    assert [len(each) for each in yours] == [1, 0]
    told = [row.topic for row in await read_rows(db, feed)]
    assert told.count("inbox") == 1  # who watches hears of it, once
    [handoff] = (await operator.get("/handoffs", status="talking")).json()["items"]
    taken = await _post(second, f"/handoffs/{handoff['id']}/take")
    assert (taken[0], taken[1]["code"], taken[1]["allowed"]) == (409, "HANDOFF_CANNOT", ["pass", "close"])
    assert (await _post(operator, f"/handoffs/{handoff['id']}/take", key="two"))[0] == 200
    passed = await _post(operator, f"/handoffs/{handoff['id']}/pass", key="three")
    assert (passed[0], passed[1]["status"]) == (200, "ringing")
    assert (await _post(second, f"/handoffs/{handoff['id']}/take", key="four"))[1]["status"] == "talking"
    for key in ("five", "six"):
        assert (await _post(second, f"/handoffs/{handoff['id']}/close", key=key))[1]["status"] == "closed"
    assert (await _post(operator, f"{path}/reopen", key="seven"))[1]["talk"] == "talking"
    assert (await _post(operator, f"{path}/close", key="eight"))[1]["talk"] is None
    assert {row.status for row in await read_rows(db, handoff_rows)} == {HandoffStatus.CLOSED}


async def test_ready_answers_are_kept_and_dropped(nobody: Caller, db: Database, shop: Shop) -> None:
    operator = await enter(nobody, db, OPERATOR, MemberRole.OPERATOR)
    kept = [
        (await operator.send("POST", "/canned-replies", {"name": name, "text": text})).json()
        for name, text in (("Well done", "Well done, {{student.name}}!"), ("Again", "Once more, please"))
    ]
    again = (await operator.send("POST", "/canned-replies", {"name": "Again", "text": "Try again"})).json()
    listed = (await operator.get("/canned-replies")).json()["items"]
    assert [(each["name"], each["text"]) for each in listed] == [
        ("Again", "Try again"),
        ("Well done", "Well done, {{student.name}}!"),
    ]
    assert again["id"] == kept[1]["id"]
    assert (await operator.send("DELETE", f"/canned-replies/{again['id']}")).status_code == 204
    assert (await operator.get(f"/canned-replies/{again['id']}")).status_code == 404


async def test_triggers_are_given_and_changed_by_who_saw_them(
    nobody: Caller, db: Database, shop: Shop
) -> None:
    owner = await enter(nobody, db, OWNER)
    bot = next(
        line["bot"]
        for line in (await owner.get("/numbers/availability")).json()["bots"]
        if line["kind"] == "sales"
    )
    trigger = {"id": "price", "when": {"keyword": ["price"]}, "answer": {"text": "499"}}
    wrong = await owner.send("POST", "/triggers", {"bot": bot, "triggers": [{"id": "x"}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "TRIGGERS_INVALID")
    made = await owner.send("POST", "/triggers", {"bot": bot, "triggers": [trigger]})
    assert made.status_code == 201, made.text
    assert (await owner.send("POST", "/triggers", {"bot": bot, "triggers": []})).status_code == 409
    path, etag = f"/triggers/{made.json()['id']}", made.json()["etag"]
    body = {"triggers": [{**trigger, "when": {"keyword": ["price", "cost"]}}]}
    assert (await owner.send("PUT", path, body, {"If-Match": '"x"'})).status_code == 412
    changed = await owner.send("PUT", path, body, {"If-Match": f'"{etag}"'})
    assert changed.json()["triggers"][0]["when"] == {"keyword": ["price", "cost"]}
    assert [each["id"] for each in (await owner.get("/triggers")).json()["items"]] == [made.json()["id"]]
