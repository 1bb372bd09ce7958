"""Another system that is told what happens: a real server of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Receiver:
    """A real server that keeps what it is told, and answers with `statuses` in turn, then with 200."""

    url: str = ""
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    elsewhere: str = "/elsewhere"  # where a redirect leads

    async def take(self, request: web.Request) -> web.Response:
        """Keep a call and answer it."""
        self.heard.append((dict(request.headers), await request.text()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": self.elsewhere})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """One that listens until the end of the block."""
    found = Receiver()
    app = web.Application()
    app.router.add_post("/{tail:.*}", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/in"
    yield found
    await runner.cleanup()
