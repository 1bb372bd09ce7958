"""Partners: the first touch stays, nobody refers themself, names never clash."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from core.db.models.commerce import orders, partner_clicks, partners, referrals
from core.db.models.content import link_names
from core.db.models.delivery import jobs, outbox
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import NameKind, OrderStatus
from core.rules.deep_link import parse_payload, partner_link
from services.commerce.partners.cabinet import show
from services.commerce.partners.chart import WEEKS, ask_sales_chart, count_weeks, label_week
from services.commerce.partners.referrals import become_partner, follow_link, get_figures
from services.commerce.schemas import Partner, PartnerFigures
from services.content.flows import publish_flow
from services.content.link_names import claim_name, find_kind
from services.content.messages.charts import build_performer
from services.content.messages.media import find_file
from services.delivery.speech import Address
from services.people.schemas import Contact
from tests.factories.accounts import SALES_BOT
from tests.factories.flows import make_scenario
from tests.factories.persons import add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_access, add_order, add_payment
from tests.factories.shops import Shop
from tests.factories.work import run_due
from tests.fakes.clock import StillClock

FRIEND = 500_010


async def _partner(db: Database, telegram_id: int) -> Partner:
    async with db.unit(1) as uow:
        return await become_partner(uow, (await add_contact(uow, telegram_id)).id)


async def _follow(db: Database, code: str, contact: Contact) -> None:
    async with db.unit(1) as uow:
        await follow_link(uow, code, contact.id)


async def test_a_partner_keeps_her_code(db: Database, shop: Shop) -> None:
    async def press() -> Partner:
        async with db.unit(1) as uow:
            return await become_partner(uow, shop.buyer.id)

    made = await asyncio.gather(*(press() for _ in range(20)))
    assert len({one.code for one in made}) == 1
    assert await count_rows(db, partners) == 1
    taken = [row.name for row in await read_rows(db, link_names, kind=NameKind.PARTNER)]
    assert taken == [made[0].code]
    assert parse_payload(partner_link(made[0].code)) is not None


async def test_a_partners_code_is_taken_as_a_name_in_links(db: Database, shop: Shop) -> None:
    partner = await _partner(db, FRIEND)
    async with db.unit(1) as uow:
        assert await find_kind(uow, partner.code) is NameKind.PARTNER


async def test_the_first_touch_stays_and_every_click_counts(db: Database, shop: Shop) -> None:
    first, second = await _partner(db, FRIEND), await _partner(db, FRIEND + 1)
    for code in (first.code, second.code, first.code):
        await _follow(db, code, shop.buyer)
    assert [row.partner_id for row in await read_rows(db, referrals)] == [first.id]
    assert [row.partner_id for row in await read_rows(db, partner_clicks)] == [first.id, second.id, first.id]


async def test_fifty_first_touches_at_once_are_one(db: Database, shop: Shop) -> None:
    links = [await _partner(db, FRIEND + n) for n in range(5)]
    await asyncio.gather(*(_follow(db, one.code, shop.buyer) for one in links * 10))
    assert await count_rows(db, referrals) == 1
    assert await count_rows(db, partner_clicks) == 50


async def test_nobody_refers_herself(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        partner = await become_partner(uow, shop.buyer.id)
    with pytest.raises(DomainError, match="SELF_REFERRAL"):
        await _follow(db, partner.code, shop.buyer)
    assert await count_rows(db, partner_clicks) == await count_rows(db, referrals) == 0


async def test_an_unknown_code_is_named(db: Database, shop: Shop) -> None:
    with pytest.raises(DomainError, match="PARTNER_NOT_FOUND: nobody"):
        await _follow(db, "nobody", shop.buyer)


async def test_figures_count_people_and_what_they_paid(db: Database, shop: Shop) -> None:
    partner, rival = await _partner(db, FRIEND), await _partner(db, FRIEND + 1)
    async with db.unit(1) as uow:
        people = [await add_contact(uow, FRIEND + 10 + n) for n in range(3)]
    for one in (*people, *[people[0]] * 3):  # four presses of one person are one
        await _follow(db, partner.code, one)
    async with db.unit(1) as uow:
        for number, (one, currency) in enumerate(zip(people, ("RUB", "EUR", "RUB"), strict=True)):
            paid = OrderStatus.OPEN if number == 2 else OrderStatus.PAID
            await add_order(uow, one, shop.basic, status=paid, currency=currency, price=100 + number)
        club = {"status": OrderStatus.PAID, "price": 50, "public_id": "second"}
        await add_order(uow, people[0], shop.club, **club)
        await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID)  # brought by nobody
        gone = {"status": OrderStatus.PAID, "price": 70, "public_id": "gone", "currency": "RUB"}
        back = {"status": "succeeded", "amount": 70, "refunded": 70}
        await add_payment(uow, await add_order(uow, people[1], shop.club, **gone), **back)
    async with db.unit(1) as uow:
        figures = await get_figures(uow, partner.id)
        assert figures == PartnerFigures(clicks=3, people=3, sales=3, sums=(("EUR", 101), ("RUB", 150)))
        assert await get_figures(uow, rival.id) == PartnerFigures(0, 0, 0, ())


async def test_what_was_ordered_before_the_link_was_pressed_is_nobodys(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    partner = await _partner(db, FRIEND)
    async with db.unit(1) as uow:
        open_before = await add_order(uow, shop.buyer, shop.basic)
    clock.advance(minutes=1)
    await _follow(db, partner.code, shop.buyer)
    clock.advance(minutes=1)
    async with db.unit(1) as uow:
        await uow.conn.execute(
            orders.update().where(orders.c.id == open_before).values(status="paid", paid_at=uow.now)
        )
    async with db.unit(1) as uow:
        assert await get_figures(uow, partner.id) == PartnerFigures(1, 1, 0, ())
        later = {"status": OrderStatus.PAID, "price": 50, "public_id": "later"}
        await add_order(uow, shop.buyer, shop.club, **later)
    async with db.unit(1) as uow:
        assert await get_figures(uow, partner.id) == PartnerFigures(1, 1, 1, (("RUB", 50),))


@pytest.mark.parametrize("status", ["active", "revoked"])
async def test_a_buyer_is_no_new_referral(db: Database, shop: Shop, clock: StillClock, status: str) -> None:
    partner = await _partner(db, FRIEND)
    async with db.unit(1) as uow:
        await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID, paid_at=uow.now)
        await add_access(uow, shop.buyer.id, shop.basic, status=status)
    clock.advance(minutes=1)
    await _follow(db, partner.code, shop.buyer)
    assert await count_rows(db, referrals) == 0
    async with db.unit(1) as uow:
        await add_order(uow, shop.buyer, shop.club, status=OrderStatus.PAID, public_id="next")
        assert await get_figures(uow, partner.id) == PartnerFigures(1, 0, 0, ())


async def test_a_flow_cannot_take_a_partners_code(db: Database, shop: Shop) -> None:
    partner = await _partner(db, FRIEND)
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="NAME_TAKEN"):
            await publish_flow(uow, make_scenario(partner.code))


async def test_a_partner_cannot_take_a_flows_name(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="NAME_TAKEN: welcome"):
            await claim_name(uow, "welcome", NameKind.PARTNER)
        await claim_name(uow, "welcome", NameKind.FLOW)


async def test_the_sales_of_twelve_weeks_are_drawn_and_sent_below_the_figures(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    partner, friend = await _partner(db, FRIEND), (await _partner(db, FRIEND + 1))
    await _follow(db, partner.code, shop.buyer)
    to = Address(SALES_BOT, FRIEND)
    async with db.unit(1) as uow:
        assert not await ask_sales_chart(uow, partner, to, "none")
        for number, weeks in enumerate((0, 0, 3, 40)):
            sold = {"status": OrderStatus.PAID, "paid_at": clock.now() - timedelta(weeks=weeks)}
            await add_order(uow, shop.buyer, shop.basic, public_id=f"sold{number}", **sold)
    async with db.unit(1) as uow:
        assert not await ask_sales_chart(uow, friend, to, "friend")
        await show(uow, partner, "shop_bot", to, "partner")
    (job,) = await read_rows(db, jobs)
    counts = [one["value"] for one in job.payload["chart"]["data"]["values"]]
    assert (len(counts), counts[-1], counts[-4], sum(counts)) == (WEEKS, 2, 1, 3)
    assert '"", "7 янв."]' in job.payload["chart"]["encoding"]["x"]["axis"]["labelExpr"]
    assert await run_due(db, build_performer(db.env)) == 1
    (sent,) = [json.loads(one.payload) for one in await read_rows(db, outbox, method="sendPhoto")]
    assert sent["chat_id"] == FRIEND
    assert find_file(db.env, sent["photo"]["media"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("language", "told"), [("en", "7 Jan"), ("ru", "7 янв.")])
def test_a_week_is_named_as_texts_name_a_day(language: str, told: str) -> None:
    assert [label_week(date(2030, 1, 7), number, language) for number in (0, 1)] == ["", told]


def test_weeks_are_those_of_the_persons_calendar() -> None:
    """Sunday at 23:00 in London is Monday in Moscow."""
    sunday = datetime(2030, 1, 6, 23, tzinfo=UTC)
    now = datetime(2030, 1, 9, 12, tzinfo=UTC)
    assert count_weeks([sunday], now, "Europe/Moscow")[-1] == (date(2030, 1, 7), 1)
    assert count_weeks([sunday], now, "Europe/London")[-2:] == [
        (date(2029, 12, 31), 1),
        (date(2030, 1, 7), 0),
    ]
