"""Puts the routers together."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from core.db.session import Database
from payment.base import PaymentProvider
from services.commerce.payments.calls import FindOther, find_nobody
from web.api import certificates, docs, health, links, mail, mini_apps, page_files, panel, rooms
from web.api.calls import BASE
from web.api.outside import NOBODY, Outside
from web.api.policy import policy_of
from web.api.problems import answer_problem, language_of, read_error
from web.api.throttle import Throttle
from web.api.watching import Watch
from web.hooks import payments, telegram
from web.peers import Proxies


def build_application(
    db: Database,
    is_ready: Callable[[], bool],
    can_write: Callable[[], bool] = lambda: True,
    metrics_token: str = "",
    providers: Mapping[str, PaymentProvider] | None = None,
    trusted_proxies: Sequence[str] = (),
    find_other: FindOther = find_nobody,
    outside: Outside = NOBODY,
) -> FastAPI:
    """The HTTP application of one process; `metrics_token` opens its figures to other machines.

    `providers` are the environment's, `find_other` finds those that accounts have set, `outside` is asked by routes that
    wait for it. LookupError for a route without a policy.
    """
    application = FastAPI(title="Tandem", openapi_url=None)
    proxies = Proxies(trusted_proxies)
    application.state.db, application.state.proxies = db, proxies
    application.state.throttle, application.state.description = Throttle(), None
    application.state.outside = outside
    application.state.watch, application.state.streams = Watch(db), Counter()
    application.include_router(health.build_router(db, is_ready, can_write, metrics_token))
    application.include_router(page_files.build_router())
    application.include_router(docs.build_router())
    application.include_router(certificates.build_router(db))
    application.include_router(mini_apps.build_router(db))
    application.include_router(links.build_router(db))
    application.include_router(mail.build_router(db))
    application.include_router(panel.build_router(db))
    application.include_router(telegram.build_router(db))
    application.include_router(payments.build_router(db, providers or {}, proxies, find_other))
    for room in rooms.ROOMS:  # an included router is read anew for each application
        application.router.routes.extend(room.router.routes)
    application.add_exception_handler(ClientDisconnect, _nobody_listens)
    application.add_exception_handler(HTTPException, _refuse)
    require_policies(application)
    return application


def require_policies(application: FastAPI) -> None:
    """Raise LookupError for a route that does not say who may call it."""
    for route in iter_route_contexts(application.routes):
        if route.endpoint is None:
            raise LookupError(f"{route.path} is no route of ours")
        policy_of(route.endpoint)


def _nobody_listens(_: Request, __: Exception) -> Response:
    """Who asked has gone in the middle of the question: that is no trouble of ours."""
    return Response(status_code=400)


async def _refuse(request: Request, error: Exception) -> Response:
    """What no route of the API has answered: its own form below `/api/`, a plain one elsewhere."""
    if not request.url.path.startswith(BASE) and isinstance(error, HTTPException):
        return await http_exception_handler(request, error)
    language = language_of(request)
    return answer_problem(read_error(error, language), language)
