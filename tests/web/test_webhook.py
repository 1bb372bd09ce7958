"""Updates by webhook: only Telegram's own, only for our bots, each stored once."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from core.db.models.delivery import inbox
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import BotKind
from services.delivery.store.sending import figures
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.bots import webhook_secret
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing
from web.application import build_application

BOT = 7001
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "from": {"id": 5}, "text": "hi"}}


@pytest.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP application with one bot connected."""
    keys = KeyRing({"k1": b"m" * 32})
    async with db.unit(FIRST_ACCOUNT) as uow:
        bot = ConnectedBot(BOT, FIRST_ACCOUNT, BotKind.SALES, "shop_bot", "Shop", f"{BOT}:token")
        await connect_bot(uow, keys, bot)
    transport = httpx.ASGITransport(build_application(db, lambda: False))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        yield opened


def secret(db: Database, bot: int = BOT) -> dict[str, str]:
    return {HEADER: webhook_secret(db.env.signing_key, bot)}


async def stored(db: Database) -> list[Any]:
    async with db.reading() as conn:
        return list(await conn.execute(select(inbox).order_by(inbox.c.id)))


async def test_an_update_is_stored(client: httpx.AsyncClient, db: Database) -> None:
    answer = await client.post(f"/telegram/{BOT}", json=UPDATE, headers=secret(db))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    rows = await stored(db)
    assert [(row.update_id, row.chat_key, json.loads(row.payload)) for row in rows] == [(1, "5", UPDATE)]


async def test_the_same_update_again_is_stored_once(client: httpx.AsyncClient, db: Database) -> None:
    for _ in range(3):
        assert (await client.post(f"/telegram/{BOT}", json=UPDATE, headers=secret(db))).status_code == 200
    assert len(await stored(db)) == 1


@pytest.mark.parametrize("given", [None, "", "wrong", "wröng".encode("latin-1"), b"x" * 300])
async def test_a_wrong_secret_is_refused(client: httpx.AsyncClient, db: Database, given: Any) -> None:
    headers = {} if given is None else {HEADER: given}
    assert (await client.post(f"/telegram/{BOT}", json=UPDATE, headers=headers)).status_code == 403
    assert await stored(db) == []


async def test_another_bots_secret_is_refused(client: httpx.AsyncClient, db: Database) -> None:
    answer = await client.post(f"/telegram/{BOT}", json=UPDATE, headers=secret(db, BOT + 1))
    assert answer.status_code == 403


async def test_a_bot_that_is_not_ours(client: httpx.AsyncClient, db: Database) -> None:
    answer = await client.post(f"/telegram/{BOT + 1}", json=UPDATE, headers=secret(db, BOT + 1))
    assert answer.status_code == 404
    assert await stored(db) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"x"',
        b"{}",
        b'{"update_id": "1"}',
        b'{"update_id": -1}',
        b'{"update_id": 1e3}',
        b'{"update_id": 10000000000000000000000000}',
    ],
)
async def test_what_is_no_update_is_refused(client: httpx.AsyncClient, db: Database, body: bytes) -> None:
    answer = await client.post(f"/telegram/{BOT}", content=body, headers=secret(db))
    assert answer.status_code == 400
    assert await stored(db) == []


async def test_too_large_is_refused(client: httpx.AsyncClient, db: Database) -> None:
    content = json.dumps(UPDATE | {"more": "x" * 1_000_000}).encode()
    answer = await client.post(f"/telegram/{BOT}", content=content, headers=secret(db))
    assert answer.status_code == 413
    assert await stored(db) == []


