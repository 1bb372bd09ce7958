"""How a room declares its routes, and what happens around each of them.

A handler takes `call: Call`, what the path, the query and the body hold, and returns a model. Everything else is done
here: the checks before the body is read, the unit of work, the stored answer of a repeated request, the record of the
deed, the etag, and the one form of refusals.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from loguru import logger
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from core.db.session import UnitOfWork, until_won
from core.errors import DomainError
from core.public_ids import KINDS
from services.tenancy.sign_in.callers import hold_row
from web.api.calls import BASE, ApiCall, etag_of
from web.api.checks import SAFE, check
from web.api.ids import ids_of_request
from web.api.policy import Auth, Policy, Scope, declare, policy_of
from web.api.problems import CODES, Problem, ProblemAnswer, answer_problem, language_of, read_error
from web.api.repeats import Repeat, find_repeat
from web.bodies import bound

MOST_BYTES = 2**22
"""Of a body: no draft and no list that a route takes is as large."""
ACCOUNT = f"{BASE}/accounts/{{account}}"
REFUSALS = (Problem, DomainError, RequestValidationError, HTTPException)
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class ApiRoute(APIRoute):
    """A route whose checks come before FastAPI reads the body."""

    def get_route_handler(self) -> Handle:
        """Check, handle, and answer every refusal in the one form."""
        handle, policy = super().get_route_handler(), policy_of(self.endpoint)
        known = _parameters(self)

        async def checked(request: Request) -> Response:
            call: ApiCall | None = None
            try:
                call = await check(request, policy, self.operation_id or "", known)
                request.state.call = call
                if call.ids is not None:
                    ids_of_request.set(call.ids)
                most = policy.upload or MOST_BYTES
                call.request = bound(request, most)  # whoever looks at the body again reads what has come
                response = await handle(call.request)
            except REFUSALS as refusal:
                language = language_of(request)
                response = answer_problem(read_error(refusal, language), language)
            except Exception as error:  # loop edge: the other requests go on
                logger.opt(exception=error).error("{} failed", self.operation_id)
                language = language_of(request)
                response = answer_problem(Problem(500), language)
            return _complete(response, call)

        return checked


def _parameters(route: APIRoute) -> frozenset[str]:
    """The names its query may have, also those that what it depends on asks for."""
    waiting, names = [route.dependant], set[str]()
    while waiting:
        dependant = waiting.pop()
        names |= {field.alias for field in dependant.query_params}
        waiting += dependant.dependencies
    return frozenset(names)


def _complete(response: Response, call: ApiCall | None) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if call is not None:
        for name, value in call.headers.items():
            response.headers.setdefault(name, value)
        for cookie in call.cookies:
            response.headers.append("Set-Cookie", cookie)
    return response


class Room:
    """The routes of one room, below an account unless `prefix` says otherwise."""

    def __init__(self, name: str, prefix: str = ACCOUNT) -> None:
        self.prefix = prefix
        self.router = APIRouter(route_class=ApiRoute, tags=[name])

    def get(self, path: str, policy: Policy, gives: str = "") -> Callable[[Handler], Handler]:
        """Something is looked at; `gives` is the media type of what is a file."""
        return self._route("GET", path, policy, 200, gives=gives)

    def post(
        self, path: str, policy: Policy, status: int = 200, takes: str = ""
    ) -> Callable[[Handler], Handler]:
        """Something is made (`status` 201), begun (202) or moved (200); `takes` is the media type of a body that is a file."""
        return self._route("POST", path, policy, status, takes=takes)

    def patch(self, path: str, policy: Policy) -> Callable[[Handler], Handler]:
        """Some fields are changed."""
        return self._route("PATCH", path, policy, 200)

    def put(self, path: str, policy: Policy) -> Callable[[Handler], Handler]:
        """Something is as it is given, whatever it was."""
        return self._route("PUT", path, policy, 200)

    def delete(self, path: str, policy: Policy) -> Callable[[Handler], Handler]:
        """Something is there no more."""
        return self._route("DELETE", path, policy, 204)

    def _route(
        self, method: str, path: str, policy: Policy, status: int, *, gives: str = "", takes: str = ""
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            if method == "GET" and _gives_file(handler) != bool(gives):
                raise TypeError(f"{handler.__qualname__}: a file has a media type, and nothing else has one")
            endpoint = _answering(handler, method, policy, status)
            declare(endpoint, policy)
            self.router.add_api_route(
                self.prefix + path,
                endpoint,
                methods=[method],
                operation_id=name_operation(handler.__name__),
                status_code=status,
                responses=_document(method, path, policy) | ({status: _file(gives)} if gives else {}),
                response_class=Response if gives else JSONResponse,
                openapi_extra={"requestBody": {**_file(takes), "required": True}} if takes else None,
                response_model=_find_model(handler, status),
                summary=(handler.__doc__ or "").strip().splitlines()[0].rstrip("."),
            )
            return handler

        return add


def _find_model(handler: Callable[..., Awaitable[Any]], status: int) -> Any:
    """The model a handler answers with; None for one that answers with nothing, or with a file."""
    model = inspect.signature(handler).return_annotation
    return None if status == HTTPStatus.NO_CONTENT or _gives_file(handler) else model


def _gives_file(handler: Callable[..., Awaitable[Any]]) -> bool:
    model = inspect.signature(handler).return_annotation
    return inspect.isclass(model) and issubclass(model, Response)


def _file(media_type: str) -> dict[str, Any]:
    is_read = media_type == "application/json"
    schema = {"type": "object"} if is_read else {"type": "string", "format": "binary"}
    content = {media_type: {"schema": schema}}
    return {"description": "A file.", "content": content}


def name_operation(handler: str) -> str:
    """`list_contacts` is called `listContacts`."""
    first, *others = handler.split("_")
    return first + "".join(word.capitalize() for word in others)


def _document(method: str, path: str, policy: Policy) -> dict[int | str, dict[str, Any]]:
    """The refusals that each caller has to reckon with."""
    statuses = [400, 422, 429]
    if policy.auth is Auth.SESSION:
        statuses += [401, 403] if method not in SAFE or policy.scope is Scope.ACCOUNT else [401]
    if policy.scope is Scope.ACCOUNT or "{" in path:
        statuses.append(404)
    if method not in SAFE:
        statuses.append(413)
    if method not in SAFE and not policy.looks:
        statuses.append(409)
    if policy.if_match:
        statuses += [412, 428]
    return {status: {"model": ProblemAnswer, "description": CODES[status]} for status in sorted(statuses)}


def _answering(handler: Callable[..., Awaitable[Any]], method: str, policy: Policy, status: int) -> Any:
    """The handler with all that happens around it."""
    if "call" not in inspect.signature(handler).parameters:
        raise TypeError(f"{handler.__qualname__} takes no `call`")
    looks = method in SAFE or policy.looks

    @functools.wraps(handler)
    async def endpoint(**values: Any) -> Response:
        call: ApiCall = values["call"]
        work = functools.partial(handler, **values)
        if policy.apart or policy.stream:
            return _render(call, await work(), status)
        if looks:
            return await _look(call, work, status)
        return await until_won(lambda: _change(call, work, status))

    return endpoint


async def _look(call: ApiCall, work: Callable[[], Awaitable[Any]], status: int) -> Response:
    async with call.read() as uow, _within(call, uow):
        response = _render(call, await work(), status)
    etag = response.headers.get("etag")
    if etag is not None and etag in call.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": etag})
    return response


async def _change(call: ApiCall, work: Callable[[], Awaitable[Any]], status: int) -> Response:
    """One unit: what was answered already, the deed, its record, and what is answered now."""
    if call.policy.if_match and "if-match" not in call.request.headers:
        raise Problem(428)
    async with call.write() as uow, _within(call, uow):
        repeat = await find_repeat(call, uow)
        if isinstance(repeat, Response):
            return repeat
        await _hold_rows(call, uow)
        response = _render(call, await work(), status)
        call.finish()
        call.record(uow)
        if isinstance(repeat, Repeat):
            await repeat.keep(uow, response)
    return response


class _within(AsyncExitStack):  # noqa: N801 - it stands in a `with`
    """A call has this unit until the end of the block."""

    def __init__(self, call: ApiCall, uow: UnitOfWork) -> None:
        super().__init__()
        call.enter(uow)
        self.callback(call.enter, None)


async def _hold_rows(call: ApiCall, uow: UnitOfWork) -> None:
    """What the path names is there still, and stays as it is until this unit ends."""
    for name, number in call.row_ids.items():
        if not await hold_row(uow, KINDS[name], number):
            raise Problem(404)


def _render(call: ApiCall, answer: Any, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status_code=204)
    if not isinstance(answer, BaseModel):
        raise TypeError(f"{call.operation} answers {type(answer).__name__}, which is no model")
    headers: Mapping[str, str] = {"ETag": etag_of(etag)} if (etag := getattr(answer, "etag", None)) else {}
    return Response(answer.model_dump_json(), status, headers=headers, media_type="application/json")
