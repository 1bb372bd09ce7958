"""How many notifications of payment providers are taken per second on one core, and how soon while confirmations wait."""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert
from typing_extensions import override

from app.serve.job_loop import JobLoop
from bench.figures import Figure, Scale
from bench.stage import CHUNK, fresh_databases, open_database
from core.db.models.delivery import jobs
from core.db.session import Database, UnitOfWork
from core.environment import FIRST_ACCOUNT
from core.events import DomainEvent
from core.lifecycle import JobState
from core.pay_ways import PayWay
from payment.base import (
    Ability,
    AccountFacts,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
)
from services.commerce.payments.calls import NOTICE, build_performers
from services.delivery.jobs import Lane, kind_for
from services.delivery.schemas import AT_ONCE
from web.application import build_application

NAME = "bench"
TAKEN = {Scale.FULL: 5_000, Scale.SHORT: 1_000, Scale.TINY: 20}
WAITING = {Scale.FULL: 10_000, Scale.SHORT: 10_000, Scale.TINY: 50}
SIDE_BY_SIDE = 16  # notifications under way at once
SLOTS = 8
STEADY = 50  # notifications a second while confirmations wait


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases; whoever sends costs next to nothing, so the core is the server's."""
    with fresh_databases(*scale.databases) as urls:
        return [figure for kind, url in urls.items() for figure in asyncio.run(_measure(kind, url, scale))]


class _Slow(PaymentProvider):
    """Tells by itself, and takes a tenth of a second to be asked."""

    name = NAME
    abilities = frozenset({Ability.ASK})

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        return PaymentFacts("", PaymentState.PENDING, request.amount)

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        await asyncio.sleep(0.1)
        raise ConnectionError(external_id)

    @override
    async def check_account(self) -> AccountFacts:
        return AccountFacts(NAME, is_test=True)

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        number = request.body.decode()
        return Notice(f"{number}:paid", number, "paid")


class _Door:
    """The web application, called as a server calls it."""

    def __init__(self, db: Database, provider: PaymentProvider) -> None:
        self._app = build_application(db, lambda: True, lambda: True, "", {NAME: provider}, ())

    async def knock(self, number: int) -> float:
        """Bring one notification; gives the seconds until it is answered."""
        body = str(number).encode()
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": f"/payments/{NAME}",
            "raw_path": f"/payments/{NAME}".encode(),
            "query_string": b"",
            "headers": [(b"content-length", str(len(body)).encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        said: list[int] = []

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                said.append(message["status"])

        began = time.perf_counter()
        await self._app(scope, receive, send)  # type: ignore[arg-type]
        assert said == [200]
        return time.perf_counter() - began


async def _measure(kind: str, url: str, scale: Scale) -> list[Figure]:
    async with open_database(url, _ignore) as db:
        db.env = replace(db.env, pay_ways=(PayWay(NAME),))
        provider = _Slow()
        door = _Door(db, provider)
        rate = await _flood(door, TAKEN[scale])
        await _wait_in_line(db, WAITING[scale])
        taken = await _beside(db, door, provider, max(TAKEN[scale] // 10, 10))
    ninety_nine = statistics.quantiles(taken, n=100)[98] * 1000
    waiting = f"while {WAITING[scale]:,} confirmations wait, {STEADY}/s"
    return [
        Figure(f"notifications taken, {kind}", rate, "/s", how=f"{TAKEN[scale]:,}, {SIDE_BY_SIDE} at once"),
        Figure(
            f"p99 of their answer, {kind}", ninety_nine, "ms", goal=200.0, less_is_better=True, how=waiting
        ),
    ]


async def _flood(door: _Door, count: int) -> float:
    numbers = iter(range(count))

    async def bring() -> None:
        for number in numbers:
            await door.knock(number)

    began = time.perf_counter()
    await asyncio.gather(*(bring() for _ in range(SIDE_BY_SIDE)))
    return count / (time.perf_counter() - began)


async def _wait_in_line(db: Database, count: int) -> None:
    """Confirmations that nobody has begun with."""
    for start in range(0, count, CHUNK):
        rows = [
            {
                "account_id": FIRST_ACCOUNT,
                "kind": kind_for(NOTICE, NAME),
                "key": f"waits:{number}",
                "payload": {"provider": NAME, "external_id": f"w{number}", "payment_id": None, "facts": None},
                "state": JobState.PENDING,
                "attempts": 0,
                "next_at": AT_ONCE,
            }
            for number in range(start, min(start + CHUNK, count))
        ]
        async with db.transaction() as transaction:
            await transaction.conn.execute(insert(jobs), rows)


async def _beside(db: Database, door: _Door, provider: PaymentProvider, count: int) -> list[float]:
    """Bring notifications at a steady pace while the jobs are being performed."""
    performers = {
        kind_for(kind, NAME): performer for kind, performer in build_performers({NAME: provider}).items()
    }
    loop = JobLoop(db, [Lane(NAME, SLOTS, performers)])
    working = asyncio.create_task(loop.run())
    flying = []
    for number in range(count):
        flying.append(asyncio.create_task(door.knock(1_000_000 + number)))
        await asyncio.sleep(1 / STEADY)
    taken = list(await asyncio.gather(*flying))
    loop.stop()
    await working
    return taken


async def _ignore(_: UnitOfWork, __: DomainEvent) -> None:
    """Nothing follows."""