async def test_too_large_without_saying_so_is_refused(client: httpx.AsyncClient, db: Database) -> None:
    async def pour() -> AsyncIterator[bytes]:
        yield b'{"update_id": 1, "more": "'
        for _ in range(20):
            yield b"x" * 100_000
        yield b'"}'

    answer = await client.post(f"/telegram/{BOT}", content=pour(), headers=secret(db))
    assert answer.status_code == 413
    assert await stored(db) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("half \ud83d", "half ?"),
        (r"typed: \u0000", r"typed: \u0000"),
        ("\\\x00", "\\"),
        ("\x00\x00", ""),
    ],
)
async def test_what_no_database_stores_does_not_stop_the_bot(
    client: httpx.AsyncClient, db: Database, text: str, kept: str
) -> None:
    body = json.dumps(UPDATE | {"text": text}).encode()
    assert (await client.post(f"/telegram/{BOT}", content=body, headers=secret(db))).status_code == 200
    assert [json.loads(row.payload)["text"] for row in await stored(db)] == [kept]


async def test_health_readiness_and_figures(client: httpx.AsyncClient, db: Database) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "starting"})
    await client.post(f"/telegram/{BOT}", json=UPDATE, headers=secret(db))
    told = await client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert "tandem_inbox_waiting 1.0" in told.text
    assert "tandem_tick_lag_seconds 0.0" in told.text


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_figures_are_for_this_machine_and_who_has_the_token(db: Database, path: str) -> None:
    application = build_application(db, lambda: True, metrics_token="let-me-in")

    async def ask(host: str, **headers: str) -> int:
        transport = httpx.ASGITransport(application, client=(host, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
            assert (await opened.get("/healthz")).status_code == 200
            return (await opened.get(path, headers=headers)).status_code

    assert await ask("127.0.0.1") == await ask("::1") == 200
    assert await ask("203.0.113.9") == 403
    assert await ask("127.0.0.1", **{"X-Forwarded-For": "127.0.0.1"}) == 403
    assert await ask("203.0.113.9", Authorization="Bearer wrong") == 403
    assert await ask("203.0.113.9", Authorization="Bearer let-me-in") == 200


async def test_behind_a_public_address_a_proxy_on_this_machine_is_not_this_machine(db: Database) -> None:
    db.env = replace(db.env, public_url="https://school.example")
    application = build_application(db, lambda: True, metrics_token="let-me-in")
    transport = httpx.ASGITransport(application, client=("127.0.0.1", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        for path in ("/readyz", "/metrics"):
            assert (await opened.get(path)).status_code == 403
            answer = await opened.get(path, headers={"Authorization": "Bearer let-me-in"})
            assert answer.status_code == 200


async def test_without_a_token_nobody_else_has_one(db: Database) -> None:
    transport = httpx.ASGITransport(build_application(db, lambda: True), client=("203.0.113.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        answer = await opened.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 403


async def test_not_ready_while_nothing_can_be_written(db: Database) -> None:
    transport = httpx.ASGITransport(build_application(db, lambda: True, lambda: False))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        answer = await opened.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "the database cannot be written"})


async def test_figures_count_what_waits_by_an_index(db: Database) -> None:
    async with db.reading() as conn:
        assert await figures.count_unfinished(conn) == {}
        if db.is_sqlite:
            statement = str(figures.UNFINISHED.compile(dialect=sqlite.dialect()))
            plan = [row.detail for row in await conn.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
            assert all("USING" in one for one in plan if "outbox" in one)


async def test_ready_when_all_bots_receive_updates(db: Database) -> None:
    transport = httpx.ASGITransport(build_application(db, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as opened:
        assert (await opened.get("/readyz")).json() == {"status": "ready"}


async def test_nothing_else_is_served(client: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/redoc", "/openapi.json", "/telegram", f"/telegram/{BOT}", "/telegram/x"):
        assert (await client.get(path)).status_code in {404, 405}, path


DEEP = b'{"update_id":' + b"[" * 100_000


async def test_json_that_is_nested_too_deeply_is_no_json(client: httpx.AsyncClient, db: Database) -> None:
    answer = await client.post(f"/telegram/{BOT}", content=DEEP, headers=secret(db))
    assert answer.status_code == 400
    answer = await client.post("/api/v1/miniapp/answers", content=b"[" * 60_000)
    assert (answer.status_code, answer.json()["error"]) == (400, "MINIAPP_REQUEST")
    assert await stored(db) == []
