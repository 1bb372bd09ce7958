"""One process from start to stop: what is opened in which order, and closed in the other."""

import asyncio
import gc
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from enum import StrEnum
from types import FrameType
from typing import Any

import uvicorn
from loguru import logger

from app.boot.bots import ask_telegram, connect_bots
from app.boot.machine.moved_clock import follow_clock
from app.boot.process import Process
from app.boot.profiles import tell_profile
from app.boot.providers import tell_provider
from app.boot.settings import Settings
from app.doctor.groups import ask_about_groups
from app.serve import wiring
from app.serve.first_owner import print_codes
from app.serve.rehearsals import Rehearsals
from app.serve.scheduler import build_watch
from app.serve.workers import Workers
from bots.runtime.menus import MenuKeeper
from bots.runtime.pool import READY
from services.delivery import standstill
from services.delivery.standstill import find_standstill
from services.tenancy.settings import load_facts
from utils import faultpoints
from web.api.outside import Outside
from web.application import build_application
from web.connections import guard

STOP_SECONDS = 11.5
WEB_SECONDS = 5  # for requests that are being answered
IDLE_SECONDS = 30.0  # the pool rings
STANDSTILL_SECONDS = 2.0  # another process ends it, which rings no bell here
DESCRIPTORS = 2048
BACKLOG = 64  # taken at once, before any of them can be closed


class Server(uvicorn.Server):
    """Uvicorn that leaves the signals to us, and calls `on_stop` before it waits for what is still being answered."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and wait for those that are being answered."""
        self._on_stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stop the process as a whole, in its own order."""
        yield


class Part(StrEnum):
    """What a process of an installation does."""

    ALL = "run"
    WEB = "web"
    WORKER = "worker"


async def run(
    settings: Settings, on_ready: Callable[[], None], on_stop: Callable[[], None], part: Part = Part.ALL
) -> None:
    """Serve until SIGTERM or SIGINT, a second signal ends it at once.

    `on_ready` is called when all bots listen, `on_stop` with the signal, also while something keeps the loop.
    """
    faultpoints.arm(settings.fault_at)
    process = Process(settings, serves_bots=part is not Part.WEB)
    try:
        with _stopped_by_signals(on_stop) as stop:
            await load_facts(process.db)
            await _serve(process, stop, on_ready, part)
    finally:
        await process.close()


async def _serve(process: Process, stop: asyncio.Event, on_ready: Callable[[], None], part: Part) -> None:
    async with AsyncExitStack() as opened:
        server = None if part is Part.WORKER else await opened.enter_async_context(_web(process))
        await opened.enter_async_context(_clock(process))
        work = _watch if part is Part.WEB else _work
        working = asyncio.create_task(work(process, stop, on_ready))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        waiting.cancel()
        if server is not None:
            server.should_exit = True
        async with asyncio.timeout(STOP_SECONDS):
            await working


async def _watch(process: Process, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
    """Answer over HTTP alone, by what others change about accounts; workers do what is written down."""
    scheduler = build_watch(process.db)
    scheduler.start()
    gc.freeze()
    logger.bind(event="process.ready").info("ready; bots are served by `tandem worker`")
    on_ready()
    await stop.wait()
    scheduler.shutdown(wait=False)


async def _work(process: Process, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
    """Connect the bots, then handle, tick and send until told to stop."""
    if not await _go_on(process, stop) or not await _connect(process, stop):
        return
    tell_profile(process.db.env, process.settings)
    tell_provider(process.settings)
    work = Workers(process, wiring.build_dispatchers(), wiring.build_lanes(process))
    process.pool = work.pool
    await work.start()
    gc.freeze()
    beside = [
        asyncio.create_task(_announce(process, on_ready)),
        asyncio.create_task(print_codes(process)),
    ]
    await stop.wait()
    for task in beside:
        task.cancel()
    await work.stop()


async def _announce(process: Process, on_ready: Callable[[], None]) -> None:
    while not process.is_ready():
        await process.db.bell.wait(READY, IDLE_SECONDS)
    logger.bind(event="process.ready").info("ready")
    on_ready()
    await ask_about_groups(process)
    await MenuKeeper(process.db, process.telegram, process.list_owned, wiring.list_admin_commands()).run()


async def _go_on(process: Process, stop: asyncio.Event) -> bool:
    """Wait while the installation stands still, with the panel alone; False if stopped meanwhile."""
    is_told = False
    while (still := await find_standstill(process.db)) is not None:
        if not is_told:
            logger.bind(event="process.standstill").warning(
                "nothing is received, sent or charged: {}; `tandem resume-sending` lets the bots work",
                still.reason,
            )
            is_told = True
        await _unless_stopped(process.db.bell.wait(standstill.TOPIC, STANDSTILL_SECONDS), stop)
        if stop.is_set():
            return False
    return True


async def _connect(process: Process, stop: asyncio.Event) -> bool:
    """Store the environment's bots, waiting for Telegram if need be; False if stopped meanwhile."""
    return await _unless_stopped(
        connect_bots(process.db, process.keys, process.telegram, process.settings), stop
    )


async def _unless_stopped(work: Coroutine[Any, Any, object], stop: asyncio.Event) -> bool:
    """Do it to its end; False if the process is stopped meanwhile, and it is torn off."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        return False
    stopping.cancel()
    await working
    return True


@asynccontextmanager
async def _web(process: Process) -> AsyncIterator[Server]:
    settings = process.settings
    token = settings.metrics_token.get_secret_value()
    stage = Rehearsals(settings.data_dir)
    application = build_application(
        process.db,
        process.is_ready,
        process.can_write,
        token,
        process.providers,
        settings.trusted_proxies,
        process.others.find,
        Outside(ask_telegram(process.telegram), process.others.surround, stage),
    )
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # whoever connects is who asks
        http=guard(_raise_descriptors() // 2),
        backlog=BACKLOG,
        timeout_graceful_shutdown=WEB_SECONDS,
    )
    server = Server(config, application.state.watch.close)
    listening = _listen(settings)
    logger.bind(event="web.listening").info("http://{}:{}", *listening.getsockname()[:2])
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield server
    finally:
        server.should_exit = True
        await serving
        await application.state.watch.end()
        await stage.close()


@asynccontextmanager
async def _clock(process: Process) -> AsyncIterator[None]:
    if not process.settings.clock_url:
        yield
        return
    following = asyncio.create_task(follow_clock(process.settings.clock_url, process.clock))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


def _raise_descriptors() -> int:
    """Let the process open as many files as it may, and say how many; half of them are kept from strangers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(min(soft, DESCRIPTORS), wanted)


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.http_host, settings.http_port))
    except OSError as error:
        address = f"{settings.http_host}:{settings.http_port}"
        raise OSError(f"cannot listen on {address} ({error.strerror}): set another HTTP_PORT") from error


@contextmanager
def _stopped_by_signals(on_stop: Callable[[], None]) -> Iterator[asyncio.Event]:
    """The event the first signal sets; a handler of the system's own is called while something keeps the loop, too."""
    stop, loop, told = asyncio.Event(), asyncio.get_running_loop(), threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        if told.is_set():
            os._exit(130)  # a second signal: the same as a kill
        told.set()
        on_stop()
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
