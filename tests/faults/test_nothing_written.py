"""A database that takes nothing: the process says that it is not ready, and is again when it can write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from core.db.session import Database
from tests.faults.conftest import MakeKernel
from tests.faults.town import Town
from tests.faults.waiting import until


@asynccontextmanager
async def locked(db: Database) -> AsyncIterator[None]:
    """Somebody else holds what the leases are written to."""
    lock = "DELETE FROM leases WHERE 1 = 0" if db.is_sqlite else "LOCK TABLE leases IN ACCESS EXCLUSIVE MODE"
    async with db.transaction() as transaction:
        await transaction.conn.execute(text(lock))
        yield


async def test_not_ready_while_nothing_can_be_written(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    kernel = make_kernel(town)  # leases of one second
    await kernel.start()
    await kernel.wait_until_ready()
    process = kernel._process
    assert process is not None
    assert process.can_write()
    async with locked(beside):
        await until(lambda: not process.can_write(), what="it is noticed")
    await until(process.can_write, what="it can write again")
    await kernel.stop()
