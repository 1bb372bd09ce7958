"""Is the process up, is it ready, how is it doing."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from core.db.session import Database
from web.metrics import render_metrics


def build_router(db: Database, is_ready: Callable[[], bool]) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is up."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """All bots receive updates, 503 until then; says which profile SCENARIO selects."""
        ready = is_ready()
        profile = db.env.profile
        about = {"scenario": profile.name, "flags": dict(profile.listed_flags())} if profile else {}
        return JSONResponse({"status": "ready" if ready else "starting", **about}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(await render_metrics(db), media_type="text/plain; version=0.0.4")

    return router
