"""Styles and scripts of the pages for people."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from web.api.policy import OPEN, declared
from web.pages.sheets import FOLDER, HEADERS

FILES = {
    "certificate.css": "text/css",
    "errors.css": "text/css",
    "app.css": "text/css",
    "app.js": "text/javascript",
}


def build_router() -> APIRouter:
    """`GET /pages/{name}`: these files and no others."""
    router = APIRouter()

    @router.get("/pages/{name}")
    @declared(OPEN)
    async def file(name: str) -> FileResponse:
        """One file; a browser asks again whether it has changed."""
        if name not in FILES:
            raise HTTPException(404, "no such file")
        return FileResponse(
            FOLDER / name, media_type=FILES[name], headers=HEADERS | {"Cache-Control": "no-cache"}
        )

    return router
