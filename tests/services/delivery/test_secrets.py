"""A secret that somebody else's words repeat is in no row, no event and no list of what went wrong."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import update

from ai.client import ModelClient, ModelRefusedError, ModelSilentError, Thinking
from core.db.models.delivery import inbox, jobs, outbox, timers
from core.db.session import Database
from core.events import DomainEvent, JobFinished
from services.delivery.jobs import PermanentFailure, add_job
from services.delivery.sending.dead_letters import list_dead_letters
from tests.factories.rows import read_rows
from tests.factories.work import run_due
from utils.redaction import BLACK, forget, hide

KEY = "sk-canary-0123456789"
TOKEN = "123456789:AAcanary-of-a-token-that-nobody-registered"


@pytest.fixture(autouse=True)
def planted() -> Iterator[None]:
    hide(KEY)
    yield
    forget()


async def refuse(_: Mapping[str, Any]) -> Mapping[str, Any]:
    raise PermanentFailure(f"HTTP 401: wrong key {KEY} of {TOKEN}")


async def test_a_job_keeps_none(room: Database, happened: list[DomainEvent]) -> None:
    async with room.unit(1) as uow:
        await add_job(uow, "ask", "k", {})
    await run_due(room, {"ask": refuse})
    [row] = await read_rows(room, jobs)
    [letter] = await list_dead_letters(room, 1)
    [event] = happened
    assert isinstance(event, JobFinished)
    for told in (row.error, letter.error, event.result["error"]):
        assert BLACK in told
        assert "canary" not in told


@pytest.mark.parametrize("table", [inbox, outbox, timers, jobs], ids=lambda one: one.name)
def test_no_row_of_delivery_takes_one(room: Database, table: Any) -> None:
    statement = update(table).values(error=f"{KEY} {TOKEN}")
    sync = room._writer.sync_engine.dialect
    compiled = statement.compile(dialect=sync)
    processed = compiled.construct_params()
    bind = compiled._bind_processors["error"]
    assert bind(processed["error"]) == f"{BLACK} {BLACK}"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that repeats in its refusal whatever key it was given."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line for line in head.splitlines() if line.lower().startswith("authorization"))
    status = "401 Unauthorized" if "/refusing/" in head else "500 Oops"
    body = f"incorrect API key: {key}"
    said = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    writer.write(said.encode())
    await writer.drain()
    writer.close()


@pytest.mark.parametrize(("path", "error"), [("refusing", ModelRefusedError), ("silent", ModelSilentError)])
async def test_the_models_client_lets_none_out(path: str, error: type[Exception]) -> None:
    forget()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = ModelClient(f"http://127.0.0.1:{port}/{path}", KEY)
        with pytest.raises(error, match="incorrect API key") as raised:
            await client.chat([], Thinking("m"))
    assert "canary" not in str(raised.value)
