"""A command sees the time a sandbox has moved, as the running process does."""

from datetime import timedelta

from aiohttp import web
from aiohttp.test_utils import TestServer

from app.boot.machine.moved_clock import read_clock
from core.clock import SystemClock

DAY = timedelta(days=1)


async def test_a_command_reads_the_moved_clock() -> None:
    async def tell(_: web.Request) -> web.Response:
        return web.json_response({"offset": DAY.total_seconds(), "version": 1})

    moved = web.Application()
    moved.router.add_get("/clock", tell)
    clock = SystemClock()
    async with TestServer(moved, host="127.0.0.1") as server:
        url = str(server.make_url("/clock"))
        await read_clock(url, clock)
        assert clock.offset == DAY
    await read_clock(url, clock)
    assert clock.offset == DAY  # nobody answers: it stays as it was
