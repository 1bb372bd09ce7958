"""A provider's answer is read to its end, in however many pieces it comes, and no further than an answer goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from payment.base import UnknownOutcomeError
from payment.http import MOST_ANSWER, HttpClient

PIECES = 20


@asynccontextmanager
async def serving(body: bytes) -> AsyncIterator[HttpClient]:
    """A provider whose answer comes in pieces, as it does over a real network."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        step = len(body) // PIECES + 1
        with suppress(ConnectionError):  # who asks may have heard enough
            for place in range(0, len(body), step):
                writer.write(body[place : place + step])
                await writer.drain()
                await asyncio.sleep(0.005)  # the network between two pieces
            writer.close()
            await writer.wait_closed()
        is_over.set()

    is_over = asyncio.Event()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        client = HttpClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", 30)
        try:
            yield client
        finally:
            await client.aclose()
            await is_over.wait()


async def test_what_comes_in_pieces_is_one_answer() -> None:
    listed = {"items": [{"id": f"{number}", "status": "succeeded"} for number in range(2_000)]}
    async with serving(json.dumps(listed).encode()) as client:
        assert (await client.request("GET", "payments")).body == listed


async def test_of_an_answer_without_end_nobody_knows_what_it_meant() -> None:
    async with serving(b" " * (MOST_ANSWER + 1)) as client:
        with pytest.raises(UnknownOutcomeError):
            await client.request("GET", "payments")
