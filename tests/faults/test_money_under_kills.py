"""Payments by every provider while the process is killed again and again, at random: the books are right in the end."""

import asyncio
import json
import random
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from core.db.models.commerce import accesses, orders, payments
from core.db.models.delivery import jobs
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import STARS
from core.pay_ways import PayWay
from payment.registry import PROVIDERS
from sandbox.providers.registry import STAND_INS
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, terms_of
from services.commerce.orders.manual_orders import settle_order
from services.commerce.orders.orders import choose_tariff
from services.commerce.payments.payments import get_order
from services.commerce.refunds.refunds import RefundDecision, ask_refund
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.people.contacts import find_by_telegram_id
from tests.factories import sales
from tests.factories.flows import make_course
from tests.faults.conftest import MakeTandem
from tests.faults.tandem import Tandem, say
from tests.faults.town import COURSE_ID, SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until

PEOPLE, CROWD = 120, 12
APART = (0.5, 4.0)  # seconds from one start to the next kill
PATIENCE = 400
NAMES = sorted(PROVIDERS)


@dataclass
class Killer:
    """Ends a process as nothing can be prepared for, and starts it again, until it is told to stop."""

    tandem: Tandem
    dice: random.Random
    kills: int = 0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._enough.clear()
        self._task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while not self._enough.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self.dice.uniform(*APART))
            await self.tandem.kill()
            self.kills += 1
            await self.tandem.start()

    async def end(self) -> None:
        """Once more, and the process lives on from there."""
        assert self._task is not None
        self._enough.set()
        await self._task


@dataclass
class Crowd:
    """Who buys, and what of it is paid on pages and in Telegram."""

    db: Database
    town: Town
    outside: httpx.AsyncClient
    paid: set[int] = field(default_factory=set)

    async def order(self, user_id: int, provider: str) -> None:
        way = PayWay(provider, currencies=frozenset({STARS}) if provider == "stars" else frozenset())
        self.db.env = replace(self.db.env, pay_ways=(way,))
        async with self.db.unit(1) as uow:
            buyer = await find_by_telegram_id(uow, user_id)
            assert buyer is not None
            tariff = await get_tariff(uow, "basic")
            chosen = ChosenOffer(OfferPlace(Address(SALES_ID, user_id)), tariff, terms_of(tariff))
            await choose_tariff(uow, buyer, chosen, f"press:{user_id}")

    async def pay_what_is_open(self) -> bool:
        """Whoever has a page pays on it once; True when everybody has paid who can."""
        await asyncio.gather(*(self._pay(row) for row in await self._list_open() if row.url is not None))
        return not await self._list_open()

    async def _pay(self, row: Any) -> None:
        if row.provider == "stars":
            receipt = await (await self.town.tg.find_person(row.chat_id)).pay(row.url)
            if not receipt.paid:  # nobody answered Telegram's question in time
                return
        else:
            shown = await self.outside.get(row.url)
            (await self.outside.post(shown.url, data={"do": "pay"})).raise_for_status()
        self.paid.add(row.id)

    async def _list_open(self) -> Sequence[Any]:
        wanted = (
            select(payments.c.id, payments.c.url, payments.c.provider, orders.c.chat_id)
            .join(orders, orders.c.id == payments.c.order_id)
            .where(payments.c.provider != "mock", payments.c.id.not_in(self.paid))
        )
        async with self.db.reading() as conn:
            return (await conn.execute(wanted)).all()

    async def settle_the_silent(self) -> int:
        """Who paid by a provider that can neither be asked nor tells again is seen in its cabinet."""
        wanted = select(payments.c.order_id).where(
            payments.c.provider == "prodamus", payments.c.status != PaymentStatus.SUCCEEDED
        )
        async with self.db.reading() as conn:
            silent = list((await conn.execute(wanted)).scalars())
        for order_id in silent:
            async with self.db.unit(1) as uow:
                await settle_order(uow, await get_order(uow, order_id), "1001")
        return len(silent)


