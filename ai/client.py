"""Speaks to an OpenAI-compatible endpoint: a chat as it is written, speech into words, words into speech."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import stamina

from utils.bodies import read_whole
from utils.redaction import hide, redact

SECONDS = 40.0  # for one request, to its last byte
TRIES = 3
MOST_ANSWER = 32_000  # characters of an answer; what a model says beyond is cut off
MOST_SPEECH = 4096  # characters that are spoken at once
MOST_JSON = 2_000_000  # bytes of an answer that does not stream
MOST_SOUND = 20_000_000  # of a recording that is made
_AGAIN = frozenset({408, 409, 425, 429})
_DATA = "data:"

Message = Mapping[str, str]
OnText = Callable[[str], Awaitable[None]]


class ModelRefusedError(Exception):
    """The endpoint said no for good, or is not set up: trying again is useless."""


class ModelSilentError(Exception):
    """The endpoint did not answer, or not to the end: trying again may help."""


@dataclass(frozen=True)
class Thinking:
    """Which model answers and how; None leaves it to the endpoint."""

    model: str
    temperature: float | None = None
    reasoning: str | None = None


@dataclass(frozen=True)
class Speaking:
    """How a voice sounds."""

    model: str
    voice: str
    speed: float | None = None


class ModelClient:
    """One endpoint; its key appears in no error."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._base = base_url.rstrip("/")
        hide(api_key)
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    async def chat(
        self, messages: Sequence[Message], thinking: Thinking, on_text: OnText | None = None
    ) -> str:
        """The model's answer; `on_text` hears all of it so far as it grows.

        Raises ModelRefusedError, or ModelSilentError after TRIES tries.
        """
        body = {"model": thinking.model, "messages": [dict(message) for message in messages], "stream": True}
        more = {"temperature": thinking.temperature, "reasoning_effort": thinking.reasoning}
        body |= {name: value for name, value in more.items() if value is not None}

        @stamina.retry(on=ModelSilentError, attempts=TRIES, timeout=None)
        async def ask() -> str:
            async with self._post("chat/completions", json=body) as answer:
                return await _read_chat(answer, on_text)

        return await ask()

    async def transcribe(self, name: str, sound: bytes, model: str, language: str | None) -> str:
        """The words of a recording; errors as in `chat`."""

        @stamina.retry(on=ModelSilentError, attempts=TRIES, timeout=None)
        async def ask() -> str:
            form = aiohttp.FormData({"model": model, **({"language": language} if language else {})})
            form.add_field("file", sound, filename=name)
            async with self._post("audio/transcriptions", data=form) as answer:
                return str(json.loads(await read_whole(answer.content, MOST_JSON))["text"])

        return await ask()

    async def speak(self, text: str, speaking: Speaking) -> bytes:
        """The text as an Ogg file with Opus in it; errors as in `chat`."""
        body: dict[str, Any] = {"model": speaking.model, "voice": speaking.voice, "response_format": "opus"}
        body |= {"input": text[:MOST_SPEECH]} | ({"speed": speaking.speed} if speaking.speed else {})

        @stamina.retry(on=ModelSilentError, attempts=TRIES, timeout=None)
        async def ask() -> bytes:
            async with self._post("audio/speech", json=body) as answer:
                return await read_whole(answer.content, MOST_SOUND)

        return await ask()

    @asynccontextmanager
    async def _post(self, path: str, **body: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer; what goes wrong until it is read is one of the two errors."""
        if not self._base:
            raise ModelRefusedError("AI_BASE_URL is not set")
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=self._headers) as session,
                session.post(f"{self._base}/{path}", **body) as answer,
            ):
                if answer.status != HTTPStatus.OK:
                    raise _trouble(answer.status, (await answer.content.read(500)).decode(errors="replace"))
                yield answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ModelSilentError(type(error).__name__) from None
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
            raise ModelSilentError(redact(f"no answer we can read: {error!r}")) from None


def _trouble(status: int, said: str) -> Exception:
    again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return (ModelSilentError if again else ModelRefusedError)(redact(f"HTTP {status}: {said}"))


async def _read_chat(answer: aiohttp.ClientResponse, on_text: OnText | None) -> str:
    """The text of a stream of events, or of one answer where the endpoint does not stream."""
    if answer.content_type == "application/json":
        whole = json.loads(await read_whole(answer.content, MOST_JSON))
        return str(whole["choices"][0]["message"]["content"] or "")[:MOST_ANSWER]
    text = ""
    async for line in answer.content:
        piece = _read_piece(line.decode(errors="replace").strip())
        if piece is None:
            return text
        text = (text + piece)[:MOST_ANSWER]
        if piece and on_text is not None:
            await on_text(text)
    raise ModelSilentError("the answer broke off")


def _read_piece(line: str) -> str | None:
    """What a line of the stream adds; None at its end."""
    if not line.startswith(_DATA):
        return ""
    data = line.removeprefix(_DATA).strip()
    if data == "[DONE]":
        return None
    choices = json.loads(data).get("choices") or [{}]
    return str((choices[0].get("delta") or {}).get("content") or "")
