"""Half-open connections: closed in time, and never in the way of who asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from tests.faults.waiting import until
from web.connections import PIECE, guard

HALF = b"GET / HTTP/1.1\r\nHost: tandem\r\nX-Slow: "
WHOLE = b"GET / HTTP/1.1\r\nHost: tandem\r\n\r\n"
HALF_BODY = b"POST / HTTP/1.1\r\nHost: tandem\r\nContent-Length: 100\r\n\r\nhalf"
LONG = 100.0
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[bytes], Awaitable[Ends]]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads what is asked, and says how much it was."""
    del scope
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message.get("more_body", False)
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(**limits: Any) -> AsyncIterator[tuple[uvicorn.Server, Open]]:
    config = uvicorn.Config(
        application, log_config=None, lifespan="off", port=0, http=guard(**limits), backlog=8
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started, what="the server listens")
    port = server.servers[0].sockets[0].getsockname()[1]
    opened: list[asyncio.StreamWriter] = []

    async def connect(said: bytes) -> Ends:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        writer.write(said)
        return reader, writer

    try:
        yield server, connect
    finally:
        for writer in opened:
            writer.close()
        server.should_exit = True
        await running


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(100) == b""
    except ConnectionError:
        return True


async def answer(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(b"\r\n")) + (await reader.readuntil(b"\r\n\r\nok"))[-2:]


@pytest.mark.parametrize("said", [b"", HALF, HALF_BODY])
async def test_who_does_not_come_to_an_end_is_closed(said: bytes) -> None:
    async with serving(most=10, head=0.2, body=0.2) as (_, connect):
        reader, _ = await connect(said)
        assert await is_closed(reader)


async def test_a_body_has_its_own_time() -> None:
    async with serving(most=10, head=0.2, body=LONG) as (_, connect):
        reader, writer = await connect(HALF_BODY)
        late, _ = await connect(HALF)
        assert await is_closed(late)
        writer.write(b"x" * 96)
        assert (await answer(reader)).endswith(b"ok")


async def test_a_large_body_earns_its_time() -> None:
    async with serving(most=10, head=LONG, body=LONG) as (server, connect):
        size = 2 * PIECE
        said = f"POST / HTTP/1.1\r\nHost: tandem\r\nContent-Length: {size}\r\n\r\n".encode()
        reader, writer = await connect(said)
        await until(lambda: any(each._owes == "body" for each in server.server_state.connections))  # type: ignore[union-attr]
        [guarded] = server.server_state.connections
        former = guarded._timer  # type: ignore[union-attr]
        writer.write(b"x" * PIECE)
        await until(lambda: guarded._timer is not former)  # type: ignore[union-attr]
        assert former is not None
        assert former.cancelled()
        writer.write(b"x" * PIECE)
        assert (await answer(reader)).endswith(b"ok")


async def test_who_asks_is_answered_among_many_who_do_not() -> None:
    async with serving(most=20, head=LONG, body=LONG) as (server, connect):
        many = [await connect(HALF) for _ in range(100)]
        for _ in range(5):
            reader, _ = await connect(WHOLE)
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        assert len(server.server_state.connections) <= 20
        assert await is_closed(many[0][0])


async def test_a_kept_connection_is_asked_again() -> None:
    async with serving(most=20, head=LONG, body=LONG) as (_, connect):
        reader, writer = await connect(WHOLE)
        assert (await answer(reader)).endswith(b"ok")
        writer.write(WHOLE)
        assert (await answer(reader)).endswith(b"ok")


async def test_a_kept_connection_that_begins_and_does_not_end_is_closed() -> None:
    async with serving(most=20, head=0.3, body=LONG) as (_, connect):
        reader, writer = await connect(WHOLE)
        assert (await answer(reader)).endswith(b"ok")
        writer.write(HALF)
        assert await is_closed(reader)
