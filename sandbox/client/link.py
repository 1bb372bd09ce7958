"""The client's HTTP connection to a sandbox, and the error it raises when a person cannot do something."""

from typing import Any

import aiohttp

Json = dict[str, Any]


class SandboxRefusedError(AssertionError):
    """The sandbox says the person cannot do this."""


class Link:
    """The HTTP connection to a sandbox."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Connect."""
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Disconnect."""
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        return await self._ask("GET", path, params={key: str(value) for key, value in query.items()})

    async def post(self, path: str, body: Json) -> Any:
        """Do something."""
        return await self._ask("POST", path, json=body)

    async def submit(self, url: str, form: Json) -> None:
        """Send a page's form."""
        if self._session is None:
            raise RuntimeError("use the client as `async with SandboxClient(url) as tg`")
        async with self._session.post(url, data=form) as answer:
            if not answer.ok:
                raise SandboxRefusedError(f"{url}: {answer.status}")

    async def _ask(self, verb: str, path: str, **how: Any) -> Any:
        if self._session is None:
            raise RuntimeError("use the client as `async with SandboxClient(url) as tg`")
        async with self._session.request(verb, self.base_url + path, **how) as answer:
            content = await answer.json()
            if not answer.ok:
                raise SandboxRefusedError(content.get("error", f"{verb} {path}: {answer.status}"))
            return content
