"""Torn apart at each commit between the money and the group: one payment, one access, one link, one receipt."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.db.models.commerce import accesses, memberships, payments
from core.db.models.commerce_money import ledger_entries
from core.db.models.delivery import inbox, jobs, outbox
from core.db.session import Database
from core.lifecycle import JobState, MembershipStatus, PaymentStatus
from payment.base import Notice
from sandbox.client.client import Group, Message, Person
from services.commerce.payments.incoming import receive_notice
from services.commerce.store.receipts import receipt_key
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.people.contacts import find_by_telegram_id
from tests.factories import sales
from tests.factories.flows import make_course
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.kernel import Kernel
from tests.faults.town import COURSE_ID, SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until
from utils import faultpoints

MOST = 150  # commit points; there are far fewer
PATIENCE = 150  # seconds
AS_A_PROCESS = range(6, 60, 6)
BUSY = ("pending", "sending", "running")


@dataclass
class Door:
    """A course with a paid group, and what became of everybody who bought it."""

    db: Database
    town: Town
    group: Group
    tariff: int
    receipts: int = 0
    held: int = 0
    twice: int = 0
    struck: list[int] = field(default_factory=list)

    async def buy(self, number: int) -> tuple[Person, int, int]:
        """Somebody has just paid, and the provider is about to say so; gives the person, the order, the payment."""
        (user_id,) = await settle_people(self.db, self.town, 1)
        async with self.db.unit(1) as uow:
            buyer = await find_by_telegram_id(uow, user_id)
            assert buyer is not None
            about = {"public_id": f"ORDER{number}", "bot_id": SALES_ID}
            order_id = await sales.add_order(uow, buyer, self.tariff, **about)
            made = {"status": PaymentStatus.PENDING, "made_at": uow.real_now}
            payment_id = await sales.add_payment(uow, order_id, **made)
            paid_at = int((uow.real_now.timestamp() - 60) * 1000)
            external = f"mock-{payment_id}-{sales.PRICE}-RUB-{paid_at}"
            await uow.conn.execute(
                update(payments).where(payments.c.id == payment_id).values(external_id=external)
            )
        await receive_notice(self.db, 1, "mock", Notice(f"{external}:paid", external, "paid"))
        return await self.town.tg.find_person(user_id), order_id, payment_id

    async def let_holds_run_out(self) -> None:
        """A minute is over: the calls to the outside world that died with their process count as lost."""
        async with self.db.transaction() as transaction:
            await transaction.conn.execute(
                update(jobs)
                .where(jobs.c.state == JobState.RUNNING)
                .values(next_at=self.db.clock.real_now() - timedelta(seconds=1))
            )

    async def is_quiet(self) -> bool:
        """Whether nothing is left to be done."""
        async with self.db.reading() as conn:
            for table in (outbox, jobs, inbox):
                left = select(func.count()).select_from(table).where(table.c.state.in_(BUSY))
                if await conn.scalar(left):
                    return False
        return True


async def _open_door(db: Database, town: Town) -> Door:
    group = await town.tg.group("Club", type="supergroup")
    await group.set_bot("sales_bot")
    async with db.unit(1) as uow:
        course = await publish_flow(uow, make_course())
        tariff = await sales.add_tariff(uow, course.flow_id, "club")
        await sales.add_community(uow, tariff, group.id)
        await deploy_flow(uow, course.flow_id, COURSE_ID)
    return Door(db, town, group, tariff)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_killed_at_some_points(town: Town, beside: Database, make_kernel: MakeKernel) -> None:
    await _kill_at(town, beside, make_kernel(town), (11, 17), "sqlite")


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_killed_at_every_point(
    town: Town, beside: Database, make_kernel: MakeKernel, db_url: str
) -> None:
    door = await _kill_at(town, beside, make_kernel(town), range(1, MOST), kind_of(db_url))
    assert len(door.struck) < MOST - 1, "the last round was to be left alone"


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_killed_as_a_process(
    town: Town, beside: Database, make_tandem: MakeTandem, db_url: str
) -> None:
    """`FAULT_AT=n` ends the process as SIGKILL does, from its start on; some points fall before the way, some on it."""
    tandem = make_tandem(town)
    await tandem.start()
    door = await _open_door(beside, town)
    for point in AS_A_PROCESS:
        await tandem.kill()
        bought = await door.buy(point)
        await tandem.start(strike_at=point)
        way = asyncio.create_task(_go_in(door, bought[0]))
        death = asyncio.create_task(tandem.wait())
        await asyncio.wait({way, death}, return_when=asyncio.FIRST_COMPLETED)
        if death.done():
            assert death.result() == faultpoints.EXIT_CODE
            door.struck.append(point)
            await door.let_holds_run_out()
            await tandem.start()
        death.cancel()
        await way
        await until(door.is_quiet, PATIENCE, "nothing is left to do")
        await _judge(door, *bought, point)
    await tandem.kill()
    _tell_all(door, f"{kind_of(db_url)}, as a process")
    assert len(door.struck) > len(AS_A_PROCESS) // 2


async def _kill_at(town: Town, db: Database, kernel: Kernel, points: Any, told: str) -> Door:
    await kernel.start()
    await kernel.wait_until_ready()
    door = await _open_door(db, town)
    for point in points:
        if not await _round(door, kernel, point):
            break
    await kernel.stop()
    _tell_all(door, told)
    return door


def _tell_all(door: Door, told: str) -> None:
    tell(
        f"{told}: killed at {len(door.struck)} points between paid and in the group: one payment, one access, one place "
        f"and one link each time; receipts {door.receipts} said, {door.held} held for a person; "
        f"links said twice {door.twice}, each marked"
    )


async def _round(door: Door, kernel: Kernel, point: int) -> bool:
    """One buyer on the way, with a blow at that commit point; False if the way was over before it."""
    person, order_id, payment_id = await door.buy(point)
    faultpoints.arm(point, kernel._strike)
    way = asyncio.create_task(_go_in(door, person))
    blow = asyncio.create_task(kernel.struck.wait())
    await asyncio.wait({way, blow}, return_when=asyncio.FIRST_COMPLETED)
    if not blow.done():
        await asyncio.wait({blow}, timeout=0.5)  # what follows the coming in
    struck = blow.done()
    blow.cancel()
    faultpoints.arm(0)
    if struck:
        door.struck.append(point)
        await kernel.kill()
        await door.let_holds_run_out()
        await kernel.start()
    await way
    await until(door.is_quiet, PATIENCE, "nothing is left to do")
    await _judge(door, person, order_id, payment_id, point)
    return struck


async def _go_in(door: Door, person: Person) -> None:
    """The buyer waits for the link, follows it and is let in."""
    link = ""

    async def has_link() -> bool:
        nonlocal link
        link = next((one for said in await _read(person) for one in _links(said)), "")
        return bool(link)

    await until(has_link, PATIENCE, "the link")
    assert await person.join(link) == "requested"

    async def is_in() -> bool:
        return (await door.group.members()).get(person.id) == "member"

    await until(is_in, PATIENCE, "the buyer is in the group")


async def _read(person: Person) -> list[Message]:
    return [one for one in await person.chat("sales_bot").messages() if one.sender_id != person.id]


def _links(message: Message) -> list[str]:
    urls = [str(button.get("url", "")) for row in message.rows for button in row]
    return [one for one in urls if "/+" in one]


async def _judge(door: Door, person: Person, order_id: int, payment_id: int, point: int) -> None:
    said = await _read(person)
    receipts = sum(f"ORDER{point}" in one.text for one in said)
    links = sum(bool(_links(one)) for one in said)
    async with door.db.reading() as conn:
        paid = (await conn.execute(select(payments.c.status).where(payments.c.order_id == order_id))).all()
        opened = (await conn.execute(select(accesses.c.id).where(accesses.c.payment_id == payment_id))).all()
        places = (
            await conn.execute(select(memberships.c.status).where(memberships.c.user_id == person.id))
        ).all()
        lines = await conn.scalar(select(func.count()).where(ledger_entries.c.payment_id == payment_id))
        receipt = (
            await conn.execute(select(outbox.c.state).where(outbox.c.dedupe_key == receipt_key(order_id)))
        ).scalar_one()
        marked = await conn.scalar(
            select(func.count()).where(outbox.c.chat_id == person.id, outbox.c.possibly_twice)
        )
    assert [tuple(one) for one in paid] == [(PaymentStatus.SUCCEEDED,)], point
    assert len(opened) == 1, point
    assert [tuple(one) for one in places] == [(MembershipStatus.JOINED,)], point
    assert lines == 2, point  # what lies at the provider, and what was earned
    assert receipts <= 1, point
    assert receipts == 1 or receipt == "hold", (point, receipt)
    assert 1 <= links <= 1 + int(marked or 0), point
    door.receipts += receipts
    door.held += receipt == "hold"
    door.twice += links - 1
