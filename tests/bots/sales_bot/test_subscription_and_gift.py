"""`/subscription` and `/gift` as they are read and pressed in the chat."""

from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_plans import subscriptions
from core.db.session import Database
from core.rules.periods import Period
from services.commerce.orders import gifts
from tests.bots.admin.desk import Desk
from tests.bots.sales_bot.test_offers import PROSPECT, came, choose
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_gift, add_order, add_payment
from tests.factories.shops import Shop
from tests.services.commerce.charges import sell
from utils.signing import fingerprint


async def test_a_trial_is_begun_shown_and_paid_by_its_buttons(desk: Desk, db: Database, shop: Shop) -> None:
    await sell(db, shop, "club_monthly", period=Period(months=1), trial_days=7)
    offer = await came(desk)
    told = await choose(desk, offer, "club_monthly")
    assert any("open for free until 14 January" in one.text for one in told)
    (card,) = await desk.write("/subscription", PROSPECT)
    assert card.text.splitlines() == [
        "<b>Tariff club_monthly</b>",
        "Free until 14 January. Then ₽1,900 a month; nothing is charged without you.",
    ]
    assert list(card.buttons) == ["Pay"]
    await desk.press("Pay", PROSPECT, card)
    assert desk.alerts[-1:] == ["One moment…"]
    assert [row.amount for row in await read_rows(db, payments)] == [0, PRICE]


async def test_a_gift_is_chosen_without_a_trial_and_opened_by_its_link(
    desk: Desk, db: Database, shop: Shop
) -> None:
    await came(desk)
    (shown,) = await desk.write("/gift", PROSPECT)
    assert list(shown.buttons) == ["Tariff basic · ₽1,900", "Tariff club · ₽1,900"]
    await desk.press("Tariff basic · ₽1,900", PROSPECT, shown)
    (order,) = await read_rows(db, orders)
    assert (order.is_gift, order.price, order.status) == (True, PRICE, "open")
    async with db.unit(1) as uow:
        bought = await add_order(uow, shop.buyer, shop.basic, is_gift=True, status="paid", public_id="g1")
        payment_id = await add_payment(uow, bought, status="succeeded")
        token = gifts._token(uow, uow.env.signing_key, 77)
        await add_gift(uow, bought, payment_id, id=77, token_hash=fingerprint(token))
    said = await desk.write(f"/start gift_{token}", PROSPECT)
    assert any(one.text == "🎁 The gift is open: “Tariff basic” is yours." for one in said)
    assert (await count_rows(db, accesses), await count_rows(db, subscriptions)) == (1, 0)
    said = await desk.write("/start gift_" + "x" * 22, PROSPECT)
    assert said[0].text.startswith("This link opens no gift any more")
