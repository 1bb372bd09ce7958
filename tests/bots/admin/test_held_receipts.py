"""A receipt that nobody knows the fate of: every admin hears of it once, and one press sends it again."""

import pytest

from core.db.models.delivery import outbox
from core.db.session import Database
from core.lifecycle import OutboxState
from payment.base import PaymentState
from services.commerce.payments.receipts import report_held
from services.delivery.sending.dead_letters import list_dead_letters
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.services.commerce.buying import checked, choose, created

RECEIPT = "order:1:receipt"
AGAIN = "Send the receipt again"


@pytest.fixture
async def held(desk: Desk, db: Database, shop: Shop) -> None:
    """Both admins are there, and the buyer's receipt left without an answer."""
    await desk.write("/admin", ADMIN)
    await desk.write("/admin", SECOND, COURSE_BOT)
    await _pay_into_the_dark(desk, shop)


async def _pay_into_the_dark(desk: Desk, shop: Shop) -> None:
    await choose(desk.db, shop)
    await created(desk.db, 1)
    await desk.deliver()
    desk.lost = {shop.buyer.telegram_id}
    await checked(desk.db, 1, PaymentState.SUCCEEDED)
    await desk.deliver()
    desk.lost = set()
    assert await _state(desk.db) == OutboxState.HOLD


async def _state(db: Database) -> str:
    (receipt,) = await read_rows(db, outbox, dedupe_key=RECEIPT)
    return str(receipt.state)


async def _reported(desk: Desk) -> list[Call]:
    await report_held(desk.db)
    return await desk.deliver()


async def test_each_admin_is_told_once_who_it_is_and_what_to_do(desk: Desk, shop: Shop, held: None) -> None:
    told = await _reported(desk)
    assert {(one.bot, one.chat) for one in told} == {(SALES_BOT, ADMIN), (COURSE_BOT, SECOND)}
    for one in told:
        assert f"{shop.buyer.full_name} (@{shop.buyer.username}), order " in one.text
        assert "Tariff basic" in one.text
        assert list(one.buttons) == [AGAIN]
    assert await _reported(desk) == []


async def test_one_press_sends_it_again_and_the_next_says_so(
    desk: Desk, db: Database, shop: Shop, held: None
) -> None:
    reports = {one.chat: one for one in await _reported(desk)}
    calls = await desk.press(AGAIN, ADMIN, reports[ADMIN])
    assert {(one.method, one.chat) for one in calls} == {
        ("sendMessage", shop.buyer.telegram_id),
        ("editMessageText", ADMIN),
    }
    assert await _state(db) == OutboxState.SENT
    again = await desk.press(AGAIN, SECOND, reports[SECOND])
    assert [(one.method, one.chat) for one in again] == [("editMessageText", SECOND)]
    assert desk.alerts == ["The receipt has been sent again already."]
    assert await _reported(desk) == []


async def test_a_report_that_is_lost_itself_is_not_reported(desk: Desk, db: Database, held: None) -> None:
    desk.lost = {ADMIN, SECOND}
    await _reported(desk)
    async with db.unit(1) as uow:
        reports = outbox.c.dedupe_key.like("held:%")
        await uow.conn.execute(outbox.update().where(reports).values(state=OutboxState.HOLD))
    known = len(await read_rows(db, outbox))
    desk.lost = set()
    assert await _reported(desk) == []
    assert len(await read_rows(db, outbox)) == known


async def test_who_cannot_be_told_now_is_told_later(desk: Desk, db: Database, shop: Shop) -> None:
    await _pay_into_the_dark(desk, shop)
    assert await _reported(desk) == []
    assert [one.kind for one in await list_dead_letters(db, 1)] == ["call"]
    await desk.write("/admin", ADMIN)
    assert [one.chat for one in await _reported(desk)] == [ADMIN]


async def test_what_is_held_and_no_receipt_is_left_to_the_doctor(
    desk: Desk, db: Database, held: None
) -> None:
    await _reported(desk)
    async with db.unit(1) as uow:
        await uow.conn.execute(outbox.update().values(state=OutboxState.HOLD))
    assert await _reported(desk) == []
