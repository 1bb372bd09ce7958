"""Is the process up, is it ready, how is it doing."""

import ipaddress
from collections.abc import Callable

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from core.db.session import Database
from utils.signing import same
from web.api.policy import INSIDE, OPEN, declared
from web.metrics import render_metrics

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def build_router(
    db: Database, is_ready: Callable[[], bool], can_write: Callable[[], bool], token: str
) -> APIRouter:
    """`/healthz` for everybody; `/readyz`, `/metrics` for who has the token, and for this machine.

    Where people reach the pages at a public address there is a proxy, perhaps on this very machine and perhaps one that
    does not say for whom it asks: there the token alone opens them.
    """
    router = APIRouter()
    insiders = [Depends(_only_insiders(token, is_public=db.env.public_url.startswith("https://")))]

    @router.get("/healthz")
    @declared(OPEN)
    async def healthz() -> dict[str, str]:
        """The process is up."""
        return {"status": "ok"}

    @router.get("/readyz", dependencies=insiders)
    @declared(INSIDE)
    async def readyz() -> JSONResponse:
        """All bots receive updates and the database takes what is written, 503 until then; says the profile."""
        status = "ready" if is_ready() else "starting"
        if not can_write():
            status = "the database cannot be written"
        profile = db.env.profile
        about = {"scenario": profile.name, "flags": dict(profile.listed_flags())} if profile else {}
        return JSONResponse({"status": status, **about}, 200 if status == "ready" else 503)

    @router.get("/metrics", dependencies=insiders)
    @declared(INSIDE)
    async def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(await render_metrics(db), media_type="text/plain; version=0.0.4")

    return router


def _only_insiders(token: str, *, is_public: bool) -> Callable[[Request], None]:
    where = "" if is_public else "to this very machine, and "

    def look(request: Request) -> None:
        secret = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not ((_is_local(request) and not is_public) or (token and same(secret, token))):
            raise HTTPException(403, f"open {where}with METRICS_TOKEN as a bearer token")

    return look


def _is_local(request: Request) -> bool:
    """Whether this machine asks for itself; what a proxy on it passes on comes from elsewhere."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
