"""The page where everybody can check a certificate, and its file."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from core.db.session import Database
from core.errors import DomainError
from core.text.catalog import say
from services.content.messages.media import find_file
from services.learning.certificates.certificates import PAGE, date_of, find_public
from services.learning.schemas import Certificate
from web.pages.sheets import HEADERS, Markup, answer_page, fill, pick_accepted

NOTHING = Markup("")
GONE, MISSING = 410, 404
SIGNS = {"valid": "✓", "revoked": "✕", "missing": "?"}


def build_router(db: Database) -> APIRouter:
    """`GET /c/{number}` and `GET /c/{number}.pdf`; what is revoked is shown so from that moment on."""
    router = APIRouter()

    @router.get(PAGE + "{number}.pdf")
    async def file(number: str, request: Request) -> Response:
        """The document of a certificate that counts."""
        found = await find_public(db, number)
        if found is None or found.revoked_at is not None or found.pdf is None:
            return _show(db, found, request)
        try:
            path = await asyncio.to_thread(find_file, db.env, found.pdf)
        except DomainError:
            return _show(db, None, request)
        return FileResponse(
            path, media_type="application/pdf", filename=f"{found.number}.pdf", headers=HEADERS
        )

    @router.get(PAGE + "{number}")
    async def page(number: str, request: Request) -> Response:
        """What a certificate says, and whether it counts; 404 for a number nobody has."""
        return _show(db, await find_public(db, number), request, whole=True)

    return router


def _show(db: Database, found: Certificate | None, request: Request, *, whole: bool = False) -> Response:
    """The page; `whole`: it is the page that was asked for, not the file of a certificate that has none."""
    language = pick_accepted(request.headers.get("accept-language", ""), db.env.default_language)
    state = "missing" if found is None else "revoked" if found.revoked_at else "valid"
    values = {
        "language": language,
        "state": state,
        "sign": SIGNS[state],
        "title": say(f"check-{state}", language),
        "text": _text(found, state, language),
        "facts": _facts(found, language) if found else NOTHING,
        "download": _download(found, language) if found and state == "valid" else NOTHING,
    }
    status = {"missing": MISSING, "valid": 200 if whole else MISSING, "revoked": 200 if whole else GONE}
    return answer_page("certificate.html", values, status[state])


def _text(found: Certificate | None, state: str, language: str) -> str:
    if found is not None and found.reason:
        return say("check-reason", language, {"reason": found.reason}, escape=False)
    return say(f"check-{state}-text", language)


def _facts(found: Certificate, language: str) -> Markup:
    shown = {"name": found.name, "course": found.course, "number": found.number}
    labels = {
        f"{name}_label": say(f"check-{name}", language) for name in ("name", "course", "date", "number")
    }
    return fill("certificate_facts.html", {**shown, **labels, "date": date_of(found, language)})


def _download(found: Certificate, language: str) -> Markup:
    if found.pdf is None:
        return NOTHING
    values = {"address": f"{PAGE}{found.number}.pdf", "label": say("check-download", language)}
    return fill("certificate_download.html", values)
