"""Tariffs, promo codes, shared buttons and values made and changed in the chat."""

from core.db.models.commerce import tariffs
from core.db.models.commerce_money import promo_codes
from core.db.models.content import bot_values, button_sets
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from tests.bots.admin.desk import Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.rows import read_rows


async def write(desk: Desk, *texts: str) -> str:
    for text in texts:
        calls = await desk.write(text)
    return [call.text for call in calls if call.text][-1]


async def press(desk: Desk, *buttons: str) -> str:
    for button in buttons:
        calls = await desk.press(button)
    return [call.text for call in calls if call.text][-1]


async def test_a_tariff_is_made_changed_stopped_and_sold_again(desk: Desk) -> None:
    async with desk.db.unit(1) as uow:
        version = await publish_flow(uow, make_course("grammar", name="Grammar"))
        await deploy_flow(uow, version.flow_id, COURSE_BOT)
    await write(desk, "/create_tariff")
    await press(desk, "Grammar")
    await write(desk, "With a curator")
    await press(desk, "₽ roubles")
    await write(desk, "1500")
    await press(
        desk, "every month", "7 days", "☐ a curator reviews assignments", "Done", "Without it", "Skip"
    )
    assert "Saved" in await press(desk, "✅ Confirm")
    (row,) = await read_rows(desk.db, tariffs, code="with_a_curator")
    assert (row.price, row.currency, list(row.rights)) == (150_000, "RUB", ["feedback"])
    assert (row.is_own, row.plan) == (True, {"period": "month", "trial_days": 7})
    await write(desk, "/tariffs")
    await press(desk, "With a curator: ₽1,500, on sale", "✏️ Edit", "Price")
    await write(desk, "1900")
    await press(desk, "✅ Confirm")
    (row,) = await read_rows(desk.db, tariffs, code="with_a_curator")
    assert (row.price, row.plan, row.position > 0) == (190_000, {"period": "month", "trial_days": 7}, True)
    shown = await press(desk, "With a curator: ₽1,900, on sale", "⏹ Take off sale", "⏹ Take off sale")
    assert "Off sale" in shown
    (row,) = await read_rows(desk.db, tariffs, code="with_a_curator")
    assert not row.is_active
    await press(desk, "With a curator: ₽1,900, off sale", "▶️ Sell again", "▶️ Sell again")
    (row,) = await read_rows(desk.db, tariffs, code="with_a_curator")
    assert row.is_active


async def test_promo_codes_shared_buttons_and_values(desk: Desk) -> None:
    await write(desk, "/create_promo", "summer", "20%")
    await press(desk, "Without it", "Skip", "Skip", "Skip")
    await press(desk, "✅ Confirm")
    await write(desk, "/create_promo", "summer", "10%")
    await press(desk, "Without it", "Skip", "Skip", "Skip")
    assert "SUMMER" in await press(desk, "✅ Confirm")  # known: told, and the form is still there
    assert [row.code for row in await read_rows(desk.db, promo_codes)] == ["SUMMER"]
    await write(desk, "/button_sets")
    await press(desk, "➕ Set of buttons")
    await write(desk, "help", "Ask - t.me/support")
    await press(desk, "✅ Confirm")
    (kept,) = await read_rows(desk.db, button_sets)
    assert kept.rows == [[{"text": "Ask", "url": "https://t.me/support"}]]
    await write(desk, "/bot_values")
    await press(desk, "➕ Value", "support_link")
    await write(desk, "https://t.me/support")
    await press(desk, "✅ Confirm", "support_link = https://t.me/support", "🗑 Delete", "🗑 Delete")
    assert await read_rows(desk.db, bot_values) == []
