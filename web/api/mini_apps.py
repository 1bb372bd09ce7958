"""Our Mini App: the page a course's question is answered on, and the address all such pages answer to."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.text.catalog import say
from services.learning.app_refs import ANSWERS, PAGE
from services.learning.mini_apps import Answer, Page, find_page, take_answer
from web.api.policy import OPEN, declared
from web.pages.sheets import Markup, answer_page, fill, pick_accepted

MOST_BYTES = 65_536
TELEGRAM = "https://web.telegram.org https://*.web.telegram.org"
LOCAL = "http://127.0.0.1:* http://localhost:*"
STATUS = {
    "MINIAPP_NOT_FOUND": 404,
    "INIT_DATA_WRONG": 401,
    "INIT_DATA_OLD": 401,
    "MINIAPP_NOT_YOURS": 403,
    "MINIAPP_OVER": 409,
    "MINIAPP_NO_ANSWER": 422,
    "MINIAPP_REQUEST": 400,
}
"""Every refusal of an answer, by its code; its text is `app-` and the code."""
ANYWHERE = {  # no cookie and no session: the signed data alone says who answers
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Cache-Control": "no-store",
}


def build_router(db: Database) -> APIRouter:
    """`GET /app/{ref}`; `GET` and `POST /api/v1/miniapp/answers`."""
    router = APIRouter()

    @router.get(PAGE + "{ref}")
    @declared(OPEN)
    async def page(ref: str, request: Request) -> Response:
        """The question of a visit, in the person's language; 404 for a reference we have not made."""
        framed_by = TELEGRAM if db.env.production else f"{TELEGRAM} {LOCAL}"
        try:
            found_page = await find_page(db, ref)
        except DomainError as refusal:
            language = _accepted(request, db.env)
            notice = say(text_of(refusal.code), language)
            return answer_page(
                "app.html", _values(language, "", "missing", notice, ref), 404, framed_by=framed_by
            )
        return answer_page("app.html", _describe(found_page, ref), framed_by=framed_by)

    @router.get(ANSWERS)
    @declared(OPEN)
    async def question(ref: str, request: Request) -> Response:
        """What a page elsewhere is to ask, in the person's language; 404 for a reference we have not made."""
        try:
            found_page = await find_page(db, ref)
        except DomainError as refusal:
            message = say(text_of(refusal.code), _accepted(request, db.env))
            return JSONResponse({"error": refusal.code, "message": message}, 404, ANYWHERE)
        asked = {"type": found_page.kind, "text": found_page.question, "options": found_page.options}
        told = {
            "language": found_page.language,
            "question": asked if found_page.question is not None else None,
        }
        return JSONResponse(told, 200, ANYWHERE)

    @router.options(ANSWERS)
    @declared(OPEN)
    async def allow() -> Response:
        """A page elsewhere asks whether it may send an answer."""
        return Response(status_code=204, headers=ANYWHERE)

    @router.post(ANSWERS)
    @declared(OPEN)
    async def answer(request: Request) -> Response:
        """Take an answer: `{"ref", "initData", "answer"}`; says so, or why not (see STATUS)."""
        language = _accepted(request, db.env)
        try:
            await take_answer(db, await _read(request))
        except DomainError as refusal:
            if refusal.code not in STATUS:
                raise
            said = {"error": refusal.code, "message": say(text_of(refusal.code), language)}
            return JSONResponse(said, STATUS[refusal.code], ANYWHERE)
        return JSONResponse({"ok": True, "message": say("app-sent", language)}, 200, ANYWHERE)

    return router


def text_of(code: str) -> str:
    """The key of what is said to a person whose answer was refused."""
    return f"app-{code.lower().replace('_', '-')}"


def _accepted(request: Request, env: Environment) -> str:
    return pick_accepted(request.headers.get("accept-language", ""), env.default_language)


def _describe(page: Page, ref: str) -> dict[str, str]:
    language = page.language
    if page.question is None:
        notice = say(text_of("MINIAPP_OVER"), language)
        return _values(language, page.course, "over", notice, ref)
    fields = _options(page) if page.options else _free(language)
    values = _values(language, page.course, "asks", "", ref)
    shown = {"question": page.question, "fields": fields, "send": say("app-send", language)}
    return values | {"form": fill("app_form.html", shown)}


def _values(language: str, course: str, state: str, notice: str, ref: str) -> dict[str, str]:
    keys = ("sending", "sent", "offline", "empty", "outside")
    words = {key: say(f"app-{key}", language) for key in keys}
    return {
        "language": language,
        "title": course or say("app-title", language),
        "state": state,
        "notice": notice,
        "ref": ref,
        "words": json.dumps(words, ensure_ascii=False),
        "answers": ANSWERS,
        "form": Markup(""),
    }


def _options(page: Page) -> Markup:
    rows = (
        fill("app_option.html", {"value": option, "id": f"option{n}"})
        for n, option in enumerate(page.options)
    )
    return Markup("".join(rows))


def _free(language: str) -> Markup:
    return fill("app_text.html", {"label": say("app-label", language)})


async def _read(request: Request) -> Answer:
    """The body; raises MINIAPP_REQUEST for anything but the three texts."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _wrong("too large")
    try:
        content: Any = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise _wrong("no JSON") from None
    names = ("ref", "initData", "answer")
    if not isinstance(content, dict) or not all(isinstance(content.get(name), str) for name in names):
        raise _wrong("ref, initData and answer are texts")
    return Answer(*(_storable(content[name]) for name in names))


def _storable(text: str) -> str:
    """Without what no database stores: zero bytes and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _wrong(why: str) -> DomainError:
    return DomainError(ErrorKind.INVALID, "MINIAPP_REQUEST", why)
