"""Flows that come as files over HTTP: read, kept, taken back; nothing typed since is thrown away."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.db.session import Database
from tests.web.api.callers import Caller, calling, enter

SAMPLES = Path(__file__).resolve().parents[3] / "web/panel/src/screens/flows/samples.json"
COURSE = """kind: course
slug: words
name: Ten words
steps:
  - {key: hello, type: message, text: Good morning!}
"""


@pytest.fixture
async def author(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, 1001)


async def send(author: Caller, what: str, text: str, name: str = "words.yaml", **query: Any) -> Any:
    path = author.path(f"/flows/{what}")
    return await author.ask("POST", path, params={"name": name, **query}, content=text.encode())


async def test_a_file_is_read_kept_and_taken_back(author: Caller, db_url: str) -> None:
    read = (await send(author, "read", COURSE)).json()
    assert (read["slug"], read["name"], read["kind"], read["flow"]) == ("words", "Ten words", "course", None)
    assert ([step["key"] for step in read["steps"]], read["wrong"]) == (["hello"], False)
    assert (await author.get("/flows")).json()["items"] == []
    made = (await send(author, "import", COURSE)).json()
    assert (await send(author, "import", COURSE)).json()["code"] == "NAME_TAKEN"
    newer = (await send(author, "import", COURSE.replace("morning", "evening"), replace=True)).json()
    assert newer["flow"] == made["flow"]
    assert (await send(author, "read", COURSE)).json()["flow"] == made["flow"]
    undone = await author.send("POST", f"/imports/{newer['id']}/undo")
    assert undone.json()["undone_at"]
    draft = (await author.get(f"/flows/{made['flow']}/draft")).json()
    assert draft["steps"][0]["text"] == "Good morning!"
    listed = (await author.get("/imports")).json()["items"]
    assert [one["id"] for one in listed] == [newer["id"], made["id"]]


async def test_what_is_wrong_is_said_by_its_place_and_kept_out(author: Caller, db_url: str) -> None:
    wrong = COURSE.replace("text: Good", "txt: Good")
    read = (await send(author, "read", wrong)).json()
    assert read["wrong"]
    assert read["findings"][0]["line"] == 5
    assert read["findings"][0]["what"]
    assert (await send(author, "import", wrong)).json()["code"] == "IMPORT_WRONG"
    words = "# Day 1\n\nGood morning!\n"
    assert (await send(author, "read", words, "Course.md", slug="mine")).json()["slug"] == "mine"


async def test_words_written_after_an_import_are_not_undone(author: Caller, db_url: str, clock: Any) -> None:
    made = (await send(author, "import", COURSE)).json()
    etag = (await author.get(f"/flows/{made['flow']}/draft")).json()["etag"]
    op = {"op": "set", "key": "hello", "path": "text", "value": "An hour's work"}
    await author.send("PATCH", f"/flows/{made['flow']}/draft", {"ops": [op]}, {"If-Match": f'"{etag}"'})
    refused = await author.send("POST", f"/imports/{made['id']}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "IMPORT_NOT_LAST")
    draft = (await author.get(f"/flows/{made['flow']}/draft")).json()
    assert draft["steps"][0]["text"] == "An hour's work"


async def test_every_sample_of_the_panel_can_be_published(author: Caller) -> None:
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))
    assert len(samples) == 3
    for number, sample in enumerate(samples):
        made = await author.send("POST", "/flows", {"slug": f"sample-{number}", **sample})
        assert made.status_code == 201, made.text
        path = f"/flows/{made.json()['id']}"
        problems = (await author.get(f"{path}/problems")).json()["items"]
        assert problems == [], sample["name"]
        assert (await author.send("POST", f"{path}/publish", {})).status_code == 200
