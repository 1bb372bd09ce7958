"""A page elsewhere is told the question of the course that opened it, as its author wrote it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.environment import Environment
from tests.factories.persons import ANNA
from tests.services.learning.conftest import room  # noqa: F401 - a fixture
from tests.services.learning.room import Room
from web.application import build_application

ANSWERS = "/api/v1/miniapp/answers"
STEP = {
    "key": "sort",
    "type": "miniapp",
    "text": "Sort them",
    "button": "Open",
    "app_url": "https://example.com/app?x=1",
    "question": {
        "type": "drag_and_drop",
        "text": {"ru": "По порядку", "en": "In order"},
        "options": ["b", "a"],
    },
}


@pytest.fixture
def env(env: Environment) -> Environment:
    """An installation with an address."""
    return replace(env, public_url="https://school.example", admin_ids=(1001, 1009))


@pytest.fixture
async def client(room: Room) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811
    transport = httpx.ASGITransport(build_application(room.db, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        yield opened


async def test_the_question_is_passed_on(room: Room, client: httpx.AsyncClient) -> None:  # noqa: F811
    await room.open(STEP)
    (said,) = [one for one in room.seen(ANNA) if one.text == "Sort them"]
    ((button,),) = said.fields["reply_markup"]["inline_keyboard"]
    given = parse_qs(urlsplit(button["web_app"]["url"]).query)
    assert (given["x"], given["tandem_answers"]) == (["1"], [f"https://school.example{ANSWERS}"])
    told = await client.get(ANSWERS, params={"ref": given["tandem_ref"][0]})
    question = {"type": "drag_and_drop", "text": "In order", "options": ["b", "a"]}
    assert (told.status_code, told.json()) == (200, {"language": "en", "question": question})
    assert told.headers["access-control-allow-origin"] == "*"
    unknown = await client.get(ANSWERS, params={"ref": "1-2-3-forged"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "MINIAPP_NOT_FOUND")
