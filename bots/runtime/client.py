"""A thin client of the Bot API over one shared HTTP session: JSON in, Telegram's own answer out."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from utils.redaction import redact

TIMEOUT = 30.0
TOO_MANY = 429
LEAST_WAIT = 1.0  # seconds, where a 429 names none
KEEPALIVE = 15.0  # shorter than servers', so that a request rarely meets a connection just being closed


@dataclass(frozen=True)
class Upload:
    """A file to be sent along under its name; it is read in pieces, beside the loop."""

    name: str
    path: Path


@dataclass(frozen=True)
class Answer:
    """What Telegram said; `error` is its text, `retry_after` in seconds."""

    ok: bool
    result: Any = None
    code: int = 200
    error: str = ""
    retry_after: float = 0.0
    moved_to: int | None = None


class NotSentError(Exception):
    """The request certainly did not reach Telegram: no connection."""


class OutcomeUnknownError(Exception):
    """The request left, no answer came: it may have been carried out."""


class TelegramClient:
    """Speaks to one Bot API server for all bots; tokens never appear in errors or logs."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        """Where the Bot API is."""
        return self._base

    @property
    def session(self) -> aiohttp.ClientSession:
        """The shared session, opened at first use inside the running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def call(
        self,
        token: str,
        method: str,
        fields: Mapping[str, Any],
        uploads: Mapping[str, Upload] | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the long poll's own, handed to the HTTP library
    ) -> Answer:
        """Call a method; raises NotSentError or OutcomeUnknownError when no answer came."""
        url = f"{self._base}/bot{token}/{method}"
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=5)
        try:
            with ExitStack() as files:
                body = {"data": _form(fields, uploads, files)} if uploads else _json_body(fields)
                async with self.session.post(url, timeout=limits, **body) as response:
                    return _read(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(describe_no_connection(error)) from None
        except (
            aiohttp.ClientError,
            TimeoutError,
            asyncio.IncompleteReadError,
            ValueError,
            RecursionError,
        ) as error:
            raise OutcomeUnknownError(type(error).__name__) from None

    async def download(self, token: str, path: str, most: int) -> bytes:
        """The bytes of a file by the path getFile gave; OutcomeUnknownError when they do not come, or are too many."""
        url = f"{self._base}/file/bot{token}/{path}"
        try:
            async with self.session.get(url, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as response:
                content = await response.content.read(most + 1)
                while len(content) <= most and (more := await response.content.read(most + 1 - len(content))):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknownError(type(error).__name__) from None
        if response.status != HTTPStatus.OK or len(content) > most:
            raise OutcomeUnknownError(f"HTTP {response.status}, {len(content)} bytes")
        return content

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


def describe_no_connection(error: Exception) -> str:
    """Why there is no connection, in plain words."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known here; the network or the address is wrong"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "its certificate is not trusted here"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "nothing answers at that address"
    return "it takes no connection"


def _json_body(fields: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return {"data": text.encode(), "headers": {"Content-Type": "application/json"}}


def _form(fields: Mapping[str, Any], uploads: Mapping[str, Upload], files: ExitStack) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows a file's name as it is sent
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    for name, upload in uploads.items():
        form.add_field(name, files.enter_context(upload.path.open("rb")), filename=upload.name)
    return form


def _read(status: int, body: bytes) -> Answer:
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")  # noqa: TRY004 - an unreadable answer, whatever its type
    if answer.get("ok"):
        return Answer(ok=True, result=answer.get("result"))
    parameters = answer.get("parameters") or {}
    code = int(answer.get("error_code", status))
    least = LEAST_WAIT if code == TOO_MANY else 0.0
    return Answer(
        ok=False,
        code=code,
        error=redact(str(answer.get("description", ""))),
        retry_after=float(parameters.get("retry_after") or least),
        moved_to=parameters.get("migrate_to_chat_id"),
    )
