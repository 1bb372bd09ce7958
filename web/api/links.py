"""Tracked links: where a broadcast's button leads, and that its person went there."""

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from core.db.session import Database
from core.text.catalog import say
from core.tracking import PATH
from services.messaging.responses.links import open_link
from web.api.policy import OPEN, declared
from web.pages.sheets import HEADERS, pick_accepted

# Programs that look at a link to show a preview of it, or to index it; these name themselves.
MACHINES = re.compile(
    r"bot\b|bot/|crawler|spider|preview|facebookexternalhit|whatsapp|skypeuri|vkshare|slurp|embedly",
    re.IGNORECASE,
)
AHEAD = (
    "purpose",
    "sec-purpose",
    "x-purpose",
    "x-moz",
)  # headers of a page that is fetched before anybody asks


def build_router(db: Database) -> APIRouter:
    """`GET /r/{code}`: a redirect to the address that was stored with the broadcast, and to no other; else 404."""
    router = APIRouter()

    @router.api_route(PATH + "{code}", methods=["GET", "HEAD"])
    @declared(OPEN)
    async def follow(code: str, request: Request) -> Response:
        """Where the link leads; counted if it was a person."""
        url = await open_link(db, code, counts=_is_person(request))
        if url is None:
            language = pick_accepted(request.headers.get("accept-language", ""), db.env.default_language)
            return PlainTextResponse(say("tracked-link-unknown", language), 404, HEADERS)
        return RedirectResponse(url, 302, HEADERS)

    return router


def _is_person(request: Request) -> bool:
    """Whether somebody went there; a preview, or a browser that fetches ahead, is nobody."""
    agent = request.headers.get("user-agent", "")
    ahead = any(
        word in request.headers.get(name, "").lower() for name in AHEAD for word in ("fetch", "preview")
    )
    return request.method == "GET" and not MACHINES.search(agent) and not ahead
