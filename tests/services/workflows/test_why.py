"""A purchase broken at each of its links is recognised and mended, on both databases."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, update

from core.db.models.commerce import (
    access_changes,
    accesses,
    memberships,
    orders,
    payments,
    provider_events,
)
from core.db.models.commerce_money import payers
from core.db.models.content import enrollment_tokens
from core.db.models.delivery import jobs
from core.db.models.learning import run_steps, runs
from core.db.session import Database, UnitOfWork
from core.flow.run import HoldReason
from core.lifecycle import AccessChange, AccessStatus, MembershipStatus, OrderStatus, PaymentStatus
from services.commerce.payments.calls import CHECK
from services.delivery import speech
from services.delivery.speech import Address
from services.learning.enrollment.enrollment import enter_course
from services.workflows.why.gathering import find_person, load_chains
from services.workflows.why.mending import Order, heal, mend
from services.workflows.why.schemas import Chain, Mend, State
from services.workflows.why.telling import tell_missing
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA, add_chat, add_consent, add_contact
from tests.factories.rows import add_row, count_rows, read_rows
from tests.factories.sales import add_access
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import buy, choose, said
from tests.services.commerce.conftest import env as env  # noqa: PLC0414 - the scripted provider's

Break = Callable[[UnitOfWork], Awaitable[object]]


@dataclass(frozen=True)
class Case:
    """How a whole purchase is broken, and what is then missing."""

    breaks: Break
    missing: str
    code: str
    mend: Mend | None
    heals: bool = False  # by itself


async def all_done(db: Database, shop: Shop) -> None:
    """They have bought `club`, are in its groups and on the course."""
    async with db.unit(1) as uow:
        await add_chat(uow, COURSE_BOT, shop.buyer)
    payment_id = await buy(db, shop, "club")
    async with db.unit(1) as uow:
        uow.append(provider_events, notice(payment_id))
        await uow.conn.execute(
            update(memberships).values(status=MembershipStatus.JOINED, joined_at=uow.now, link="l")
        )
        await enter_course(uow, shop.buyer, Address(COURSE_BOT, ANNA), "")


def notice(payment_id: int) -> dict[str, object]:
    return {
        "account_id": 1,
        "provider": "scripted",
        "key": "n",
        "external_id": f"ext-{payment_id}",
        "event": "payment.succeeded",
        "received_at": StillClock().now(),
    }


async def chain(db: Database, shop: Shop) -> Chain:
    async with db.unit(1) as uow:
        return (await load_chains(uow, shop.buyer))[0]


def _set(table: object, **values: object) -> Break:
    return lambda uow: uow.conn.execute(update(table).values(**values))  # type: ignore[arg-type]


async def no_access(uow: UnitOfWork) -> None:
    await uow.conn.execute(delete(memberships))
    await uow.conn.execute(update(runs).values(access_id=None))
    await uow.conn.execute(update(enrollment_tokens).values(access_id=None))
    await uow.conn.execute(delete(accesses))


async def not_booked(uow: UnitOfWork) -> None:
    await no_access(uow)
    await uow.conn.execute(update(orders).values(status=OrderStatus.OPEN, paid_at=None))


async def no_run(uow: UnitOfWork) -> None:
    await uow.conn.execute(delete(run_steps))
    await uow.conn.execute(delete(runs))


async def held(uow: UnitOfWork) -> None:
    """The course stopped with the access, and did not hear that the access is open again."""
    (run,) = (await uow.conn.execute(runs.select())).all()
    state = {**run.state, "status": "held", "held_for": HoldReason.NO_ACCESS}
    await uow.conn.execute(update(runs).values(status="held", state=state))


CASES = {
    "whole": Case(_set(orders, price=1), "", "", None),
    "page not made": Case(not_booked, "payment", "payment-new", Mend.ASK),
    "waits for money": Case(not_booked, "payment", "payment-pending", Mend.ASK),
    "closed unpaid": Case(not_booked, "payment", "payment-cancelled", Mend.ASK),
    "money not booked": Case(not_booked, "payment", "payment-unbooked", Mend.GRANT),
    "paid without access": Case(no_access, "access", "access-missing", Mend.GRANT, heals=True),
    "access taken away": Case(
        _set(accesses, status=AccessStatus.REVOKED), "access", "access-closed", Mend.RESTORE
    ),
    "no link asked for": Case(
        lambda uow: uow.conn.execute(delete(memberships)), "invite", "invite-none", Mend.INVITE
    ),
    "link refused": Case(
        _set(memberships, status=MembershipStatus.FAILED), "invite", "invite-failed", Mend.INVITE
    ),
    "link unused": Case(_set(memberships, status=MembershipStatus.INVITED), "join", "join-yet", Mend.INVITE),
    "left the group": Case(
        _set(memberships, status=MembershipStatus.LEFT), "invite", "invite-left", Mend.INVITE
    ),
    "no lessons": Case(no_run, "lesson", "lesson-none", Mend.START, heals=True),
    "held though open": Case(held, "lesson", "lesson-closed", Mend.RELEASE),
}
STATES = {
    "page not made": PaymentStatus.NEW,
    "waits for money": PaymentStatus.PENDING,
    "closed unpaid": PaymentStatus.CANCELLED,
}


@pytest.mark.parametrize("name", CASES)
async def test_a_break_at_each_link_is_seen_and_mended(
    db: Database, shop: Shop, clock: StillClock, name: str
) -> None:
    await all_done(db, shop)
    case = CASES[name]
    async with db.unit(1) as uow:
        await case.breaks(uow)
        if name in STATES:
            await uow.conn.execute(update(payments).values(status=STATES[name]))
    found = await chain(db, shop)
    missing = found.missing
    assert (missing.kind if missing else "", missing.code if missing else "") == (case.missing, case.code)
    if missing is None:
        return
    assert missing.mend is case.mend
    clock.advance(minutes=2)
    assert await heal(db) == int(case.heals)
    if not case.heals:
        async with db.unit(1) as uow:
            await mend(uow, Order(Mend(missing.mend), missing.target, 1001, "k"))
    await mended(db, shop, case)


async def mended(db: Database, shop: Shop, case: Case) -> None:
    """What was missing is under way, or there."""
    if case.mend is Mend.ASK:
        assert [row.kind for row in await read_rows(db, jobs)][-1].partition(".")[0] in {
            CHECK,
            "create_payment",
        }
        return
    after = (await chain(db, shop)).missing
    if case.mend is Mend.INVITE:
        assert {row.status for row in await read_rows(db, memberships)} == {MembershipStatus.ASKED}
    elif case.mend is Mend.GRANT:
        assert [row.status for row in await read_rows(db, accesses)] == [AccessStatus.ACTIVE]
    else:
        assert after is None


@pytest.mark.parametrize(
    ("change", "code"),
    [(AccessChange.REFUNDED, "access-refunded"), (AccessChange.ENDED, "access-ended")],
)
async def test_what_nobody_pays_for_any_more_is_not_given_back(
    db: Database, shop: Shop, change: AccessChange, code: str
) -> None:
    await all_done(db, shop)
    (access,) = await read_rows(db, accesses)
    async with db.unit(1) as uow:
        await _set(accesses, status=AccessStatus.REVOKED)(uow)
        done = {"access_id": access.id, "change": change, "admin_id": 0, "at": uow.now}
        await add_row(uow, access_changes, done, {})
    told = await chain(db, shop)
    last = told.links[-1]
    assert (last.code, last.state, last.mend) == (code, State.OVER, None)
    assert told.missing is None, "nothing is missing, and no link into a group is waited for"
    assert tell_missing(told) == speech.words("why-over")


async def test_what_heals_by_itself_is_told_once_and_done_once(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, COURSE_BOT, await add_contact(uow, 1001))
    await all_done(db, shop)
    async with db.unit(1) as uow:
        await no_access(uow)
    assert await heal(db) == 0  # it may be on its way
    clock.advance(minutes=2)
    assert [await heal(db) for _ in range(2)] == [1, 0]
    assert await count_rows(db, accesses) == 1
    assert len(await said(db, "healed-access")) == 1


async def test_nothing_is_opened_for_money_that_went_back(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await all_done(db, shop)
    async with db.unit(1) as uow:
        await no_access(uow)
        await uow.conn.execute(update(payments).values(refunded=payments.c.amount))
    clock.advance(minutes=2)
    assert await heal(db) == 0
    async with db.unit(1) as uow:  # a button from before
        await mend(uow, Order(Mend.GRANT, (await read_rows(db, payments))[0].id, 1001, "k"))
    assert await count_rows(db, accesses) == 0


async def test_who_never_came_to_the_course_bot_is_not_begun_for(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await buy(db, shop)
    clock.advance(minutes=2)
    assert await heal(db) == 0
    missing = (await chain(db, shop)).missing
    assert missing is not None
    assert (missing.code, missing.mend) == ("lesson-unmet", Mend.SEND)


@pytest.mark.parametrize(("keeps", "begun"), [("nothing", 1), ("consent", 0), ("another course", 0)])
async def test_who_has_come_and_got_nothing_is_begun_for_unless_it_is_their_choice(
    db: Database, shop: Shop, clock: StillClock, keeps: str, begun: int
) -> None:
    await all_done(db, shop)
    async with db.unit(1) as uow:
        if keeps != "another course":
            await no_run(uow)
        if keeps == "consent":
            await add_consent(uow, shop.buyer.id)
    clock.advance(minutes=2)
    assert await heal(db) == begun


async def test_a_person_is_found_by_each_name_an_admin_may_know(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    number = (await read_rows(db, orders))[0].public_id
    async with db.unit(1) as uow:
        row = {
            "contact_id": shop.buyer.id,
            "email": "anna@example.org",
            "phone": "+79991234567",
            "at": uow.now,
        }
        await add_row(uow, payers, row, {})
    names = [number, number.lower(), f"№{number}", f"ext-{payment_id}", f"@person{ANNA}", str(ANNA)]
    for words in (*names, "Anna@Example.org", "+7 999 123-45-67"):
        async with db.unit(1) as uow:
            person = await find_person(uow, words)
            assert person == shop.buyer, words
    async with db.unit(1) as uow:
        assert await find_person(uow, "K7QF3X") is None


async def test_an_order_put_aside_for_another_one_is_no_trouble(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    await buy(db, shop, "club")
    async with db.unit(1) as uow:
        first = (await load_chains(uow, shop.buyer))[1]
    assert first.missing is None


async def test_access_given_by_hand_is_a_chain_of_its_own(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.club)
    found = await chain(db, shop)
    assert found.purchase.order is None
    assert [link.kind for link in found.links] == ["access", *["invite", "join"] * len(GROUPS), "lesson"]
