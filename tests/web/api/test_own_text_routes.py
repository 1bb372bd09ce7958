"""The account's own words over HTTP, and in the bots at once."""

from collections.abc import AsyncIterator

import pytest

from bots.runtime.sending.render import Renderer
from core.db.session import Database
from services.delivery.schemas import Rendered
from services.tenancy.settings import load_facts
from tests.bots.test_render import call
from tests.web.api.callers import Caller, calling, enter

OWNER = 1001
KEY = "sales-fallback"
PATH = f"/settings/texts/{KEY}"


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


def say_it(db: Database) -> str:
    payload = {"text": {"t": KEY, "v": {}}}
    done = Renderer(db.env, {})._render(call(payload), dict(payload), {}, {})
    assert isinstance(done, Rendered)
    return str(done.fields["text"])


async def test_a_sentence_is_said_in_own_words_and_put_back(owner: Caller, db: Database) -> None:
    seen = await owner.get("/settings/texts")
    [item] = [one for one in seen.json()["texts"] if one["key"] == KEY]
    assert (item["place"], item["is_changed"], item["own"]) == ("meeting", False, {})
    delivered = say_it(db)
    assert delivered == item["delivered"]["ru"]
    body = {"own": {"ru": "<b>Здесь</b> только продают", "en": item["delivered"]["en"]}}
    assert (await owner.send("PUT", PATH, body)).status_code == 428
    done = await owner.send("PUT", PATH, body, {"If-Match": seen.headers["etag"]})
    stale = await owner.send("PUT", PATH, body, {"If-Match": seen.headers["etag"]})
    assert (done.status_code, stale.status_code) == (200, 412)
    [item] = [one for one in done.json()["texts"] if one["is_changed"]]
    assert item["own"] == {"ru": "<b>Здесь</b> только продают"}
    assert say_it(db) == "<b>Здесь</b> только продают"
    db.env.own_facts.clear()
    await load_facts(db)
    assert say_it(db) == "<b>Здесь</b> только продают"
    reset = await owner.send("DELETE", PATH, headers={"If-Match": done.headers["etag"]})
    assert (reset.status_code, say_it(db)) == (204, delivered)


async def test_what_cannot_be_said_and_what_is_no_sentence(owner: Caller) -> None:
    etag = {"If-Match": (await owner.get("/settings/texts")).headers["etag"]}
    wrong = await owner.send("PUT", PATH, {"own": {"en": "Hi {nobody}", "xx": "Hi"}}, etag)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "TEXT_INVALID")
    assert "{nobody}" in wrong.text
    assert (
        await owner.send("PUT", "/settings/texts/nothing", {"own": {"en": "Hi"}}, etag)
    ).status_code == 404
