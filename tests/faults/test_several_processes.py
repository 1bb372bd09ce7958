"""A web process and two workers on one PostgreSQL: whoever owns a bot is killed or stopped, and nobody is left out."""

import asyncio
import re
import signal
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import select

from core.db.models.delivery import leases
from core.db.session import Database
from tests.faults import broadcasts
from tests.faults.conftest import MakeTandem
from tests.faults.tandem import STARTING, Tandem
from tests.faults.test_killed_sender import report
from tests.faults.town import SALES_ID, Town, settle_people
from tests.faults.waiting import until

pytestmark = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
FIRST, ANOTHER = 2, 1  # bots that are had at the start: all, and what the first hands over


async def test_the_owner_is_killed_and_the_other_goes_on(
    beside: Database, town: Town, make_tandem: MakeTandem
) -> None:
    await _drill(beside, town, make_tandem, people=1_500, blows=[signal.SIGKILL, signal.SIGSTOP])


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_owners_are_killed_and_stopped_20_times_among_20000(
    beside: Database, big_town: Town, make_tandem: MakeTandem
) -> None:
    await _drill(beside, big_town, make_tandem, people=20_000, blows=[signal.SIGKILL, signal.SIGSTOP] * 10)


async def _drill(
    db: Database, town: Town, make_tandem: MakeTandem, people: int, blows: Sequence[signal.Signals]
) -> None:
    await settle_people(db, town, people)
    workers = [make_tandem(town, "worker", f"worker{number}") for number in (1, 2)]
    web = make_tandem(town, "web", "web")
    await web.start(line="process.ready", times=1)
    await workers[0].start(times=FIRST)
    await workers[1].start(times=ANOTHER)
    broadcast_id, in_flight = await broadcasts.start(db), 0
    for number, blow in enumerate(blows, 1):
        left = people - number * people // (len(blows) + 2)
        await broadcasts.wait_until_left(db, broadcast_id, left, STARTING)
        struck = await _find_owner(db, workers)
        struck.signal(blow)
        in_flight += await broadcasts.count_sending(db)
        await until(lambda: _is_owned_by_another(db, struck), STARTING, "another owner")  # noqa: B023 - awaited here
        await struck.kill()
        await struck.start(times=ANOTHER)
    await broadcasts.wait_until_over(db, broadcast_id, STARTING)
    assert await _ask_web(web) == httpx.codes.OK
    for one in (*workers, web):
        await one.stop()
    told = f"owner killed or stopped {len(blows)}x among 2 workers, {people:,} recipients, PostgreSQL"
    await report(db, town, broadcast_id, in_flight, told)


async def _load_owner(db: Database) -> str:
    async with db.reading() as conn:
        owner = await conn.scalar(select(leases.c.owner).where(leases.c.name == f"bot:{SALES_ID}"))
    return owner or ""


async def _find_owner(db: Database, workers: Sequence[Tandem]) -> Tandem:
    """The worker that owns the bot; between two owners one waits."""
    async with asyncio.timeout(STARTING):
        while True:
            owner = await _load_owner(db)
            for worker in workers:
                if f":{worker.pid}:" in owner:
                    return worker
            await asyncio.sleep(0.02)


async def _is_owned_by_another(db: Database, struck: Tandem) -> bool:
    owner = await _load_owner(db)
    return bool(owner) and f":{struck.pid}:" not in owner


async def _ask_web(web: Tandem) -> int:
    found = re.search(r"http://[\d.]+:\d+", web.log())
    assert found is not None
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{found[0]}/readyz")).status_code
