"""Stopping with grace loses and repeats nothing; a second signal is the same as a kill."""

import asyncio
import re
import signal
import time
from collections.abc import Mapping
from typing import Any

import pytest

from app.boot import database
from app.boot.keys import load_keys
from app.boot.settings import Settings
from app.serve.start import serve
from core.db.models.delivery import jobs
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import Priority
from services.commerce.payments.calls import CREATE
from services.delivery.jobs import Lane, add_job
from services.tenancy.bots import webhook_secret
from tests.factories.rows import read_rows
from tests.faults import broadcasts, calls
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.town import SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until

SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
STOP_SECONDS = 12  # what is promised of a machine that is not busy: told as figures
MUST_END = 55  # seconds, less than what hangs would take: only a process that waits for it takes them


async def test_graceful_restarts_within_a_broadcast(
    beside: Database, town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    people, restarts = 200, 5
    await settle_people(beside, town, people)
    broadcast_id = await broadcasts.start(beside)
    kernel = make_kernel(town)
    for restart in range(1, restarts + 1):
        await kernel.start()
        await broadcasts.wait_until_left(beside, broadcast_id, people - restart * people // (restarts + 1))
        await kernel.stop()
    await kernel.start()
    await broadcasts.wait_until_over(beside, broadcast_id)
    await kernel.stop()
    await _judge(
        beside, town, broadcast_id, f"{restarts} graceful restarts, {people} recipients, {kind_of(db_url)}"
    )


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_50_graceful_restarts_within_20000(
    beside: Database, big_town: Town, make_tandem: MakeTandem, db_url: str
) -> None:
    people, restarts = 20_000, 50
    await settle_people(beside, big_town, people)
    broadcast_id = await broadcasts.start(beside)
    tandem = make_tandem(big_town)
    for restart in range(1, restarts + 1):
        await tandem.start()
        left = people - restart * people // (restarts + 1)
        await broadcasts.wait_until_left(beside, broadcast_id, left, 120)
        await tandem.stop()
    await tandem.start()
    await broadcasts.wait_until_over(beside, broadcast_id, 300)
    await tandem.stop()
    told = f"{restarts} graceful restarts, {people:,} recipients, {kind_of(db_url)}"
    await _judge(beside, big_town, broadcast_id, told)


async def _judge(db: Database, town: Town, broadcast_id: int, told: str) -> None:
    found = await broadcasts.compare(db, town, broadcast_id)
    tell(f"{told}: lost {found.lost}, duplicates {found.duplicates}")
    assert (found.lost, found.duplicates) == (0, 0)
    assert not any(row.possibly_twice for row in await calls.rows(db))


@SQLITE
async def test_signals_and_a_second_owner(
    beside: Database,
    town: Town,
    make_tandem: MakeTandem,
    make_kernel: MakeKernel,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [anna] = await settle_people(beside, town, 1)
    tandem = make_tandem(town)
    await tandem.start()
    assert await asyncio.to_thread(serve, make_kernel(town).settings) == 1
    assert capsys.readouterr().err.endswith(_refusal(beside))
    await town.tg.faults({"kind": "slow", "method": "sendMessage", "delay": 2})
    await calls.post(beside, anna, "Landing")
    await calls.wait_for_state(beside, "sending")
    began = time.monotonic()
    await tandem.stop()
    took = time.monotonic() - began
    assert await calls.states(beside) == {f"{anna}:Landing": "sent"}
    tell(f"SIGTERM beside a send of 2 s: ended after {took:.1f} s, promised are {STOP_SECONDS}")
    assert 1 < took < MUST_END

    await tandem.start()
    await town.tg.faults({"kind": "timeout_before", "method": "sendMessage", "delay": 60})
    await calls.post(beside, anna, "Cut off", Priority.LESSON)
    await _wait_for(beside, f"{anna}:Cut off", "sending")
    tandem.signal(signal.SIGTERM)
    await tandem.wait_for_line("process.stopping")
    tandem.signal(signal.SIGTERM)
    assert await asyncio.wait_for(tandem.wait(), MUST_END) == 130
    await town.tg.faults()
    kernel = make_kernel(town)
    await kernel.start()
    await _wait_for(beside, f"{anna}:Cut off", "sent")
    await kernel.stop()
    tell(f"SIGTERM with a send in flight: ended after {took:.1f} s, 0 lost, 0 twice")
    assert await town.tg.texts("sales_bot", anna) == ["Landing", "Cut off"]
    assert [row.possibly_twice for row in await calls.rows(beside)] == [False, True]


def _refusal(db: Database) -> str:
    return (
        f"another Tandem serves the bots of {db.url.database}: stop it first, "
        "or use PostgreSQL to run several\n"
    )


async def _wait_for(db: Database, key: str, state: str) -> None:
    async def is_so() -> bool:
        return (await calls.states(db))[key] == state

    await until(is_so, what=f"{key} is {state}")


async def test_a_restart_with_nothing_to_recover(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    await calls.post(beside, anna, "Hello")
    kernel = make_kernel(town)
    for _ in range(3):
        await kernel.start()
        await calls.wait_for_state(beside, "sent")
        await kernel.stop()
    [row] = await calls.rows(beside)
    assert (row.attempt, row.possibly_twice) == (1, False)
    assert await town.tg.texts("sales_bot", anna) == ["Hello"]


async def _never_answers(_: Mapping[str, Any]) -> Mapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


@SQLITE
async def test_a_job_without_end_keeps_no_send_from_landing_and_is_done_after_the_restart(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    kernel = make_kernel(town, lanes=[Lane("payments", 1, {CREATE: _never_answers})])
    await kernel.start()
    async with beside.unit(FIRST_ACCOUNT) as uow:
        await add_job(uow, CREATE, "pay:1", {"payment_id": 1})
    await _wait_for_job(beside, "running")
    await town.tg.faults({"kind": "slow", "method": "sendMessage", "delay": 3})
    await calls.post(beside, anna, "Landing")
    await calls.wait_for_state(beside, "sending")
    stopping = asyncio.create_task(kernel.stop())
    await calls.wait_for_state(beside, "sent")
    assert not stopping.done()
    began = time.monotonic()
    await stopping
    [job] = await read_rows(beside, jobs)
    assert (job.state, job.attempts) == ("pending", 0)
    tell(f"SIGTERM with a job without end: over {time.monotonic() - began:.1f} s after the last send landed")
    assert time.monotonic() - began < MUST_END
    again = make_kernel(town, lanes=[Lane("payments", 1, {CREATE: _never_answers})])
    await again.start()
    await _wait_for_job(beside, "running")
    await again.kill()


async def _wait_for_job(db: Database, state: str) -> None:
    async def is_so() -> bool:
        return [row.state for row in await read_rows(db, jobs)] == [state]

    await until(is_so, what=f"the job is {state}")


@POSTGRESQL
async def test_a_bot_stays_owned_until_its_last_send_has_landed(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    [anna] = await settle_people(beside, town, 1)
    leaving, coming = make_kernel(town), make_kernel(town)  # leases of one second
    await leaving.start()
    await town.tg.faults({"kind": "slow", "method": "sendMessage", "delay": 4})
    await calls.post(beside, anna, "Landing")
    await calls.wait_for_state(beside, "sending")
    stopping = asyncio.create_task(leaving.stop())
    await coming.start()
    await stopping
    await coming.wait_until_ready()
    await coming.stop()
    assert [(row.state, row.possibly_twice) for row in await calls.rows(beside)] == [("sent", False)]
    assert await town.tg.texts("sales_bot", anna) == ["Landing"]


@SQLITE
async def test_half_a_request_keeps_no_process_alive(
    town: Town, make_tandem: MakeTandem, make_kernel: MakeKernel
) -> None:
    tandem = make_tandem(town)
    await tandem.start()
    found = re.search(r"http://127\.0\.0\.1:(\d+)", tandem.log())
    assert found
    _, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
    writer.write(_half_an_update(make_kernel(town).settings).encode())
    await writer.drain()
    began = time.monotonic()
    await tandem.stop()
    took = time.monotonic() - began
    writer.close()
    tell(f"SIGTERM with half a request: ended after {took:.1f} s")
    assert took < MUST_END


def _half_an_update(settings: Settings) -> str:
    """A webhook's request with Telegram's secret, and a body that never comes to its end."""
    env = database.build_environment(settings, load_keys(settings))
    lines = (
        f"POST /telegram/{SALES_ID} HTTP/1.1",
        "Host: localhost",
        f"X-Telegram-Bot-Api-Secret-Token: {webhook_secret(env.signing_key, SALES_ID)}",
        "Content-Length: 10",
    )
    return "\r\n".join((*lines, "", "{"))
