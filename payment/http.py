"""Calls to a provider over HTTP, and what a failed one means: nothing happened, or nobody knows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from payment.base import UnavailableError, UnknownOutcomeError
from utils.bodies import BodyTooLongError, read_whole
from utils.redaction import hide

MOST_ANSWER = 2_000_000  # bytes of an answer that are read
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, read to its end; `body` is parsed JSON, or None where it is none."""

    status: int
    text: str
    body: Any


class HttpClient:
    """One provider's address, or none if each call names its own; the session is made in the loop that uses it."""

    def __init__(self, base_url: str, timeout: float, user: str = "", password: str = "") -> None:
        self._base = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(10.0, timeout))
        self._headers = {"Authorization": aiohttp.encode_basic_auth(user, password)} if user else {}
        hide(*(header.partition(" ")[2] for header in self._headers.values()))
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        payload: Any = None,
        form: Sequence[tuple[str, str]] | None = None,
    ) -> Answer:
        """Whatever the provider answers.

        Raises UnavailableError if the request certainly did not reach it, UnknownOutcomeError if it may have. Addresses
        that answers lead to are not followed: credentials go to the one host that was configured.
        """
        session = self._open()
        url = f"{self._base}/{path.lstrip('/')}" if self._base else path
        try:
            async with session.request(
                method, url, params=params, headers=headers, json=payload, data=form, allow_redirects=False
            ) as answer:
                text = (await read_whole(answer.content, MOST_ANSWER)).decode(errors="replace")
        except aiohttp.ClientConnectorError as error:
            raise UnavailableError(f"no connection: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError, BodyTooLongError) as error:
            raise UnknownOutcomeError(f"no answer: {type(error).__name__}") from None
        if answer.status in _REDIRECTS:
            raise UnavailableError(f"HTTP {answer.status}: it leads somewhere else")
        return Answer(answer.status, text, parse_json(text))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, headers=self._headers)
        return self._session


def parse_json(text: str | bytes) -> Any:
    """The value, or None for what is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
