"""What is answered when something is refused: one form (RFC 9457), one table from errors to statuses."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from core.errors import DomainError, ErrorKind
from core.text.catalog import list_refusal_texts, say, say_words
from core.text.refusal import InputRefused, explain
from utils.signing import random_id
from web.pages.sheets import pick_accepted

MEDIA_TYPE = "application/problem+json"
DOCS = "/docs/errors#"
STATUS: Mapping[ErrorKind, int] = {
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.INVALID: 422,
    ErrorKind.CONFLICT: 409,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.EXPIRED: 410,
}
CODES: Mapping[int, str] = {
    400: "REQUEST_WRONG",
    401: "SIGN_IN",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_WRONG",
    409: "CONFLICT",
    410: "GONE",
    412: "CHANGED_MEANWHILE",
    413: "TOO_LARGE",
    422: "INVALID",
    428: "IF_MATCH_MISSING",
    429: "TOO_MANY_REQUESTS",
    500: "BROKEN",
    503: "NOT_NOW",
}
"""What a status is called where nothing more is known."""


class FieldProblem(BaseModel):
    """One thing that is wrong with the request: where it stands (a JSON pointer), and why."""

    pointer: str
    code: str
    detail: str


class ProblemAnswer(BaseModel):
    """Why something was not done. `code` is for programs, `detail` for people, `request_id` for who looks into the log."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": f"{DOCS}NOT_FOUND",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no such thing here.",
                    "code": "NOT_FOUND",
                    "request_id": "q5ZkX0c2Vd",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] = Field(default_factory=list)


class Problem(Exception):  # noqa: N818 - it states a fact, as all our errors do
    """A request is refused at the door: a status, a code, what else the answer carries; `says` names the sentence, if not the code's."""

    def __init__(
        self,
        status: int,
        code: str | None = None,
        *,
        says: str = "",
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.status = status
        self.code = code or CODES[status]
        self.says = says or self.code
        self.more = dict(more or {})
        self.headers = dict(headers or {})
        self.errors = list(errors)
        super().__init__(self.code)


def language_of(request: Request) -> str:
    """The language the caller asks for, else the installation's."""
    return pick_accepted(
        request.headers.get("accept-language", ""), request.app.state.db.env.default_language
    )


def read_error(error: Exception, language: str) -> Problem:
    """The refusal that an error is."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, InputRefused):
        problems = [
            {"pointer": _point(path.split(".")), "code": error.code, "detail": say_words(why, language)}
            for path, why in error.list_places()
        ]
        return Problem(422, error.code, errors=problems)
    if isinstance(error, DomainError):
        return Problem(STATUS[error.kind], error.code)
    if isinstance(error, RequestValidationError):
        problems = [_describe(each, language) for each in error.errors()]
        broken = any(each["type"] == "json_invalid" for each in error.errors())
        return Problem(400 if broken else 422, errors=problems)
    if isinstance(error, HTTPException):
        return Problem(error.status_code, CODES.get(error.status_code, "REFUSED"), headers=error.headers)
    return Problem(500)


def answer_problem(problem: Problem, language: str) -> Response:
    """The answer to a refused request."""
    body = {
        "type": f"{DOCS}{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": say_problem(problem.says, problem.status, language),
        "code": problem.code,
        "request_id": random_id(),
        "errors": problem.errors,
        **problem.more,
    }
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **problem.headers}
    return Response(
        json.dumps(body, ensure_ascii=False), problem.status, headers=headers, media_type=MEDIA_TYPE
    )


def say_problem(code: str, status: int, language: str) -> str:
    """The sentence of a code; where it has none, that of its status."""
    return say(list_keys(code, status, language)[0], language)


def list_keys(code: str, status: int, language: str) -> list[str]:
    """The texts that can say a refusal, the nearest first."""
    names = (code, CODES.get(status, "REQUEST_WRONG"), "REQUEST_WRONG")
    return [key for name in names for key in list_refusal_texts(name, language)]


def _describe(problem: Mapping[str, Any], language: str) -> dict[str, str]:
    place = problem["loc"]
    pointer = _point(place[1:] if place[:1] == ("body",) else place)
    return {"pointer": pointer, "code": problem["type"], "detail": say_words(explain(problem), language)}


def _point(place: Sequence[Any]) -> str:
    """A JSON pointer to it; empty where it is nowhere in particular."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place]
    return "" if parts == [""] else "".join(f"/{part}" for part in parts)
