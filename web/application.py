"""Puts the routers together."""

from collections.abc import Callable

from fastapi import FastAPI

from core.db.session import Database
from web.api import certificates, health, mini_apps, pages
from web.hooks import telegram


def build_application(db: Database, is_ready: Callable[[], bool]) -> FastAPI:
    """The HTTP application of one process."""
    application = FastAPI(title="Tandem", openapi_url=None)
    application.include_router(health.build_router(db, is_ready))
    application.include_router(pages.build_router())
    application.include_router(certificates.build_router(db))
    application.include_router(mini_apps.build_router(db))
    application.include_router(telegram.build_router(db))
    return application
