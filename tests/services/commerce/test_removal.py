"""Out of the groups after the grace and two warnings; nobody at all where the table or the clock looks wrong."""

from datetime import timedelta
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import delete, update

from core.db.models.commerce import accesses, memberships, payments, removal_guards
from core.db.session import Database
from core.events import GroupRefused
from core.lifecycle import AccessStatus, MembershipStatus, PaymentKind, PaymentStatus
from services.commerce.access.access import note_leave
from services.commerce.access.removal import preview, steer, sweep
from services.people.schemas import Contact
from services.tenancy.groups import note_seat
from services.tenancy.schemas import Group
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import ANNA, add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_access, add_community, add_membership, add_order, add_payment
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import calls, places, said

GROUP = GROUPS[0]


async def fill(db: Database, shop: Shop, people: int = 10) -> list[int]:
    """So many people who bought `club` are in its first group; gives their accesses."""
    async with db.unit(1) as uow:
        await add_chat(uow, COURSE_BOT, await add_contact(uow, 1001))
        found = []
        for number in range(people):
            person = shop.buyer if number == 0 else await add_contact(uow, 600_000 + number)
            access_id = await add_access(uow, person.id, shop.club)
            await add_membership(
                uow, access_id, 1, person.telegram_id, status=MembershipStatus.JOINED, joined_at=uow.now
            )
            found.append(access_id)
        return found


async def end(db: Database, *access_ids: int, ago: timedelta = timedelta(0)) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(
            update(accesses).where(accesses.c.id.in_(access_ids)).values(ends_at=uow.now - ago)
        )


