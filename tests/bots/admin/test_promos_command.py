"""Promo codes in the chat: made and stopped by an admin, entered by a buyer by command and by link."""

import pytest

from core.db.models.commerce_money import promo_codes
from core.db.session import Database
from tests.bots.admin.desk import Desk
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.factories.shops import Shop

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # no SQL of its own


async def agree(desk: Desk, who: int) -> None:
    """Whatever consent the shop asks for is given."""
    (asked, *_) = await desk.write("/start", who)
    if asked.buttons:
        await desk.press(next(iter(asked.buttons)), who)


async def test_made_entered_and_stopped_in_the_chat(desk: Desk, shop: Shop, db: Database) -> None:
    await desk.write("/start")
    assert "no promo codes yet" in (await desk.write("/promos"))[-1].text
    assert "/promos SUMMER 20%" in (await desk.write("/promos лето"))[-1].text
    assert "neither like 20%" in (await desk.write("/promos лето a-lot"))[-1].text
    assert "/promos SUMMER 20%" in (await desk.write("/promos лето 20% most=3"))[-1].text
    made = (await desk.write("/promos лето 20% limit=5 per=1 until=2030-08-31 tariff=basic"))[-1].text
    assert "<code>ЛЕТО</code>: 20% off, paid with 0 times, taken 0 of 5" in made
    (code,) = await read_rows(db, promo_codes)
    assert (code.limit_total, code.limit_person, code.tariffs) == (5, 1, ["basic"])
    link = made.rpartition("start=")[2]

    await agree(desk, ANNA)
    assert "in your next message" in (await desk.write("/promo", ANNA))[-1].text
    assert "no promo code зима" in (await desk.write("/promo зима", ANNA))[-1].text
    for entered in (await desk.write("/promo лето", ANNA), await desk.write(f"/start {link}", ANNA)):
        text = entered[-1].text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Promo code ЛЕТО: 20% off" in text
        assert "₽1,900 → ₽1,520, promo code ЛЕТО" in text
        assert any("₽1,520" in one for one in entered[-1].buttons)
    (listed,) = await desk.write("/promos")
    (stopped,) = await desk.press("Stop ЛЕТО", holder=listed)
    assert "stopped" in stopped.text
    assert not stopped.buttons
    assert "does not count any more" in (await desk.write("/promo лето", ANNA))[-1].text
    assert "paid with 0 times, without a limit" in (await desk.write("/promos ever 500.00"))[-1].text
