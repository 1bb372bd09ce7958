"""No credential of any provider stands in a log, the database, a message or the metrics, or reaches another host."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from loguru import logger
from pydantic import SecretStr

from bots.runtime.sending.saying import show_words
from core.clock import SystemClock
from core.db.base import metadata
from core.db.session import Database
from core.money import Money
from core.pay_ways import PayWay
from payment.base import Buyer, ForgedNoticeError, NoticeRequest, PaymentProvider, RefundRequest
from payment.registry import PROVIDERS, build_provider
from payment.spec import Surroundings
from sandbox.providers.registry import STAND_INS
from services.commerce.payments.calls import build_performers
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import Shop, open_shop
from tests.services.commerce.buying import press, work
from utils.redaction import forget
from web.metrics import render_metrics

CANARY = "canary-{}-of-{}-7f3a9c"


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture(autouse=True)
def _know_nothing() -> Any:
    forget()
    yield
    forget()


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """Another host, and all that it was sent."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(f"{dict(request.headers)} {request.path_qs} {await request.text()}")
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", heard
    await runner.cleanup()


@pytest.fixture
async def mirror(elsewhere: tuple[str, list[str]]) -> AsyncIterator[str]:
    """A provider at its worst: every answer is an error that shows all it was sent, or leads to another host."""

    async def show(request: web.Request) -> web.Response:
        said = f"{dict(request.headers)} {request.path_qs} {await request.text()}"
        if request.path.startswith("/away"):
            return web.Response(status=307, headers={"Location": f"{elsewhere[0]}{request.path}"})
        status = 500 if "broken" in request.path else 401
        error = {"type": "error", "code": "invalid_credentials", "description": said, "message": said}
        return web.json_response({**error, "error": error}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def build(name: str, address: str) -> tuple[PaymentProvider, list[str]]:
    """A provider whose every secret is a canary; gives them."""
    fields = PROVIDERS[name].settings.model_fields
    canaries = {
        field: CANARY.format(field, name) for field, info in fields.items() if info.annotation is SecretStr
    }
    values = STAND_INS[name].settings(address) | canaries
    return build_provider(name, values, Surroundings(SystemClock(), _no_telegram, 1.0)), list(
        canaries.values()
    )


@pytest.mark.parametrize("name", sorted(STAND_INS))
@pytest.mark.parametrize("trouble", ["mirror", "nobody", "away"])
async def test_nothing_of_a_credential_is_written_anywhere(
    db: Database, mirror: str, elsewhere: tuple[str, list[str]], name: str, trouble: str
) -> None:
    addresses = {"mirror": mirror, "nobody": "http://127.0.0.1:1", "away": f"{mirror}/away"}
    provider, canaries = build(name, addresses[trouble])
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, 1001))
    db.env = replace(db.env, pay_ways=(PayWay(name),))
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), backtrace=True, diagnose=False)
    await _sell(db, shop, provider)
    logger.remove(sink)
    await provider.aclose()
    written = "".join(lines) + await _dump(db) + await _show_messages(db)
    written += (await render_metrics(db)).decode()
    assert [one for one in canaries if one in written] == []
    assert [one for one in canaries if one in "".join(elsewhere[1])] == []
    assert not any(one in repr(provider) for one in canaries)


async def _sell(db: Database, shop: Shop, provider: PaymentProvider) -> None:
    """An order, its payment, a refund and a forged notice, all of which fail."""
    await press(db, shop)
    await work(db, build_performers({provider.name: provider}))
    now = SystemClock().real_now()
    (order,) = await read_rows(db, metadata.tables["orders"])
    back = RefundRequest(1, order.public_id, "7", Money(1, "RUB"), True, Buyer(1), (), now)
    calls = (provider.check_account(), provider.refund_payment(back), provider.get_payment("7"))
    for failed in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(failed, Exception):
            logger.opt(exception=failed).error("it failed: {}", type(failed).__name__)
    try:
        provider.read_notice(NoticeRequest({}, b"a=b", "198.51.100.1"))
    except (ForgedNoticeError, ValueError) as error:
        logger.error("{}", error)


async def _show_messages(db: Database) -> str:
    """All that people and admins are told, as they read it."""
    said = [json.loads(row.payload) for row in await read_rows(db, metadata.tables["outbox"])]
    texts = [one["text"] for one in said if isinstance(one.get("text"), dict)]
    return "".join(show_words(one, language) for one in texts for language in ("ru", "en"))


async def _dump(db: Database) -> str:
    rows = [await read_rows(db, table) for table in metadata.sorted_tables]
    return json.dumps([[dict(one._mapping) for one in found] for found in rows], default=str)