async def count(db: Database, statement: Any) -> int:
    async with db.reading() as conn:
        return int(await conn.scalar(statement) or 0)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_killed_at_random_while_many_pay(
    town: Town, beside: Database, make_tandem: MakeTandem, db_url: str
) -> None:
    dice, port = random.Random(23), _find_port()
    tandem = make_tandem(town, **_settings(town, port))
    await tandem.start()
    await _open_shop(beside)
    killer = Killer(tandem, dice)
    killer.begin()
    async with httpx.AsyncClient(follow_redirects=True, timeout=120) as outside:
        crowd = Crowd(beside, town, outside)
        faults = await _buy(crowd, port, killer)
        await killer.end()
        await until(crowd.pay_what_is_open, PATIENCE, "everybody has paid")
    open_ = select(func.count()).select_from(orders).where(orders.c.status != OrderStatus.PAID)
    silent = open_.where(
        orders.c.id.in_(select(payments.c.order_id).where(payments.c.provider == "prodamus"))
    )

    async def is_asked() -> bool:
        return await count(beside, open_) == await count(beside, silent)

    await until(is_asked, PATIENCE, "every payment that can be asked for is known")
    by_hand = await crowd.settle_the_silent()
    back = await _give_some_back(beside, killer)
    opened = await count(beside, select(func.count()).select_from(accesses))
    status, told = await say(tandem.env, tandem.folder, "ledger", "--json", "--check")
    books = json.loads(told[told.index("{") : told.rindex("}") + 1])
    tell(
        f"{kind_of(db_url)}: {PEOPLE} payments by {len(NAMES)} providers, {killer.kills} times killed, {faults} faults, "
        f"{back} given back, {by_hand} settled by hand: {opened} opened, "
        f"money without access {len(books['money_without_access'])}, "
        f"access without money {len(books['access_without_money'])}, ledger --check {status}"
    )
    assert status == 0, told
    assert opened == PEOPLE
    assert (books["money_without_access"], books["access_without_money"]) == ([], [])
    assert killer.kills >= PEOPLE // CROWD


def _settings(town: Town, port: int) -> dict[str, str]:
    given = {
        f"{name}_{key}".upper(): value
        for name, one in STAND_INS.items()
        for key, value in one.settings(town.url).items()
    }
    more = {"PAYMENT_PROVIDERS": ",".join(NAMES), "PAYMENT_CHECK_SECONDS": "2", "HTTP_PORT": str(port)}
    return {**given, **more}


def _find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _open_shop(db: Database) -> None:
    async with db.unit(1) as uow:
        course = await publish_flow(uow, make_course())
        await sales.add_tariff(uow, course.flow_id, "basic", stars=1050)
        await deploy_flow(uow, course.flow_id, COURSE_ID)


async def _buy(crowd: Crowd, port: int, killer: Killer) -> int:
    """Crowd after crowd orders and pays, each with a kill and a request of each kind that goes wrong; says how many did."""
    notify = {name: f"http://127.0.0.1:{port}/payments/{name}" for name in STAND_INS}
    kinds = ("broken", "broken_after", "drop_notice")
    people = await settle_people(crowd.db, crowd.town, PEOPLE)
    for first in range(0, PEOPLE, CROWD):
        troubles = [{"kind": one, "count": 1} for one in kinds]
        await crowd.town.tg.plan_providers(notify=notify, troubles=troubles)
        for number in range(first, first + CROWD):
            await crowd.order(people[number], NAMES[number % len(NAMES)])

        async def is_killed(crowds: int = first // CROWD + 1) -> bool:
            await crowd.pay_what_is_open()
            return killer.kills >= crowds

        await until(is_killed, PATIENCE, "the process is killed once more")
    await crowd.town.tg.plan_providers(notify=notify, troubles=[])
    return len(kinds) * (PEOPLE // CROWD)


async def _give_some_back(db: Database, killer: Killer) -> int:
    """One in ten gets the money back, while the process is killed once more."""
    wanted = (
        select(payments.c.id, payments.c.amount)
        .where(payments.c.status == PaymentStatus.SUCCEEDED, payments.c.provider != "prodamus")
        .order_by(payments.c.id)
    )
    async with db.reading() as conn:
        some = (await conn.execute(wanted)).all()[::10]
    for one in some:
        async with db.unit(1) as uow:
            await ask_refund(uow, RefundDecision(one.id, one.amount, "1001", 0))
    killer.begin()
    await asyncio.sleep(APART[1])
    await killer.end()
    gone = select(func.count()).select_from(payments).where(payments.c.refunded == payments.c.amount)
    busy = select(func.count()).select_from(jobs).where(jobs.c.state.in_(("pending", "running")))

    async def is_over() -> bool:
        return await count(db, gone) == len(some) and await count(db, busy) == 0

    await until(is_over, PATIENCE, "everything that was asked back is back")
    return len(some)
