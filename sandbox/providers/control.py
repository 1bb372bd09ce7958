"""Control of the stand-ins: where they send notifications, and the trouble that is planned for them."""

from dataclasses import asdict

from aiohttp import web

from sandbox.control.requests import answer, body_of
from sandbox.state.desk import DESK, Trouble
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()


@routes.get("/sandbox/providers")
async def show_desk(request: web.Request) -> web.Response:
    """List payments, refunds and requests."""
    desk = request.app[DESK]
    deals = [asdict(deal) for deal in desk.deals.values()]
    return answer({"deals": deals, "refunds": list(desk.refunds.values()), "requests": desk.requests})


@routes.post("/sandbox/providers")
async def set_desk(request: web.Request) -> web.Response:
    """Set `notify` (an address per provider), `accounts` (secret per shop), `slow_seconds`, `troubles`, each if given."""
    desk, wish = request.app[DESK], await body_of(request)
    desk.notify_urls.update(wish.get("notify", {}))
    desk.accounts.update(wish.get("accounts", {}))
    desk.slow_seconds = float(wish.get("slow_seconds", desk.slow_seconds))
    desk.changed()
    if "troubles" in wish:
        try:
            desk.troubles = [Trouble(**trouble) for trouble in wish["troubles"]]
        except TypeError as error:
            raise ControlError(f"no such trouble: {error}") from error
    return answer({"troubles": [asdict(trouble) for trouble in desk.troubles]})
