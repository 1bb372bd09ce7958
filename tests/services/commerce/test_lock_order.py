"""Two units that move one order and its payment: one waits for the other, and neither is undone."""

import asyncio

import pytest
from sqlalchemy import select, text

from core.db.models.commerce import payments
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from payment.base import PaymentState
from services.commerce.orders.manual_orders import drop_order
from services.commerce.payments.payments import get_order
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.faults.waiting import until
from tests.services.commerce.buying import checked, choose, only_order, only_payment, said

WAITING = """\
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
ON_POSTGRESQL = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


async def waiting(db: Database, number: int) -> bool:
    """Whether so many units wait for a row."""
    async with db.reading() as conn:
        found = await conn.scalar(text(WAITING))
    return found == number


async def drop(db: Database, order_id: int) -> bool:
    async with db.unit(1) as uow:
        return await drop_order(uow, await get_order(uow, order_id))


@ON_POSTGRESQL
@pytest.mark.parametrize("is_paid_first", [True, False], ids=["paid-first", "dropped-first"])
async def test_an_order_that_is_paid_and_dropped_at_once_waits_for_one_of_them(
    db: Database, shop: Shop, is_paid_first: bool
) -> None:
    await choose(db, shop)
    order, payment = await only_order(db), await only_payment(db)
    works = [lambda: checked(db, payment.id, PaymentState.SUCCEEDED), lambda: drop(db, order.id)]
    async with db.transaction() as first:
        # Somebody else has the payment's row, so that both have begun before either can go on.
        await first.conn.execute(select(payments.c.id).where(payments.c.id == payment.id).with_for_update())
        async with asyncio.TaskGroup() as units:
            for place, work in enumerate(works if is_paid_first else works[::-1]):
                units.create_task(work())
                await until(lambda place=place: waiting(db, place + 1), what="the unit waits")
            await first.conn.rollback()
    assert (await only_order(db)).status == OrderStatus.PAID
    assert [row.status for row in await read_rows(db, payments)] == [PaymentStatus.SUCCEEDED]
    assert len(await said(db, "order-paid")) == 1
