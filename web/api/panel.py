"""The panel's page and its built files; without a build one page says what is missing."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from core.db.session import Database
from core.text.catalog import say
from web.api.policy import OPEN, declared
from web.pages.sheets import HEADERS, answer_page, pick_accepted

BUILT = Path(__file__).resolve().parent.parent / "static"
NONCE_MARK = "__NONCE__"
KINDS: Mapping[str, str] = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
NAME = re.compile(r"[A-Za-z0-9_.-]+")
FOR_A_YEAR = "public, max-age=31536000, immutable"  # a built file's name says what is in it


def is_built() -> bool:
    """Whether there is a panel to show."""
    return (BUILT / "index.html").is_file()


def build_router(db: Database, folder: Path = BUILT) -> APIRouter:
    """`GET /panel/…`: the same page at every address, which is its own business; `/panel/assets/…` its files."""
    router = APIRouter()

    @router.get("/panel/assets/{name}")
    @declared(OPEN)
    async def asset(name: str, request: Request) -> Response:
        """A built file, packed where the browser can unpack it."""
        path = folder / "assets" / name
        if not NAME.fullmatch(name) or path.suffix not in KINDS or not path.is_file():
            raise HTTPException(404, "no such file")
        headers = {
            "Cache-Control": FOR_A_YEAR,
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        packed = path.with_name(name + ".gz")
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            return FileResponse(
                packed, media_type=KINDS[path.suffix], headers=headers | {"Content-Encoding": "gzip"}
            )
        return FileResponse(path, media_type=KINDS[path.suffix], headers=headers)

    @router.get("/panel")
    @router.get("/panel/{address:path}")
    @declared(OPEN)
    async def page(request: Request) -> Response:
        """The panel; what stands in the address behind `/panel/` is read in the browser."""
        if not (folder / "index.html").is_file():
            return _tell_missing(db, request)
        nonce = secrets.token_urlsafe(18)
        return HTMLResponse(
            _read(folder).replace(NONCE_MARK, nonce),
            headers=HEADERS | {"Content-Security-Policy": _policy(nonce)},
        )

    return router


def _read(folder: Path) -> str:
    """The page as it is now: a build may have taken the former one's place."""
    return (folder / "index.html").read_text(encoding="utf-8")


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors https://web.telegram.org"
    )


def _tell_missing(db: Database, request: Request) -> Response:
    language = pick_accepted(request.headers.get("accept-language", ""), db.env.default_language)
    values = {
        "language": language,
        "title": say("panel-missing", language),
        "text": say("panel-missing-text", language),
    }
    return answer_page("panel_missing.html", values, 503)
