"""A broadcast survives kills: nobody is left out, and who may have got it twice is flagged."""

import asyncio
import random

import pytest

from core.db.session import Database
from tests.faults import broadcasts
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.kernel import Kernel
from tests.faults.town import Town, settle_people
from tests.faults.waiting import kind_of, tell


async def test_a_sender_killed_at_its_worst_moments(
    beside: Database, town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    people, kills, dice = 300, 4, random.Random(20)
    await settle_people(beside, town, people, broadcasts.ZONES)
    broadcast_id = await broadcasts.start(beside, **broadcasts.RICH)
    kernel, in_flight = make_kernel(town), 0
    for _ in range(kills):
        await kernel.start(strike_at=dice.randint(5, 60))
        async with asyncio.timeout(120):
            await kernel.struck.wait()
        await kernel.kill()
        in_flight += await broadcasts.count_sending(beside)
    await finish(beside, kernel, broadcast_id)
    await report(
        beside,
        town,
        broadcast_id,
        in_flight,
        f"sender killed {kills}x, {people} recipients with conditions, variants, local hours, {kind_of(db_url)}",
    )


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_a_sender_killed_20_times_among_50000(
    beside: Database, big_town: Town, make_tandem: MakeTandem, db_url: str
) -> None:
    people, kills, dice = 50_000, 20, random.Random(20)
    await settle_people(beside, big_town, people, broadcasts.ZONES)
    broadcast_id = await broadcasts.start(beside, **broadcasts.RICH)
    tandem, in_flight = make_tandem(big_town), 0
    for kill in range(1, kills + 1):
        await tandem.start()
        left = people - kill * people // (kills + 2) - dice.randint(0, people // 50)
        await broadcasts.wait_until_left(beside, broadcast_id, left, 120)
        await tandem.kill()
        in_flight += await broadcasts.count_sending(beside)
    await tandem.start()
    await broadcasts.wait_until_over(beside, broadcast_id, 300)
    await tandem.stop()
    told = f"sender killed {kills}x, {people:,} recipients with conditions, variants, local hours, {kind_of(db_url)}"
    await report(beside, big_town, broadcast_id, in_flight, told)


async def finish(db: Database, kernel: Kernel, broadcast_id: int) -> None:
    await kernel.start()
    await broadcasts.wait_until_over(db, broadcast_id)
    await kernel.stop()


async def report(db: Database, town: Town, broadcast_id: int, in_flight: int, told: str) -> None:
    found = await broadcasts.compare(db, town, broadcast_id)
    tell(
        f"{told}: lost {found.lost}, duplicates {found.duplicates} <= in flight {in_flight}, "
        f"not flagged {found.unflagged}"
    )
    assert found.lost == 0
    assert found.duplicates <= in_flight
    assert found.unflagged == 0
