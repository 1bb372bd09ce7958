"""An access whose end has come opens nothing from that moment on, whether or not its timer has fired yet."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db.models.commerce import accesses
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import AccessStatus, MembershipStatus
from services.commerce.access import access, leaving
from services.commerce.access.manual_access import give_access, list_active_accesses, restore_access
from services.commerce.catalog.tariffs import get_tariff
from services.commerce.orders.purchases import list_purchases
from services.delivery.speech import Address
from services.learning.enrollment.enrollment import enter_course
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_access, add_membership
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import calls, choose, places, said

GROUP = GROUPS[0]


async def over(db: Database, shop: Shop, status: str = MembershipStatus.INVITED) -> int:
    """The buyer had `club` until an hour ago, and nothing has closed it yet."""
    async with db.unit(1) as uow:
        ended = uow.now - timedelta(hours=1)
        access_id = await add_access(uow, shop.buyer.id, shop.club, ends_at=ended)
        await add_membership(uow, access_id, 1, shop.buyer.telegram_id, status=status, link="https://t.me/+1")
        return access_id


async def test_nobody_is_let_into_a_group_by_it(db: Database, shop: Shop) -> None:
    await over(db, shop)
    async with db.unit(1) as uow:
        assert await access.decide_join(uow, SALES_BOT, GROUP, shop.buyer.telegram_id, 1) is False
    assert len(await calls(db, "declineChatJoinRequest")) == 1


async def test_until_the_end_it_lets_in(db: Database, shop: Shop) -> None:
    access_id = await over(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(
            update(accesses).where(accesses.c.id == access_id).values(ends_at=uow.now + timedelta(seconds=1))
        )
        assert await access.decide_join(uow, SALES_BOT, GROUP, shop.buyer.telegram_id, 1) is True


async def test_who_comes_in_all_the_same_is_told_of(db: Database, shop: Shop) -> None:
    await over(db, shop)
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, 1001))
        await access.note_join(uow, SALES_BOT, GROUP, shop.buyer.telegram_id)
        await leaving.note_join(uow, GROUP, shop.buyer.telegram_id)
    assert len(await said(db, "came-uninvited")) == 1


async def test_who_leaves_is_known_to_have_left(db: Database, shop: Shop) -> None:
    await over(db, shop, MembershipStatus.JOINED)
    async with db.unit(1) as uow:
        await access.note_leave(uow, GROUP, shop.buyer.telegram_id)
    assert {one.status for one in await places(db)} == {MembershipStatus.LEFT}


async def test_nothing_is_shown_or_begun_by_it_and_it_can_be_bought_again(db: Database, shop: Shop) -> None:
    await over(db, shop)
    async with db.unit(1) as uow:
        await add_chat(uow, COURSE_BOT, shop.buyer)
        assert await list_purchases(uow, shop.buyer.id) == []
        assert await list_active_accesses(uow, shop.buyer.id) == []
        assert await access.list_codes(uow, shop.buyer.id) == set()
        with pytest.raises(DomainError, match="PAYMENT_REQUIRED"):
            await enter_course(uow, shop.buyer, Address(COURSE_BOT, shop.buyer.telegram_id), "")
    assert await choose(db, shop, "club")


@pytest.mark.parametrize("status", [AccessStatus.ACTIVE, AccessStatus.REVOKED])
async def test_given_back_it_is_open_again(
    db: Database, shop: Shop, clock: StillClock, status: AccessStatus
) -> None:
    access_id = await over(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(accesses).values(status=status))
        assert await restore_access(uow, access_id, 1001)
        assert not await restore_access(uow, access_id, 1001)
    (row,) = await read_rows(db, accesses)
    assert (row.status, row.ends_at) == (AccessStatus.ACTIVE, None)
    clock.advance(days=90)
    async with db.unit(1) as uow:
        assert await access.decide_join(uow, SALES_BOT, GROUP, shop.buyer.telegram_id, 1) is True


async def test_an_admin_can_give_it_anew(db: Database, shop: Shop) -> None:
    await over(db, shop)
    async with db.unit(1) as uow:
        tariff = await get_tariff(uow, "club")
        await give_access(uow, shop.buyer, tariff, 1001)
        assert await access.list_codes(uow, shop.buyer.id) == {"club"}
