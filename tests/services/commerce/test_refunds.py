"""Money goes back: once, booked, with its effect on the access, and everybody concerned is told."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import access_changes, accesses, memberships, orders, payments, tariffs
from core.db.models.commerce_money import refunds as refund_rows
from core.db.models.delivery import jobs
from core.db.session import Database
from core.errors import DomainError
from core.money import Money
from payment.base import (
    Ability,
    PaymentState,
    RefundState,
    RefusedError,
    UnavailableError,
    UnknownOutcomeError,
)
from services.commerce.ledger.checking import check_books
from services.commerce.payments.calls import CHECK
from services.commerce.payments.payments import CHECKS, get_order, get_payment
from services.commerce.refunds import refunds
from services.commerce.refunds.refunds import RefundDecision
from services.delivery.jobs import MOST_TRIES, Perform
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_payment
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    ScriptedProvider,
    buy,
    calls,
    choose,
    created,
    finish,
    only_payment,
    pass_time,
    said,
    told_of,
    work,
)

Performers = Mapping[str, Perform]
ADMIN = 1001
ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def admin(db: Database, shop: Shop) -> None:
    """Somebody who is told."""
    async with db.unit(1) as uow:
        person = await add_contact(uow, ADMIN)
        await add_chat(uow, shop.chat.bot_id, person)


async def ask(db: Database, payment_id: int, amount: int = PRICE, closes: bool | None = None) -> int:
    async with db.unit(1) as uow:
        payment = await get_payment(uow, payment_id)
        return await refunds.ask_refund(
            uow, RefundDecision(payment_id, amount, str(ADMIN), payment.refunded, closes)
        )


async def seen(db: Database, payment_id: int, refunded: int) -> None:
    """The provider says how the payment stands, and how much has gone back."""
    told = await told_of(db, payment_id, PaymentState.SUCCEEDED, refunded=refunded)
    await finish(db, CHECK, payment_id, told)


async def states(db: Database) -> list[tuple[str, int, str]]:
    return [(row.status, row.amount, row.by) for row in await read_rows(db, refund_rows)]


async def is_open(db: Database) -> bool:
    (access,) = await read_rows(db, accesses)
    return bool(access.status == "active")


async def assert_right(db: Database, back: int) -> None:
    (payment,) = await read_rows(db, payments)
    assert payment.refunded == back
    books = await check_books(db, 1, {})
    assert books.is_right
    assert {one.book: one.amount for one in books.sums}.get("refund", 0) == back


async def test_all_of_it_goes_back_and_the_access_closes(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Performers
) -> None:
    payment_id = await buy(db, shop)
    refund_id = await ask(db, payment_id)
    await work(db, performers)
    (request,) = provider.refunds
    assert (request.refund_id, request.amount, request.is_whole) == (refund_id, Money(PRICE, "RUB"), True)
    assert request.external_id == f"ext-{payment_id}"
    assert await states(db) == [("succeeded", PRICE, str(ADMIN))]
    assert not await is_open(db)
    assert [(one.change, one.admin_id) for one in await read_rows(db, access_changes)] == [("refunded", 0)]
    (told,) = await said(db, "refund-buyer-closed")
    assert told["text"]["v"]["when"]["t"] == "refund-when-bank"
    await assert_right(db, PRICE)
    with pytest.raises(DomainError, match="NOTHING_TO_REFUND"):
        await _offer(db, payment_id, None)


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_who_paid_twice_reads_that_one_of_the_two_comes_back(
    db: Database, shop: Shop, language: str
) -> None:
    first = await buy(db, shop)
    async with db.unit(1) as uow:
        order = await get_order(uow, (await get_payment(uow, first)).order_id)
        made = {"provider": ScriptedProvider.name, "status": "pending", "made_at": uow.real_now}
        second = await add_payment(uow, order.id, **made)
    await finish(db, CHECK, second, await told_of(db, second, PaymentState.SUCCEEDED))
    (told,) = await said(db, "order-surplus")
    assert told["chat_id"] == shop.buyer.telegram_id
    assert order.public_id in (words := show_words(told["text"], language))
    assert {"en": "gives it back", "ru": "вернёт деньги"}[language] in words
    assert [one["chat_id"] for one in await said(db, "payment-surplus")] == [ADMIN]


async def _offer(db: Database, payment_id: int, amount: int | None) -> int:
    async with db.unit(1) as uow:
        order = await get_order(uow, (await get_payment(uow, payment_id)).order_id)
        return (await refunds.find_refundable(uow, order, amount))[1]


async def test_parts_go_back_one_after_the_other_to_the_last_kopek(
    db: Database, shop: Shop, performers: Performers
) -> None:
    payment_id = await buy(db, shop)
    for part in (1, PRICE - 2):
        await ask(db, payment_id, part)
        await work(db, performers)
        assert await is_open(db)
    assert len(await said(db, "refund-buyer-kept")) == 2
    with pytest.raises(DomainError, match=r"0\.01 RUB"):
        await _offer(db, payment_id, 2)
    assert await _offer(db, payment_id, None) == 1
    await ask(db, payment_id, 1)
    await work(db, performers)
    assert not await is_open(db)
    await assert_right(db, PRICE)


async def test_pressed_by_many_at_once_it_goes_back_once(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Performers
) -> None:
    payment_id = await buy(db, shop)
    tried = await asyncio.gather(
        *(ask(db, payment_id, PRICE // 2) for _ in range(20)), return_exceptions=True
    )
    refused = [one.code for one in tried if isinstance(one, DomainError)]
    assert refused == ["REFUND_UNDER_WAY"] * 19
    await work(db, performers)
    decision = RefundDecision(payment_id, PRICE // 2, "1001", 0)
    with pytest.raises(DomainError, match="REFUND_CHANGED"):
        async with db.unit(1) as uow:
            await refunds.ask_refund(uow, decision)
    assert len(provider.refunds) == 1
    await assert_right(db, PRICE // 2)


@ON_SQLITE
@pytest.mark.parametrize(
    ("rule", "part", "choice", "stays"),
    [
        ("whole", PRICE, None, False),
        ("whole", 1, None, True),
        ("any", 1, None, False),
        ("never", PRICE, None, True),
        ("whole", PRICE, False, True),
        ("never", 1, True, False),
    ],
)
async def test_the_access_follows_the_tariff_unless_the_admin_says_otherwise(
    db: Database, shop: Shop, performers: Performers, rule: str, part: int, choice: bool | None, stays: bool
) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().values(closes_on_refund=rule))
    await ask(db, await buy(db, shop), part, choice)
    await work(db, performers)
    assert await is_open(db) is stays


@ON_SQLITE
async def test_who_is_in_the_groups_is_put_out_once_and_can_be_let_back(
    db: Database, shop: Shop, performers: Performers
) -> None:
    payment_id = await buy(db, shop, "club")
    async with db.unit(1) as uow:
        await uow.conn.execute(memberships.update().values(status="joined"))
    assert await read_rows(db, memberships)
    await ask(db, payment_id)
    await work(db, performers)
    (told,) = [one for one in await _told_admins(db) if "lines" in one["text"]]
    keys = [one["t"] for one in told["text"]["lines"]]
    assert keys == ["refund-made-by-us", "refund-access-closed", "revoke-removed"]
    assert [row[0]["press"].split(".")[0] for row in told["buttons"]] == ["tb"]
    assert told["text"]["lines"][0]["v"]["provider"] == {"c": {"*": "scripted"}, "n": True}, told
    (buyer,) = [one for one in await calls(db, "sendMessage") if "left-groups" in str(one)]
    assert [one["t"] for one in buyer["text"]["lines"]] == ["refund-buyer-closed", "left-groups"]
    assert len(buyer["text"]["lines"][1]["v"]["groups"]) == len(GROUPS)
    await seen(db, payment_id, PRICE)
    assert [one["chat_id"] for one in await calls(db, "banChatMember")] == list(GROUPS)


async def _told_admins(db: Database) -> list[dict[str, Any]]:
    told = [one for one in await calls(db, "sendMessage") if one["chat_id"] == ADMIN]
    return [one for one in told if "sale-one" not in str(one)]


async def test_made_at_the_provider_it_is_followed_once(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    for refunded in (500, 500, 0, PRICE, PRICE):
        await seen(db, payment_id, refunded)
    assert await states(db) == [("succeeded", 500, "provider"), ("succeeded", PRICE - 500, "provider")]
    assert not await is_open(db)
    assert len([one for one in await _told_admins(db) if "lines" in one["text"]]) == 2
    await assert_right(db, PRICE)


async def test_the_notice_may_come_before_the_answer_to_our_own(
    db: Database, shop: Shop, performers: Performers
) -> None:
    payment_id = await buy(db, shop)
    await ask(db, payment_id, 500)
    await seen(db, payment_id, 500)
    await work(db, performers)
    assert await states(db) == [("succeeded", 500, str(ADMIN))]
    await assert_right(db, 500)


@ON_SQLITE
async def test_refunded_before_we_heard_of_the_payment_it_closes_what_it_opened(
    db: Database, shop: Shop
) -> None:
    await choose(db, shop)
    payment_id = (await only_payment(db)).id
    await created(db, payment_id)
    await seen(db, payment_id, PRICE)
    assert not await is_open(db)
    await assert_right(db, PRICE)


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "reason", "cause"),
    [
        (RefundState.CANCELLED, "insufficient_funds", "refund-cause-funds"),
        (RefusedError("Stars go back as a whole only", code="whole_only"), "", "refund-cause-whole"),
    ],
)
async def test_refused_it_changes_nothing_and_admins_read_why(
    db: Database,
    shop: Shop,
    provider: ScriptedProvider,
    performers: Performers,
    answer: RefundState | Exception,
    reason: str,
    cause: str,
) -> None:
    provider.on_refund, provider.reason = answer, reason
    payment_id = await buy(db, shop)
    refund_id = await ask(db, payment_id)
    await work(db, performers)
    (told,) = await said(db, "refund-refused")
    assert told["text"]["v"]["cause"]["t"] == cause
    again, done = (row[0]["press"] for row in told["buttons"])
    assert (again, done) == (f"rfd.{payment_id}-{PRICE}-0-r", f"rfo.{refund_id}")
    assert await is_open(db)
    await assert_right(db, 0)
    async with db.unit(1) as uow:  # given back in the cabinet, told twice
        assert await refunds.settle_by_hand(uow, refund_id)
    async with db.unit(1) as uow:
        assert not await refunds.settle_by_hand(uow, refund_id)
    assert not await is_open(db)
    await assert_right(db, PRICE)


async def _asked_by_hand(db: Database, payment_id: int, amount: int = PRICE) -> list[dict[str, Any]]:
    """The questions that admins have been asked, each with a button for either answer."""
    questions = await said(db, "refund-by-hand")
    (refund,) = await read_rows(db, refund_rows)
    assert (refund.payment_id, refund.amount, refund.status) == (payment_id, amount, "by_hand")
    for told in questions:
        assert told["chat_id"] == ADMIN
        assert [row[0]["press"] for row in told["buttons"]] == [f"rfo.{refund.id}", f"rfn.{refund.id}"]
    return questions


async def test_what_its_provider_cannot_give_back_waits_for_a_person(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.abilities = provider.abilities - {Ability.REFUND}
    payment_id = await buy(db, shop)
    refund_id = await ask(db, payment_id)
    await work(db, performers)
    assert not [job for job in await read_rows(db, jobs) if job.state == "dead"]
    assert not provider.refunds
    assert await is_open(db)
    await assert_right(db, 0)
    assert not await said(db, "refund-buyer-closed")
    for day in (1, 2, 3):
        assert len(await _asked_by_hand(db, payment_id)) == day
        await pass_time(db, clock, days=1)
        await work(db, performers)
    with pytest.raises(DomainError, match="REFUND_UNDER_WAY"):
        await ask(db, payment_id)
    async with db.unit(1) as uow:
        assert await refunds.settle_by_hand(uow, refund_id)
    async with db.unit(1) as uow:
        assert not await refunds.settle_by_hand(uow, refund_id)
    assert not await is_open(db)
    assert len(await said(db, "refund-buyer-closed")) == 1
    await assert_right(db, PRICE)
    await pass_time(db, clock, days=3)
    assert len(await said(db, "refund-by-hand")) == 4


@ON_SQLITE
async def test_a_refund_by_hand_can_be_dropped_and_asked_for_again(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.abilities = provider.abilities - {Ability.REFUND}
    payment_id = await buy(db, shop)
    refund_id = await ask(db, payment_id)
    await work(db, performers)
    async with db.unit(1) as uow:
        assert await refunds.give_up(uow, refund_id)
    async with db.unit(1) as uow:
        assert not await refunds.give_up(uow, refund_id)
    await pass_time(db, clock, days=2)
    assert len(await said(db, "refund-by-hand")) == 1
    assert await is_open(db)
    await ask(db, payment_id, 500)
    await seen(db, payment_id, 500)  # while the question is on its way, the provider tells of it
    await work(db, performers)
    assert [state for state, _, _ in await states(db)] == ["refused", "succeeded"]
    await assert_right(db, 500)


@ON_SQLITE
async def test_told_by_the_provider_a_refund_by_hand_is_done(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.abilities = provider.abilities - {Ability.REFUND}
    payment_id = await buy(db, shop)
    await ask(db, payment_id)
    await work(db, performers)
    await _asked_by_hand(db, payment_id)
    await seen(db, payment_id, PRICE)
    assert await states(db) == [("succeeded", PRICE, str(ADMIN))]
    assert not await is_open(db)
    await pass_time(db, clock, days=2)
    assert len(await said(db, "refund-by-hand")) == 1
    await assert_right(db, PRICE)


@ON_SQLITE
async def test_of_an_unknown_outcome_the_same_is_asked_until_it_is_known(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.on_refund = UnknownOutcomeError("no answer")
    await ask(db, await buy(db, shop))
    for _ in range(MOST_TRIES):
        await work(db, performers)
        clock.advance(hours=1)
    assert len(provider.refunds) == MOST_TRIES
    assert len({request.key for request in provider.refunds}) == 1
    assert await states(db) == [("asked", PRICE, str(ADMIN))]
    provider.on_refund = RefundState.SUCCEEDED
    await pass_time(db, clock, minutes=2)
    await work(db, performers)
    assert provider.refunds[-1] == provider.refunds[0]
    assert await states(db) == [("succeeded", PRICE, str(ADMIN))]
    await assert_right(db, PRICE)


@ON_SQLITE
async def test_what_nobody_can_find_out_admins_decide(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.on_refund = UnavailableError("no connection")
    payment_id = await buy(db, shop)
    refund_id = await ask(db, payment_id)
    for times in (*CHECKS, 1):
        for _ in range(MOST_TRIES):
            await work(db, performers)
            clock.advance(hours=1)
        await pass_time(db, clock, seconds=timedelta(minutes=times).total_seconds())
    (told,) = await said(db, "refund-unknown")
    assert [row[0]["press"] for row in told["buttons"]] == [f"rfo.{refund_id}", f"rfn.{refund_id}"]
    async with db.unit(1) as uow:
        assert await refunds.give_up(uow, refund_id)
    assert await states(db) == [("refused", PRICE, str(ADMIN))]
    await seen(db, payment_id, PRICE)  # and then it turns out that it had gone back
    assert not await is_open(db)
    await assert_right(db, PRICE)


@ON_SQLITE
async def test_under_way_it_is_asked_for_until_it_is_there(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Performers
) -> None:
    provider.on_refund = RefundState.PENDING
    await ask(db, await buy(db, shop))
    await work(db, performers)
    assert (await states(db))[0][0] == "pending"
    assert await is_open(db)
    await pass_time(db, clock, minutes=2)
    await work(db, performers)
    provider.on_refund = RefundState.SUCCEEDED
    await pass_time(db, clock, minutes=3)
    await work(db, performers)
    assert len(provider.refunds) == 1
    assert not await is_open(db)
    await assert_right(db, PRICE)


@ON_SQLITE
async def test_a_dispute_is_told_once_and_noted_when_it_is_lost(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    for _ in range(2):
        told = await told_of(db, payment_id, PaymentState.SUCCEEDED, is_disputed=True)
        await finish(db, CHECK, payment_id, told)
    (report,) = await said(db, "payment-disputed")
    assert report["buttons"][0][0]["press"] == f"rfl.{payment_id}"
    assert await is_open(db)
    for left in (PRICE, 0):
        async with db.unit(1) as uow:
            assert await refunds.note_lost(uow, payment_id, str(ADMIN)) == left
    assert not await is_open(db)
    await assert_right(db, PRICE)


@ON_SQLITE
@pytest.mark.parametrize(("plan", "stays"), [({"period": "month", "parts": 3}, True), (None, False)])
async def test_of_what_is_paid_in_parts_one_part_that_goes_back_closes_nothing(
    db: Database, shop: Shop, performers: Performers, plan: dict[str, Any] | None, stays: bool
) -> None:
    payment_id = await buy(db, shop)
    async with db.unit(1) as uow:
        payment = await get_payment(uow, payment_id)
        second = {"kind": "instalment", "status": "succeeded", "refunded": 0 if plan else PRICE}
        await add_payment(uow, payment.order_id, external_id="second", **second)
        await uow.conn.execute(orders.update().values(plan=plan))
    await ask(db, payment_id)
    await work(db, performers)
    assert await is_open(db) is stays


@ON_SQLITE
async def test_what_was_paid_in_stars_goes_back_in_stars(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(payments.update().values(amount=450, currency="XTR"))
        order = await get_order(uow, (await get_payment(uow, payment_id)).order_id)
        assert await refunds.find_currency(uow, order) == "XTR"
        with pytest.raises(DomainError, match="450 XTR"):
            await refunds.find_refundable(uow, order, 451)
    await seen(db, payment_id, 450)
    (told,) = await said(db, "refund-buyer-closed")
    assert told["text"]["v"]["when"]["t"] == "refund-when-stars", "no bank is asked for Stars"
