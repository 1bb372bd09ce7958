"""A sandbox beside the code that uses it: in a thread, with an event loop of its own."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

from sandbox.server import serve
from sandbox.state.options import Options
from sandbox.wire.errors import ControlError


@contextmanager
def running(options: Options) -> Iterator[str]:
    """Serve on a free port of this machine until the block is left; gives the address."""
    ready: Future[str] = Future()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def live() -> None:
        stop = asyncio.Event()
        ends.append((asyncio.get_running_loop(), stop))
        await serve(replace(options, port=0), ready.set_result, stop)

    def run() -> None:
        try:
            asyncio.run(live())
        except (ControlError, OSError) as error:
            ready.set_exception(error)
        finally:
            # Whoever waits for an address that will never come is let go.
            ready.cancel()

    thread = threading.Thread(target=run, name="sandbox", daemon=True)
    thread.start()
    try:
        yield ready.result()
    finally:
        for loop, stop in ends if thread.is_alive() else ():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
