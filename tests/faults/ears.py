"""What payment providers tell, heard in place of the shop: kept, to be passed on when a drill says so."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from payment.base import NoticeRequest


@dataclass
class Ears:
    """Where notifications go (an address, to be followed by a provider's name), and those that have come."""

    base: str
    told: list[tuple[str, NoticeRequest]] = field(default_factory=list)

    def addresses(self, names: Iterable[str]) -> dict[str, str]:
        """Where each of these providers tells."""
        return {name: f"{self.base}/{name}" for name in names}


@asynccontextmanager
async def listening() -> AsyncIterator[Ears]:
    """A door that answers OK to everything and keeps it."""
    ears = Ears("")

    async def hear(heard: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in heard.headers.items() if key.lower() != "host"}
        ears.told.append((heard.match_info["name"], NoticeRequest(headers, await heard.read(), "127.0.0.1")))
        return web.Response(text="OK")

    app = web.Application()
    app.router.add_post("/hear/{name}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ears.base = f"http://127.0.0.1:{runner.addresses[0][1]}/hear"
    try:
        yield ears
    finally:
        await runner.cleanup()
