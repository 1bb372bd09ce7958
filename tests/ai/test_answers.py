"""What a model's endpoint may answer: strange shapes are a silence, and nothing is read without end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import stamina

from ai.client import MOST_ANSWER, MOST_JSON, MOST_SOUND, ModelClient, ModelSilentError, Speaking, Thinking

STREAM, JSON, SOUND = "text/event-stream", "application/json", "audio/ogg"


@asynccontextmanager
async def endpoint(kind: str, body: bytes, *, endless: bool = False) -> AsyncIterator[ModelClient]:
    """A model that answers with this, `endless`: again and again until nobody listens."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {kind}\r\n\r\n".encode())
        try:
            writer.write(body)
            await writer.drain()
            while endless:
                writer.write(body)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with stamina.set_testing(True, attempts=1):
            yield ModelClient(f"http://127.0.0.1:{port}", "key")


@pytest.mark.parametrize(
    "body",
    [
        b"data: [1]\n\n",
        b"data: 7\n\n",
        b'data: {"choices": {"0": 1}}\n\n',
        b'data: {"choices": ["text"]}\n\n',
        b'data: {"choices": [{"delta": "text"}]}\n\n',
        b"data: " + b"[" * 50_000 + b"\n\n",
        b"data: {\n\n",
        b"",
    ],
)
async def test_a_stream_of_another_shape_is_a_silence(body: bytes) -> None:
    async with endpoint(STREAM, body) as model:
        with pytest.raises(ModelSilentError):
            await model.chat([], Thinking("m"))


async def test_a_piece_that_adds_nothing_is_passed_over() -> None:
    pieces = b'data: {"choices": [{"delta": null}]}\n\ndata: {"choices": [{"delta": {"content": "Hi"}}]}\n\n'
    async with endpoint(STREAM, pieces + b"data: [DONE]\n\n") as model:
        assert await model.chat([], Thinking("m")) == "Hi"


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"choices": null}', b"[" * 50_000, b'{"choices": ["a"]}'])
async def test_an_answer_of_another_shape_is_a_silence(body: bytes) -> None:
    async with endpoint(JSON, body) as model:
        with pytest.raises(ModelSilentError):
            await model.chat([], Thinking("m"))


async def test_an_answer_is_cut_and_none_is_read_without_end() -> None:
    long = b'{"choices": [{"message": {"content": "' + b"a" * (MOST_ANSWER + 1) + b'"}}]}'
    async with endpoint(JSON, long) as model:
        assert len(await model.chat([], Thinking("m"))) == MOST_ANSWER
    async with endpoint(JSON, b" " * 65_536, endless=True) as model:
        with pytest.raises(ModelSilentError, match=str(MOST_JSON)):
            await model.chat([], Thinking("m"))
    async with endpoint(SOUND, b"O" * 65_536, endless=True) as model:
        with pytest.raises(ModelSilentError, match=str(MOST_SOUND)):
            await model.speak("Hi", Speaking("m", "v"))
    async with endpoint(JSON, b" " * 65_536, endless=True) as model:
        with pytest.raises(ModelSilentError, match=str(MOST_JSON)):
            await model.transcribe("a.ogg", b"x", "m", None)