async def go_on(db: Database, clock: StillClock, hours: int, step: int = 8) -> int:
    """Let hours pass, the groups looked after every few; says how many people were put out."""
    gone = 0
    for _ in range(-(-hours // step)):
        clock.advance(hours=min(step, hours), seconds=1)
        gone += await sweep(db)
    return gone


async def banned(db: Database) -> list[tuple[int, int]]:
    return [(one["chat_id"], one["user_id"]) for one in await calls(db, "banChatMember")]


async def test_who_has_no_access_is_warned_twice_and_then_put_out(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    ended, *_ = await fill(db, shop)
    assert await go_on(db, clock, 2) == 0
    await end(db, ended)
    assert await go_on(db, clock, 1) == 0
    (first,) = await said(db, "leaving-first")
    assert first["chat_id"] == ANNA
    assert await go_on(db, clock, 48) == 0
    assert len(await said(db, "leaving-last")) == 1
    assert await go_on(db, clock, 16) == 0
    assert await banned(db) == []
    assert await go_on(db, clock, 9) == 1
    assert await banned(db) == [(GROUP, ANNA)]
    assert len(await calls(db, "unbanChatMember")) == 1  # with a new purchase they may come back
    assert len(await said(db, "leaving-out")) == 1
    assert [one["chat_id"] for one in await calls(db) if "removed-title" in str(one)] == [1001]
    assert await go_on(db, clock, 30) == 0


async def test_where_the_bot_may_not_ban_everybody_waits_until_it_may(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    ended, *_ = await fill(db, shop)
    await end(db, ended)
    refused = GroupRefused(SALES_BOT, GROUP, "banChatMember", "Bad Request: CHAT_ADMIN_REQUIRED")
    async with db.unit(1) as uow:
        uow.publish(refused)
        uow.publish(refused)
    assert await go_on(db, clock, 120) == 0
    assert await banned(db) == []
    assert len([one for one in await calls(db) if "group-no_bans" in str(one)]) == 1
    async with db.unit(1) as uow:
        group, rights = Group(GROUP, "supergroup", "Club"), {"can_invite_users": True}
        await note_seat(uow, SALES_BOT, group, "administrator", rights, "en")
    assert await go_on(db, clock, 8) == 1


async def test_who_has_paid_again_stays(db: Database, shop: Shop, clock: StillClock) -> None:
    ended, *_ = await fill(db, shop)
    await end(db, ended)
    await go_on(db, clock, 60)
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.club, payment_id=await paid(uow, shop.buyer, shop))
    assert await go_on(db, clock, 40) == 0
    assert await banned(db) == []
    assert {row.leaves_at for row in await places(db)} == {None}  # ending anew is warned of anew


async def paid(uow: Any, buyer: Contact, shop: Shop, **changed: Any) -> int:
    order_id = await add_order(uow, buyer, shop.club, status="paid", public_id="p")
    return await add_payment(uow, order_id, **{"status": PaymentStatus.SUCCEEDED, **changed})


async def test_who_left_alone_is_not_put_out(db: Database, shop: Shop, clock: StillClock) -> None:
    ended, *_ = await fill(db, shop)
    await end(db, ended, ago=timedelta(days=9))
    await go_on(db, clock, 3)
    async with db.unit(1) as uow:
        await note_leave(uow, GROUP, ANNA)
    assert await go_on(db, clock, 30) == 0


async def test_a_group_of_two_tariffs_is_left_when_neither_is_open(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    ended, *_ = await fill(db, shop)
    async with db.unit(1) as uow:
        await add_community(uow, shop.basic, GROUP)
        other = await add_access(uow, shop.buyer.id, shop.basic)
    await end(db, ended)
    assert await go_on(db, clock, 100) == 0
    await end(db, other)
    assert await go_on(db, clock, 100) == 1


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # PostgreSQL keeps rows that others refer to
async def test_a_table_of_accesses_that_lost_its_rows_puts_nobody_out(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await fill(db, shop, 30)
    async with aiosqlite.connect(str(db.url.database)) as outside:  # which looks after nothing by itself
        await outside.execute("DELETE FROM accesses")
        await outside.commit()
    assert await go_on(db, clock, 120) == 0
    assert len(await said(db, "removal-alarm-table")) == 1
    assert await banned(db) == []


@pytest.mark.parametrize("kept", [0, 5])
async def test_an_emptied_table_puts_nobody_out_and_is_told_once(
    db: Database, shop: Shop, clock: StillClock, kept: int
) -> None:
    made = await fill(db, shop, 30)
    await go_on(db, clock, 2)
    async with db.unit(1) as uow:
        lost = made[kept:]
        await uow.conn.execute(delete(memberships).where(memberships.c.access_id.in_(lost)))
        await uow.conn.execute(delete(accesses).where(accesses.c.id.in_(lost)))
    await end(db, *made)
    assert await go_on(db, clock, 120) == 0
    assert len(await said(db, "removal-alarm-table")) == 1
    assert await banned(db) == []


async def test_all_accesses_closed_at_once_put_nobody_out_until_an_owner_has_looked(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await fill(db, shop, 30)
    await go_on(db, clock, 2)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(accesses).values(status=AccessStatus.REVOKED))
    assert await go_on(db, clock, 120) == 0
    assert len(await said(db, "removal-alarm-many")) == 1
    assert await said(db, "leaving-first") == []
    async with db.unit(1) as uow:
        await steer(uow, "go")
    gone = [await go_on(db, clock, 5) for _ in range(8)]
    assert [number for number in gone if number] == [20, 10]  # at most twenty in one pass
    assert len(await said(db, "removal-alarm-many")) == 1


async def test_a_clock_a_year_ahead_puts_nobody_out_and_is_told_once(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    accesses_of = await fill(db, shop)
    await end(db, *accesses_of, ago=timedelta(days=-30))
    await go_on(db, clock, 2)
    clock.advance(days=365)
    assert await go_on(db, clock, 100) == 0
    assert len(await said(db, "removal-alarm-clock")) == 1
    assert await said(db, "leaving-first") == await said(db, "leaving-last") == []


async def test_a_provider_that_says_nothing_for_a_day_puts_nobody_out(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    ended, *_ = await fill(db, shop)
    async with db.unit(1) as uow:
        await paid(uow, shop.buyer, shop, kind=PaymentKind.RENEWAL, status=PaymentStatus.PENDING)
    await end(db, ended)
    assert await go_on(db, clock, 30) == 0
    assert await go_on(db, clock, 120) == 0
    assert await banned(db) == []
    assert {one["chat_id"] for one in await said(db, "removal-unsettled")} == {1001}
    async with db.unit(1) as uow:
        await uow.conn.execute(update(payments).values(status=PaymentStatus.CANCELLED))
    assert await go_on(db, clock, 30) == 1


@pytest.mark.parametrize("what", ["off", "on"])
async def test_an_owner_may_have_nobody_put_out(
    db: Database, shop: Shop, clock: StillClock, what: str
) -> None:
    ended, *_ = await fill(db, shop)
    await end(db, ended)
    async with db.unit(1) as uow:
        await steer(uow, "off")
        await steer(uow, what)
    assert await go_on(db, clock, 100) == int(what == "on")


async def test_looking_changes_nothing(db: Database, shop: Shop, clock: StillClock) -> None:
    ended, *_ = await fill(db, shop)
    await end(db, ended)
    async with db.unit(1) as uow:
        (one,) = (await preview(uow)).outside
        assert one.leaves_at == uow.now + timedelta(days=3)
    assert await count_rows(db, removal_guards) == 0
    assert {row.leaves_at for row in await read_rows(db, memberships)} == {None}
