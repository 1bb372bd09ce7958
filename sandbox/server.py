"""The web application: Bot API, control API and chat page in one process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from sandbox.actors import subscribing
from sandbox.chats import polls
from sandbox.control import acting, chats, drills, groups, page, people, tour
from sandbox.methods import MODULES
from sandbox.protocol import api
from sandbox.protocol.webhooks import Courier
from sandbox.providers import control, pages
from sandbox.providers.registry import STAND_INS
from sandbox.state import snapshot
from sandbox.state.desk import DESK
from sandbox.state.options import Options
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

STOP_SECONDS = 1.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(options: Options | None = None) -> web.Application:
    """Build a sandbox; the state file is read here, so a broken one fails before listening."""
    if not MODULES:
        raise RuntimeError("there are no Bot API methods")
    world = World(options or Options())
    snapshot.load(world)
    polls.watch_all(world)
    subscribing.watch_all(world)
    for token, username in world.options.bots:
        if token not in world.tokens:
            world.add_bot(token, username, username)
    app = web.Application(client_max_size=api.MAX_BODY, middlewares=[_refuse_nonsense])
    app[api.WORLD] = world
    app[DESK] = world.desk
    for module in (people, chats, acting, groups, drills, tour, page, pages, control):
        app.add_routes(module.routes)
    for stand_in in STAND_INS.values():
        app.add_routes(stand_in.routes)
        world.desk.tellers[stand_in.name] = stand_in.tell
    app.router.add_static("/static", page.STATIC)
    app.router.add_route("*", "/bot{token}/{method}", api.handle_call)
    app.router.add_get("/file/bot{token}/{path:.+}", api.handle_file)
    app.router.add_route("*", "/{rest:.*}", api.handle_unknown)
    app.cleanup_ctx.append(_keep_running)
    app.on_shutdown.append(_let_go)
    return app


@web.middleware
async def _refuse_nonsense(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": str(error)}, status=error.status)
    except (KeyError, TypeError, ValueError) as error:
        if request.path.startswith("/sandbox"):
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        raise


async def _let_go(app: web.Application) -> None:
    app[api.WORLD].hub.stop()


async def _keep_running(app: web.Application) -> AsyncIterator[None]:
    world = app[api.WORLD]
    lives = (Courier(world).run(), snapshot.keep(world), world.alarms.run())
    tasks = [asyncio.create_task(life) for life in lives]
    for deal in world.desk.deals.values():
        if deal.due:
            world.desk.pay_later(deal)
    yield
    tasks += world.desk.slow
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    snapshot.save(world)


async def serve(options: Options, announce: Callable[[str], None], stop: asyncio.Event) -> None:
    """Listen until `stop` is set; `announce` gets the real address."""
    app = build_app(options)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    announce(address(runner))
    try:
        await stop.wait()
    finally:
        await runner.cleanup()


def address(runner: web.AppRunner) -> str:
    """Return the address a started runner listens on."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
