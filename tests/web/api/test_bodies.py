"""Bodies that are too large or too deep: refused in the one form, read no further than the limit."""

from collections.abc import AsyncIterator

import pytest

from core.db.session import Database
from tests.web.api.callers import Caller, calling, enter
from web.api.routes import MOST_BYTES

OWNER = 1001
KEYED = {"Idempotency-Key": "one", "Content-Type": "application/json"}


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as nobody:
        yield await enter(nobody, db, OWNER)


async def ask(caller: Caller, content: bytes | AsyncIterator[bytes], path: str = "/keys") -> tuple[int, str]:
    answer = await caller.ask("POST", caller.path(path), headers=KEYED, content=content)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("depth", [300, 900, 100_000])
async def test_a_deep_body_is_refused(owner: Caller, depth: int) -> None:
    body = b'{"name": ' + b"[" * depth + b"]" * depth + b', "permissions": []}'
    assert (await ask(owner, body))[0] in {400, 422}


async def test_a_body_is_read_no_further_than_the_limit(owner: Caller) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * MOST_BYTES:
            sent += 2**20
            yield b" " * 2**20

    assert await ask(owner, endless()) == (413, "TOO_LARGE")
    answer = await owner.http.post("/api/v1/sessions", content=b" " * (MOST_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
