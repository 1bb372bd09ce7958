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
from web.api.policy import OPEN, declared
from web.pages.sheets import HEADERS, Markup, answer_page, fill, pick_accepted

NOTHING = Markup("")
GONE, MISSING = 410, 404
SIGNS = {"valid": "✓", "revoked": "✕", "missing": "?"}


def build_router(db: Database) -> APIRouter:
    """`GET /c/{number}` and `GET /c/{number}.pdf`; what is revoked is shown so from that moment on."""
    router = APIRouter()

    @router.get(PAGE + "{number}.pdf")
    @declared(OPEN)
    async def file(number: str, request: Request) -> Response:
        """The document of a certificate that counts."""
        certificate = await find_public(db, number)
        if certificate is None or certificate.revoked_at is not None or certificate.pdf is None:
            return _show(db, certificate, request)
        try:
            path = await asyncio.to_thread(find_file, db.env, certificate.pdf)
        except DomainError:
            return _show(db, None, request)
        return FileResponse(
            path, media_type="application/pdf", filename=f"{certificate.number}.pdf", headers=HEADERS
        )

    @router.get(PAGE + "{number}")
    @declared(OPEN)
    async def page(number: str, request: Request) -> Response:
        """What a certificate says, and whether it counts; 404 for a number nobody has."""
        return _show(db, await find_public(db, number), request, whole=True)

    return router


def _show(
    db: Database, certificate: Certificate | None, request: Request, *, whole: bool = False
) -> Response:
    """The page; `whole`: it is the page that was asked for, not the file of a certificate that has none."""
    language = pick_accepted(request.headers.get("accept-language", ""), db.env.default_language)
    state = "missing" if certificate is None else "revoked" if certificate.revoked_at else "valid"
    values = {
        "language": language,
        "state": state,
        "sign": SIGNS[state],
        "title": say(f"check-{state}", language),
        "text": _text(certificate, state, language),
        "facts": _facts(certificate, language) if certificate else NOTHING,
        "download": _download(certificate, language) if certificate and state == "valid" else NOTHING,
    }
    status = {"missing": MISSING, "valid": 200 if whole else MISSING, "revoked": 200 if whole else GONE}
    return answer_page("certificate.html", values, status[state])


def _text(certificate: Certificate | None, state: str, language: str) -> str:
    if certificate is not None and certificate.reason:
        return say("check-reason", language, {"reason": certificate.reason}, escape=False)
    return say(f"check-{state}-text", language)


def _facts(certificate: Certificate, language: str) -> Markup:
    shown = {"name": certificate.name, "course": certificate.course, "number": certificate.number}
    labels = {
        f"{name}_label": say(f"check-{name}", language) for name in ("name", "course", "date", "number")
    }
    return fill("certificate_facts.html", {**shown, **labels, "date": date_of(certificate, language)})


def _download(certificate: Certificate, language: str) -> Markup:
    if certificate.pdf is None:
        return NOTHING
    values = {"address": f"{PAGE}{certificate.number}.pdf", "label": say("check-download", language)}
    return fill("certificate_download.html", values)
