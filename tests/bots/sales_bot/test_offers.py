"""An offer's buttons, pressed in time and too late."""

from core.db.session import Database
from services.commerce.tariffs import take_off_sale
from tests.bots.admin.desk import Call, Desk

PROSPECT = 8008


async def came(desk: Desk) -> Call:
    """The prospect has agreed and looks at the offer."""
    await desk.write("/start", PROSPECT)
    (offer,) = await desk.press("I agree", PROSPECT)
    return offer


async def choose(desk: Desk, offer: Call, tariff: str) -> list[Call]:
    """She presses a tariff's button below this offer."""
    (label,) = [one for one in offer.buttons if tariff in one]
    return await desk.press(label, PROSPECT, offer)


async def test_the_button_of_a_tariff_that_is_sold_no_more_says_so(desk: Desk, db: Database) -> None:
    old = await came(desk)
    async with db.unit(1) as uow:
        await take_off_sale(uow, ["club"])
    assert await choose(desk, old, "basic") == []
    assert desk.alerts == ["This tariff is no longer sold. Send /start and I will show what there is now."]
    (offer,) = await desk.write("/start", PROSPECT)
    assert [label.split(" · ")[0] for label in offer.buttons] == ["Tariff club"]
