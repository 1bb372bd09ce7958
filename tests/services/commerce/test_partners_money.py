"""What partners earn by a sale, hold, lose by a refund and are paid; and what is held for an admin to look at."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.db.models.commerce import orders, partner_clicks, payments, tariffs
from core.db.models.commerce_money import ledger_entries, payers
from core.db.models.commerce_partners import commissions, payouts
from core.db.session import Database
from core.errors import DomainError
from core.events import PaymentRefunded
from core.lifecycle import CommissionStatus, PaymentStatus
from core.rules.commission import PartnerRules, Touch
from services.commerce.partners.commissions import (
    doubt_own_gift,
    list_doubtful,
    list_earnings,
    set_rules,
    settle_doubt,
    take_back,
)
from services.commerce.partners.payouts import get_payout, open_place, request_payout, settle_payout
from services.commerce.partners.referrals import become_partner, follow_link, get_partner
from services.commerce.schemas import Earnings
from services.insight.figures import count_figures
from services.people.contacts import get_contact
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import add_row, read_rows
from tests.factories.sales import (
    PRICE,
    add_click,
    add_order,
    add_partner,
    add_payment,
    add_promo,
    add_promo_entry,
    add_referral,
)
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import buy, calls, choose, pay_again, said

ADMIN, IRA, OLEG, CARD = 1001, 700_001, 700_002, "Bank, 2200 1111 2222 3333"
FIRST, SECOND = PRICE // 5, PRICE // 20


async def partner_of(db: Database, telegram_id: int, **changed: Any) -> int:
    async with db.unit(1) as uow:
        person = await add_contact(uow, telegram_id)
        await add_chat(uow, SALES_BOT, person)
        return await add_partner(uow, person.id, f"CODE{telegram_id}", **changed)


@pytest.fixture
async def ira(db: Database, shop: Shop) -> int:
    """A partner who brought the buyer, and whom Oleg had brought; `basic` pays both."""
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(commission={"first": "20%", "second": "5%"}))
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    oleg = await partner_of(db, OLEG)
    ira = await partner_of(db, IRA, parent_id=oleg)
    async with db.unit(1) as uow:
        await add_click(uow, ira, shop.buyer.id)
        await add_referral(uow, ira, shop.buyer.id)
    return ira


async def earned(db: Database, partner_id: int) -> Earnings:
    async with db.unit(1) as uow:
        (found,) = await list_earnings(uow, partner_id)
        return found


async def refund(db: Database, payment_id: int, refund_id: int, amount: int, so_far: int) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(payments).values(refunded=so_far))
    async with db.unit(1) as uow:
        whole = so_far >= PRICE
        await take_back(uow, PaymentRefunded(1, payment_id, refund_id, amount, whole, is_surplus=False))


async def is_balanced(db: Database) -> bool:
    lines = await read_rows(db, ledger_entries)
    entries = {one.entry: 0 for one in lines}
    for one in lines:
        entries[one.entry] += one.amount
    owed = -sum(one.amount for one in lines if one.book == "partner")
    kept = [one for one in await read_rows(db, commissions) if one.status not in {"paid", "cancelled"}]
    return not any(entries.values()) and owed == sum(one.amount for one in kept)


async def test_a_sale_brings_two_levels_their_shares_once(db: Database, shop: Shop, ira: int) -> None:
    payment_id = await buy(db, shop)
    await pay_again(db, 1, payment_id)
    rows = [(one.level, one.partner_id, one.amount) for one in await read_rows(db, commissions)]
    assert rows == [(1, ira, FIRST), (2, ira - 1, SECOND)]
    assert (await earned(db, ira)).held == FIRST
    assert await is_balanced(db)
    assert {one["chat_id"] for one in await said(db, "partner-earned")} == {IRA, OLEG}
    async with db.unit(1) as uow:
        (sales,) = (await count_figures(uow)).money.partners
    assert (sales.name, sales.paid, sales.sums) == (f"Anna (CODE{IRA})", 1, {"RUB": PRICE})


async def test_what_no_tariff_pays_is_not_earned(db: Database, shop: Shop, ira: int) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(commission=None))
    await buy(db, shop)
    assert await read_rows(db, commissions) == []


async def test_nobody_earns_by_oneself(db: Database, shop: Shop, ira: int, clock: StillClock) -> None:
    async with db.unit(1) as uow:
        own = await become_partner(uow, shop.buyer.id)
    async with db.unit(1) as uow:
        assert (await get_partner(uow, own.id)).parent_id == ira  # who brought the buyer
        with pytest.raises(DomainError, match="SELF_REFERRAL"):
            await follow_link(uow, own.code, shop.buyer.id)
    async with db.unit(1) as uow:  # and were the link followed by force
        await set_rules(uow, PartnerRules(Touch.LAST))
        row = {"partner_id": own.id, "contact_id": shop.buyer.id, "at": uow.now + timedelta(seconds=1)}
        await add_row(uow, partner_clicks, row, {})
    clock.advance(minutes=1)
    await buy(db, shop)
    assert await read_rows(db, commissions) == []


@pytest.mark.parametrize(("touch", "wins"), [(Touch.FIRST, IRA), (Touch.LAST, OLEG)])
async def test_the_first_or_the_last_link_counts(
    db: Database, shop: Shop, ira: int, clock: StillClock, touch: Touch, wins: int
) -> None:
    clock.advance(days=1)
    async with db.unit(1) as uow:
        await follow_link(uow, f"CODE{OLEG}", shop.buyer.id)
        await set_rules(uow, PartnerRules(touch))
    await buy(db, shop)
    first = (await read_rows(db, commissions))[0]
    assert first.partner_id == (ira if wins == IRA else ira - 1)


async def test_a_link_counts_within_its_window(db: Database, shop: Shop, ira: int, clock: StillClock) -> None:
    async with db.unit(1) as uow:
        await set_rules(uow, PartnerRules(window_days=30))
    clock.advance(days=31)
    await buy(db, shop)
    assert await read_rows(db, commissions) == []


async def test_refunds_take_the_shares_along_to_the_last_kopek(db: Database, shop: Shop, ira: int) -> None:
    payment_id = await buy(db, shop)
    await refund(db, payment_id, 1, 333, 333)
    await refund(db, payment_id, 1, 333, 333)  # told again
    assert (await earned(db, ira)).held == FIRST - 333 // 5
    await refund(db, payment_id, 2, PRICE - 333, PRICE)
    assert (await earned(db, ira)).earned == (await earned(db, ira - 1)).earned == 0
    assert await is_balanced(db)


async def test_money_is_held_then_asked_for_then_paid_and_its_place_is_sealed(
    db: Database, shop: Shop, ira: int, clock: StillClock
) -> None:
    await buy(db, shop)
    async with db.unit(1) as uow:
        partner = await get_partner(uow, ira)
        with pytest.raises(DomainError, match="NOTHING_PAYABLE"):
            await request_payout(uow, partner, "RUB", CARD)
    assert await read_rows(db, payouts) == []
    clock.advance(days=14)
    async with db.unit(1) as uow:
        await request_payout(uow, partner, "RUB", CARD)
    assert CARD not in str([tuple(one) for one in await read_rows(db, payouts)])
    assert CARD not in str(await calls(db))
    with pytest.raises(DomainError, match="NOTHING_PAYABLE"):
        async with db.unit(1) as uow:
            await request_payout(uow, partner, "RUB", CARD)
    (payout,) = await read_rows(db, payouts)
    async with db.unit(1) as uow:
        assert open_place(uow, await get_payout(uow, payout.id)) == CARD
        assert await settle_payout(uow, payout.id, ADMIN, is_paid=True)
        assert not await settle_payout(uow, payout.id, ADMIN, is_paid=True)
    (payout,) = await read_rows(db, payouts)
    assert (payout.status, payout.amount, payout.sealed) == ("paid", FIRST, None)
    assert (await earned(db, ira)).paid == FIRST
    assert await is_balanced(db)


async def test_a_refused_payout_can_be_asked_for_again(
    db: Database, shop: Shop, ira: int, clock: StillClock
) -> None:
    await buy(db, shop)
    clock.advance(days=15)
    for number in (1, 2):
        async with db.unit(1) as uow:
            payout = await request_payout(uow, await get_partner(uow, ira), "RUB", CARD)
        async with db.unit(1) as uow:
            assert await settle_payout(uow, payout.id, ADMIN, is_paid=number == 2)
    assert (await earned(db, ira)).paid == FIRST


async def test_what_was_paid_out_is_taken_off_the_next_payout(
    db: Database, shop: Shop, ira: int, clock: StillClock
) -> None:
    payment_id = await buy(db, shop)
    clock.advance(days=15)
    async with db.unit(1) as uow:
        payout = await request_payout(uow, await get_partner(uow, ira), "RUB", CARD)
        await settle_payout(uow, payout.id, ADMIN, is_paid=True)
    await refund(db, payment_id, 1, PRICE, PRICE)
    assert (await earned(db, ira)).payable == -FIRST
    assert await is_balanced(db)


@pytest.mark.parametrize("is_fine", [True, False])
async def test_the_same_payer_is_held_until_an_admin_has_looked(
    db: Database, shop: Shop, ira: int, clock: StillClock, is_fine: bool
) -> None:
    async with db.unit(1) as uow:
        mail = {"email": "a@example.org", "phone": "", "at": uow.now}
        for contact_id in (shop.buyer.id, (await get_partner(uow, ira)).contact_id):
            await add_row(uow, payers, {"contact_id": contact_id, **mail}, {})
    payment_id = await buy(db, shop)
    clock.advance(days=30)
    assert (await earned(db, ira)).payable == 0
    assert len(await said(db, "commission-doubt-payer")) == 1
    async with db.unit(1) as uow:
        assert await settle_doubt(uow, payment_id, is_fine=is_fine)
        assert not await settle_doubt(uow, payment_id, is_fine=not is_fine)
    assert (await earned(db, ira)).payable == (FIRST if is_fine else 0)
    assert await is_balanced(db)


@pytest.mark.parametrize(("titles", "is_held"), [(("Visa *4242",) * 2, True), (("SberPay",) * 2, False)])
async def test_one_card_in_two_accounts_is_the_same_payer(
    db: Database, shop: Shop, ira: int, titles: tuple[str, str], is_held: bool
) -> None:
    """A provider gives a card that is kept another number for each account: people know it by its last figures."""
    own, bought = titles
    async with db.unit(1) as uow:
        order_id = await add_order(
            uow, await get_contact(uow, (await get_partner(uow, ira)).contact_id), shop.basic
        )
        await add_payment(uow, order_id, provider="scripted", method="pm-1", method_title=own)
    await choose(db, shop)
    async with db.unit(1) as uow:
        (order,) = await read_rows(db, orders, contact_id=shop.buyer.id)
        payment_id = await add_payment(
            uow,
            order.id,
            provider="scripted",
            status=PaymentStatus.PENDING,
            method="pm-2",
            method_title=bought,
        )
    await pay_again(db, order.id, payment_id)
    assert {one.doubt for one in await read_rows(db, commissions)} == {"payer" if is_held else None}


async def open_gift(db: Database, payment_id: int, partner_id: int) -> None:
    async with db.unit(1) as uow:
        await doubt_own_gift(uow, payment_id, (await get_partner(uow, partner_id)).contact_id)


async def ask_payout(db: Database, partner_id: int) -> int:
    async with db.unit(1) as uow:
        return (await request_payout(uow, await get_partner(uow, partner_id), "RUB", CARD)).id


@pytest.mark.parametrize("is_fine", [True, False])
async def test_opened_by_its_partner_after_a_payout_was_asked_for_nothing_is_paid_before_an_admin_has_looked(
    db: Database, shop: Shop, ira: int, clock: StillClock, is_fine: bool
) -> None:
    payment_id = await buy(db, shop)
    clock.advance(days=15)
    payout_id = await ask_payout(db, ira)
    await ask_payout(db, ira - 1)
    for _ in range(2):
        await open_gift(db, payment_id, ira)
    assert {one.status for one in await read_rows(db, payouts)} == {"refused"}
    async with db.unit(1) as uow:
        assert not await settle_payout(uow, payout_id, ADMIN, is_paid=True)
    assert ((await earned(db, ira)).held, (await earned(db, ira)).payable) == (FIRST, 0)
    assert len(await said(db, "payout-withdrawn-partner")) == 2
    (told,) = [one for one in await calls(db, "sendMessage") if "commission-doubt-receiver" in str(one)]
    assert str(told["text"]).count("commission-doubt-withdrawn") == 2
    async with db.unit(1) as uow:
        assert await settle_doubt(uow, payment_id, is_fine=is_fine)
    assert (await earned(db, ira)).payable == (FIRST if is_fine else 0)
    assert await is_balanced(db)


@pytest.mark.parametrize("is_fine", [True, False])
async def test_opened_by_its_partner_after_it_was_paid_out_it_comes_off_the_next_payout(
    db: Database, shop: Shop, ira: int, clock: StillClock, is_fine: bool
) -> None:
    payment_id = await buy(db, shop)
    clock.advance(days=15)
    payout_id = await ask_payout(db, ira)
    async with db.unit(1) as uow:
        await settle_payout(uow, payout_id, ADMIN, is_paid=True)
    await refund(db, payment_id, 1, 500, 500)
    await open_gift(db, payment_id, ira)
    assert len(await said(db, "commission-doubt-receiver")) == 1
    async with db.unit(1) as uow:
        assert {one.payment_id for one in await list_doubtful(uow)} == {payment_id}
        assert await settle_doubt(uow, payment_id, is_fine=is_fine)
        assert not await settle_doubt(uow, payment_id, is_fine=is_fine)
    assert (await earned(db, ira)).paid == FIRST
    assert (await earned(db, ira)).payable == (-500 // 5 if is_fine else -FIRST)
    await refund(db, payment_id, 2, PRICE - 500, PRICE)
    assert (await earned(db, ira)).payable == -FIRST, "taken back once, whatever goes back afterwards"
    assert await is_balanced(db)


async def test_a_burst_of_people_is_held(db: Database, shop: Shop, ira: int) -> None:
    async with db.unit(1) as uow:
        for number in range(50):
            await add_referral(uow, ira, (await add_contact(uow, 800_000 + number)).id)
    await buy(db, shop)
    assert {one.doubt for one in await read_rows(db, commissions)} == {"burst"}
    assert {one.status for one in await read_rows(db, commissions)} == {CommissionStatus.EARNED}


async def test_a_personal_code_goes_before_every_link(db: Database, shop: Shop, ira: int) -> None:
    own = await partner_of(db, 700_003)
    async with db.unit(1) as uow:
        promo_id = await add_promo(uow, partner_id=own, code="OWN")
        await add_promo_entry(uow, shop.buyer.id, promo_id)
    await buy(db, shop)
    (line,) = await read_rows(db, commissions)
    paid = (await read_rows(db, payments))[0].amount
    assert (line.partner_id, line.amount, paid < PRICE) == (own, paid // 5, True)
