"""Puts the routers together."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from core.db.session import Database
from payment.base import PaymentProvider
from services.commerce.payments.calls import FindOther, find_nobody
from web.api import certificates, health, links, mini_apps, pages
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
) -> FastAPI:
    """The HTTP application of one process; `metrics_token` opens its figures to other machines.

    `providers` are the first account's, `find_other` finds those of others.
    """
    application = FastAPI(title="Tandem", openapi_url=None)
    application.include_router(health.build_router(db, is_ready, can_write, metrics_token))
    application.include_router(pages.build_router())
    application.include_router(certificates.build_router(db))
    application.include_router(mini_apps.build_router(db))
    application.include_router(links.build_router(db))
    application.include_router(telegram.build_router(db))
    application.include_router(
        payments.build_router(db, providers or {}, Proxies(trusted_proxies), find_other)
    )
    application.add_exception_handler(ClientDisconnect, _nobody_listens)
    return application


def _nobody_listens(_: Request, __: Exception) -> Response:
    """Who asked has gone in the middle of the question: that is no trouble of ours."""
    return Response(status_code=400)
