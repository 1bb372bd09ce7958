"""`GET /docs/errors`: what each refusal of the API means, at the address that its `type` names."""

from fastapi import APIRouter, Request, Response

from core.text.catalog import say
from web.api.policy import OPEN, declared
from web.api.problems import DOCS, language_of, say_problem
from web.pages.sheets import FOLDER, Markup, answer_page, fill


def build_router() -> APIRouter:
    """The page, for everybody, in the reader's language."""
    router = APIRouter()

    @router.get(DOCS.removesuffix("#"))
    @declared(OPEN)
    async def errors(request: Request) -> Response:
        """Every refusal with its status and its sentence."""
        language = language_of(request)
        title = say("errors-page", language)
        return answer_page("errors.html", {"language": language, "title": title, "lines": _list(language)})

    return router


def _list(language: str) -> Markup:
    known = (line.split(",") for line in (FOLDER / "errors.csv").read_text("utf-8").splitlines())
    lines = {
        code: fill(
            "errors_line.html",
            {"code": code, "status": status, "said": say_problem(code, int(status), language)},
        )
        for code, status in known
    }
    return Markup("".join(lines.values()))
