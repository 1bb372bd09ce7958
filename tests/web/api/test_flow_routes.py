"""Flows over HTTP: begun, edited by two at once without a lost word, published with a look at who stands where."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from core.db.session import Database
from core.roles import MemberRole
from tests.fakes.clock import StillClock
from tests.web.api.callers import Caller, calling, enter

AUTHOR, OTHER = 1001, 2002
HELLO = {"key": "hello", "type": "message", "text": "Good morning!", "button": "Go"}
BYE = {"key": "bye", "type": "end", "text": "All set"}


@pytest.fixture
async def author(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, AUTHOR)


async def begin(author: Caller, slug: str = "words") -> str:
    body = {"slug": slug, "kind": "course", "name": f"Course {slug}", "steps": [HELLO, BYE]}
    answer = await author.send("POST", "/flows", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def change(author: Caller, flow: str, etag: str, *ops: dict[str, Any]) -> Any:
    headers = {"If-Match": f'"{etag}"'}
    return await author.send("PATCH", f"/flows/{flow}/draft", {"ops": list(ops)}, headers)


async def test_a_flow_is_begun_edited_and_published(author: Caller) -> None:
    flow = await begin(author)
    draft = await author.get(f"/flows/{flow}/draft")
    etag = draft.json()["etag"]
    assert draft.headers["etag"] == f'"{etag}"'
    assert draft.json()["steps"] == [HELLO, BYE]
    saved = await change(
        author,
        flow,
        etag,
        {"op": "set", "key": "hello", "path": "text", "value": {"en": "Good evening!"}},
        {"op": "set", "key": "hello", "path": "/text/ru", "value": "Добрый вечер!"},
        {"op": "insert", "key": "wait", "after": "hello", "step": {"type": "message", "text": "{{user.x}}"}},
        {"op": "move", "key": "bye", "after": None},
        {"op": "move", "key": "bye"},
        {"op": "set", "path": "name", "value": "Words"},
    )
    assert saved.status_code == 200, saved.text
    [problem] = saved.json()["problems"]
    assert (problem["step"], problem["path"], problem["warning"]) == ("wait", "text", False)
    after = (await author.get(f"/flows/{flow}/draft")).json()
    assert after["etag"] == saved.json()["etag"] != etag
    assert [step["key"] for step in after["steps"]] == ["hello", "wait", "bye"]
    assert after["steps"][0]["text"] == {"en": "Good evening!", "ru": "Добрый вечер!"}
    refused = await author.send("POST", f"/flows/{flow}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "FLOW_INVALID")
    await change(author, flow, after["etag"], {"op": "remove", "key": "wait"})
    for _ in "12":
        published = await author.send("POST", f"/flows/{flow}/publish", {"choice": "move"})
        assert (published.status_code, published.json()["number"]) == (200, 1)
    listed = (await author.get("/flows", kind="course", count=True)).json()
    assert [(one["slug"], one["version"], one["draft_at"]) for one in listed["items"]] == [("words", 1, None)]
    assert listed["count"] == 1


async def test_what_cannot_be_done_changes_nothing(author: Caller) -> None:
    flow = await begin(author)
    etag = (await author.get(f"/flows/{flow}/draft")).json()["etag"]
    fine = {"op": "set", "key": "hello", "path": "text", "value": "Lost"}
    wrong = [
        ({"op": "remove", "key": "nowhere"}, "/ops/1/key"),
        ({"op": "move", "key": "bye", "after": "nowhere"}, "/ops/1/after"),
        ({"op": "insert", "step": BYE}, "/ops/1/key"),
        ({"op": "insert", "key": "other", "step": HELLO}, "/ops/1/key"),
        ({"op": "set", "key": "hello", "path": "key", "value": "x"}, "/ops/1/path"),
        ({"op": "set", "key": "hello", "path": "button/ru/x", "value": "x"}, "/ops/1/path"),
        ({"op": "set", "path": "slug", "value": "x"}, "/ops/1/path"),
        ({"op": "set", "key": "hello", "value": {**HELLO, "key": "x"}}, "/ops/1/value"),
        ({"op": "insert", "step": {**BYE, "key": "x", "type": "poem"}}, "/ops/1/step"),
        ({"op": "insert", "step": {**BYE, "key": "a b"}}, "/ops/1/step"),
        ({"op": "set", "key": "hello", "path": "type", "value": None}, "/ops/1/path"),
        ({"op": "set", "path": "name", "value": None}, "/name"),
    ]
    for operation, pointer in wrong:
        refused = await change(author, flow, etag, fine, operation)
        assert refused.status_code == 422, operation
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert (await author.send("PATCH", f"/flows/{flow}/draft", {"ops": [fine]})).status_code == 428
    stale = await change(author, flow, "0" * 32, fine)
    assert (stale.status_code, stale.json()["current_etag"]) == (412, etag)
    assert stale.json()["changed_by"] == []
    again = await author.send("POST", "/flows", {"slug": "words", "kind": "course", "name": "W"})
    assert (again.status_code, again.json()["code"]) == (409, "NAME_TAKEN")
    assert (await author.get(f"/flows/{flow}/draft")).json()["etag"] == etag


async def test_a_step_that_says_nothing_yet_is_kept_and_named_until_it_is_published(author: Caller) -> None:
    """What is not finished stands in nobody's way but publishing's; all else of the draft goes on being saved."""
    flow = await begin(author)
    await author.send("POST", f"/flows/{flow}/publish", {})
    etag = (await author.get(f"/flows/{flow}/draft")).json()["etag"]
    lesson = {"key": "third", "type": "lesson", "drip": {"day": 3}, "messages": [{}]}
    saved = await change(
        author,
        flow,
        etag,
        {"op": "insert", "after": "hello", "step": lesson},
        {"op": "set", "key": "hello", "path": "text", "value": ""},
    )
    assert saved.status_code == 200, saved.text
    named = [(one["step"], one["path"], one["warning"]) for one in saved.json()["problems"]]
    assert named == [("hello", "text", False), ("third", "title", False), ("third", "messages.0", False)]
    draft = (await author.get(f"/flows/{flow}/draft")).json()
    assert draft["steps"] == [{**HELLO, "text": ""}, lesson, BYE]
    assert draft["etag"] == saved.json()["etag"]
    listed = (await author.get(f"/flows/{flow}/problems")).json()["items"]
    assert listed == saved.json()["problems"]
    refusals = [
        await author.send("POST", f"/flows/{flow}/publish", {}),
        await author.get(f"/flows/{flow}/diff"),
    ]
    for refused in refusals:
        assert (refused.status_code, refused.json()["code"]) == (422, "FLOW_INVALID")
        assert {one["pointer"].split("/")[2] for one in refused.json()["errors"]} == {"hello", "third"}
    assert "third" in (await author.get(f"/flows/{flow}/export.yaml")).text
    written = await change(
        author,
        flow,
        draft["etag"],
        {"op": "set", "key": "third", "path": "messages", "value": [{"text": "Three"}]},
        {"op": "set", "key": "third", "path": "title", "value": "The third"},
        {"op": "set", "key": "hello", "path": "text", "value": "Good morning!"},
    )
    assert written.json()["problems"] == []
    published = await author.send("POST", f"/flows/{flow}/publish", {})
    assert published.json()["number"] == 2


@pytest.mark.parametrize("changes", [60, pytest.param(200, marks=pytest.mark.faults)])
async def test_two_editors_lose_no_word(
    author: Caller, db: Database, clock: StillClock, changes: int
) -> None:
    """Each edits from the state they last saw, and does the same again on the newer one when they came too late."""
    other = await enter(author, db, OTHER, MemberRole.AUTHOR)
    flow = await begin(author)
    seen = dict.fromkeys((author, other), (await author.get(f"/flows/{flow}/draft")).json()["etag"])
    order, texts, late, chance = ["hello", "bye"], {"hello": "Good morning!", "bye": "All set"}, 0, Random(7)
    for number in range(changes):
        editor = chance.choice([author, other])
        operation = _pick(chance, number, order)
        answer = await change(editor, flow, seen[editor], operation)
        if answer.status_code == 412:
            late += 1
            answer = await change(editor, flow, answer.json()["current_etag"], operation)
        assert answer.status_code == 200, answer.text
        seen[editor] = answer.json()["etag"]
        _follow(order, texts, operation)
        clock.advance(seconds=1)
    draft = (await other.get(f"/flows/{flow}/draft")).json()
    assert [(step["key"], step["text"]) for step in draft["steps"]] == [(key, texts[key]) for key in order]
    assert late > changes // 4


def _pick(chance: Random, number: int, order: list[str]) -> dict[str, Any]:
    kind = chance.choice(["insert", "set", "set", "move", "remove"]) if len(order) > 1 else "insert"
    key, after = chance.sample(order, 2) if len(order) > 1 else (order[0], order[0])
    if kind == "insert":
        step = {"key": f"step_{number}", "type": "message", "text": f"word {number}"}
        return {"op": kind, "key": step["key"], "after": after, "step": step}
    changed = {"path": "text", "value": f"word {number}"} if kind == "set" else {}
    return {"op": kind, "key": key, **changed, **({"after": after} if kind == "move" else {})}


def _follow(order: list[str], texts: dict[str, str], operation: dict[str, Any]) -> None:
    """What the operation means, in a list and a map."""
    key = operation["key"]
    if operation["op"] in {"move", "remove"}:
        order.remove(key)
    if operation["op"] in {"insert", "move"}:
        order.insert(order.index(operation["after"]) + 1, key)
    texts[key] = operation.get("value") or operation.get("step", {}).get("text") or texts[key]


async def test_versions_are_compared_and_brought_back(author: Caller) -> None:
    flow = await begin(author)
    await author.send("POST", f"/flows/{flow}/publish", {})
    etag = (await author.get(f"/flows/{flow}/draft")).json()["etag"]
    new = {"op": "insert", "after": None, "step": {**BYE, "key": "first", "type": "message"}}
    saved = await change(
        author, flow, etag, new, {"op": "set", "key": "hello", "path": "text", "value": "Hi"}
    )
    ahead = (await author.get(f"/flows/{flow}/diff")).json()
    assert (ahead["added"], ahead["removed"], ahead["moved"]) == (["first"], [], [])
    assert [(one["key"], one["old"]["text"], one["new"]["text"]) for one in ahead["changed"]] == [
        ("hello", "Good morning!", "Hi")
    ]
    await author.send("POST", f"/flows/{flow}/publish", {}, {"If-Match": f'"{saved.json()["etag"]}"'})
    listed = (await author.get(f"/flows/{flow}/versions")).json()["items"]
    assert [one["number"] for one in listed] == [2, 1]
    behind = (await author.get(f"/flows/{flow}/diff", old=listed[0]["id"], new=listed[1]["id"])).json()
    assert (behind["removed"], behind["standing"]) == (["first"], [])
    old = (await author.get(f"/flows/{flow}/versions/{listed[1]['id']}")).json()
    assert old["steps"] == [HELLO, BYE]
    back = await author.send("POST", f"/flows/{flow}/rollback", {})
    assert back.json()["number"] == 3
    assert (await author.get(f"/flows/{flow}/draft")).json()["steps"] == [HELLO, BYE]
    other = await begin(author, "other")
    assert (await author.get(f"/flows/{other}/versions/{listed[1]['id']}")).status_code == 404
    exported = await author.get(f"/flows/{flow}/export.yaml")
    assert "Good morning!" in exported.text
    assert "words.yaml" in exported.headers["content-disposition"]


async def test_whose_changes_they_are_is_said(author: Caller, db: Database) -> None:
    other = await enter(author, db, OTHER, MemberRole.AUTHOR)
    flow = await begin(author)
    etag = (await author.get(f"/flows/{flow}/draft")).json()["etag"]
    for editor, text in ((author, "One"), (other, "Two"), (author, "Three")):
        word = {"op": "set", "key": "hello", "path": "text", "value": text}
        etag = (await change(editor, flow, etag, word)).json()["etag"]
    stale = await change(other, flow, "0" * 32, {"op": "remove", "key": "bye"})
    assert stale.json()["changed_by"] == ["владелец"]
    draft = (await author.get(f"/flows/{flow}/draft")).json()
    assert [one["name"] for one in draft["authors"]] == ["автор", "владелец"]
    await other.send("POST", f"/flows/{flow}/publish", {})
    [version] = (await author.get(f"/flows/{flow}/versions")).json()["items"]
    assert [one["name"] for one in version["authors"]] == ["владелец", "автор"]
    assert (await author.get(f"/flows/{flow}/draft")).json()["authors"] == []
    saved = await change(author, flow, etag, {"op": "remove", "key": "bye"})
    seen = {"If-Match": f'"{saved.json()["etag"]}"'}
    taken = await author.send("POST", f"/flows/{flow}/versions/{version['id']}/take", None, seen)
    assert [step["key"] for step in taken.json()["steps"]] == ["hello", "bye"]
    late = await author.send("POST", f"/flows/{flow}/versions/{version['id']}/take", None, seen)
    assert late.status_code == 412
    assert (await author.get(f"/flows/{flow}/export.xlsx")).content[:2] == b"PK"


async def test_a_form_needs_no_code_per_type(author: Caller) -> None:
    types = {one["type"]: one for one in (await author.get("/step-types")).json()["items"]}
    fields = {one["name"]: one["widget"] for one in types["message"]["fields"]}
    assert (types["lesson"]["label"], types["multi_choice"]["label"]) == ("Урок", "Несколько ответов")
    told = {name: fields[name] for name in ("text", "timeout", "timeout_goto", "protect", "parse_mode")}
    assert told == {
        "text": "text",
        "timeout": "interval",
        "timeout_goto": "step",
        "protect": "switch",
        "parse_mode": "choice",
    }
    assert types["section"]["json_schema"]["required"] == ["key", "title"]
    assert all(not one["label"].startswith("step-type") for one in types.values())
