"""A language model's stand-in over real HTTP, for the demo and the tests: it says what it was told to, or echoes."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from sandbox.control.samples import sample

GOODBYES = ("bye", "goodbye", "пока", "до свидания")


class ModelServer:
    """`script` holds what comes next, a text or the HTTP status of a failure; `heard` is every chat asked for.

    Without a script it repeats the person's last words, and ends the talk at a goodbye.
    """

    def __init__(self) -> None:
        self.script: deque[str | int] = deque()
        self.heard: list[Mapping[str, Any]] = []
        self.voices: deque[str] = deque()  # what recordings are taken for
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on this machine alone; gives the base URL."""
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_post("/v1/audio/transcriptions", self._transcribe)
        application.router.add_post("/v1/audio/speech", self._speak)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        return f"http://{host}:{bound}/v1"

    async def stop(self) -> None:
        """Hang up."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.heard.append(asked)
        said = self.script.popleft() if self.script else _echo(asked["messages"])
        if isinstance(said, int):
            return web.json_response({"error": {"message": "as scripted"}}, status=said)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        for word in said.split(" "):
            piece = {"choices": [{"index": 0, "delta": {"content": f"{word} "}}]}
            await stream.write(f"data: {json.dumps(piece)}\n\n".encode())
        await stream.write(b"data: [DONE]\n\n")
        return stream

    async def _transcribe(self, request: web.Request) -> web.Response:
        form = await request.post()
        if not isinstance(form.get("file"), web.FileField):
            return web.json_response({"error": {"message": "no file"}}, status=400)
        return web.json_response({"text": self.voices.popleft() if self.voices else "What I said aloud"})

    async def _speak(self, request: web.Request) -> web.Response:
        await request.json()
        return web.Response(body=sample("voice").data, content_type="audio/ogg")


@contextmanager
def talking_model() -> Iterator[str]:
    """A model in a thread of its own, gone at the end; gives its base URL."""
    loop, server = asyncio.new_event_loop(), ModelServer()
    thread = threading.Thread(target=loop.run_forever, name="model", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _echo(messages: list[Mapping[str, str]]) -> str:
    last = messages[-1]["content"] if messages[-1]["role"] == "user" else ""
    if last.strip(" .!").lower() in GOODBYES:
        return f"{last} {{STOP}}"
    return f"You say: {last}" if last else "Hello! What shall we talk about?"
