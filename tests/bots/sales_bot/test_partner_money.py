"""A partner on a phone: earns, asks for the money, is paid; where it goes stands nowhere open."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from core.db.models.commerce import tariffs
from core.db.models.commerce_partners import payouts
from core.db.models.people import contacts
from core.db.session import Database
from core.text.catalog import say
from services.commerce.partners.payouts import find_missing_key
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import add_row, dump_rows, read_rows
from tests.factories.sales import add_partner
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import buy
from utils.sealed import KeyRing

IRA, CARD = 700_001, "Some bank, 2200-1111-2222-3333"
PICTURE = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}


async def is_kept_open(db: Database) -> bool:
    return CARD in str(await dump_rows(db))


async def sell(desk: Desk, shop: Shop) -> None:
    """Ira's link brings Anna, who buys for a fifth."""
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(commission={"first": "20%"}))
    (shown,) = await desk.write("/partner", IRA)
    assert "• “Tariff basic”: 20%\n" in shown.text
    assert "You can have the money 14 days after a purchase" in shown.text
    payload = shown.text.split("start=")[1].split()[0]
    (consent,) = await desk.write(f"/start {payload}", ANNA)
    await desk.press(next(iter(consent.buttons)), ANNA, holder=consent)
    await buy(desk.db, shop)
    await desk.deliver()


async def test_from_the_link_to_the_money(desk: Desk, shop: Shop, clock: StillClock) -> None:
    await desk.write("/start")
    await sell(desk, shop)
    (held,) = await desk.write("/partner", IRA)
    assert "Waits until the time for refunds is over: " in held.text
    assert not held.buttons
    clock.advance(days=15)
    (payable,) = await desk.write("/partner", IRA)
    (button,) = payable.buttons
    await desk.press(button, IRA, holder=payable)
    gone, long = await desk.write(f"{CARD} {'x' * 1000}", IRA)
    assert (gone.method, "longer than 1000" in long.text) == ("deleteMessage", True)
    assert not await is_kept_open(desk.db)
    _, again = await desk.write("", IRA, caption=CARD, **PICTURE)
    assert "Write it in one message" in again.text
    assert not await is_kept_open(desk.db)
    written = desk.message(IRA, text=CARD)
    came = await desk.send(SALES_BOT, {"message": written})
    assert not await is_kept_open(desk.db)
    # changed before it was taken out of the chat
    await desk.send(SALES_BOT, {"edited_message": {**written, "text": f"{CARD}, Ira", "edit_date": 2}})
    assert not await is_kept_open(desk.db)
    (asked,) = [one for one in came if one.chat == ADMIN]
    await desk.press(button, IRA, holder=payable)  # asked twice
    await desk.write(CARD, IRA)
    assert not await is_kept_open(desk.db)
    (listed,) = [one for one in await desk.write("/partners") if one.buttons and "💸" in one.text]
    for card in (asked, listed):  # looked at in two places
        (shown,) = await desk.press("Show where it goes", holder=card)
        assert not await is_kept_open(desk.db)
        assert f"<code>{CARD}</code>" in shown.text
        assert (shown.message_id, list(shown.buttons)) == (card.message_id, ["Paid", "Not now"])
    told = await desk.press("Paid", holder=shown)
    assert any("was sent to you" in one.text for one in told if one.chat == IRA)
    for card in (asked, listed):
        last = [one for one in desk.calls if one.chat == ADMIN and one.message_id == card.message_id][-1]
        assert CARD not in last.text
        assert not last.buttons
    (payout,) = await read_rows(desk.db, payouts)
    assert (payout.status, payout.sealed, payout.admin_id) == ("paid", None, ADMIN)
    (listed,) = await desk.write("/partners")
    assert "paid" in listed.text


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/commission", "/commission premium 20% 5%"),
        ("/commission gold 20%", "Tariffs: basic, club"),
        ("/commission basic 120%", "Tariffs: basic, club"),
        ("/commission basic 80% 30%", "Tariffs: basic, club"),
        ("/commission basic 20% 5%", "pays partners 20%, 5% from now on"),
        ("/commission basic 500", "pays partners ₽500 from now on"),
    ],
)
async def test_what_a_tariff_pays_is_set_in_the_chat(desk: Desk, command: str, answer: str) -> None:
    (said,) = await desk.write(command)
    assert answer in said.text


@pytest.mark.parametrize(
    ("language", "nothing", "both"),
    [
        ("en", "pays nothing for purchases by it", "“Tariff basic”: 7.5%, and ₽50 when somebody you brought"),
        ("ru", "сейчас ничего не платит", "«Tariff basic»: 7.5 %, и ещё 50 ₽, когда покупателя привёл"),
    ],
)
async def test_a_partner_reads_what_there_is_to_earn_before_the_first_sale(
    desk: Desk, shop: Shop, language: str, nothing: str, both: str
) -> None:
    await desk.write("/partner", IRA)
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(contacts).values(language=language, language_is_chosen=True))
    (shown,) = await desk.write("/partner", IRA)
    assert nothing in shown.text
    async with desk.db.unit(1) as uow:
        shares = {"first": "7.5%", "second": "50.00"}
        await uow.conn.execute(update(tariffs).where(tariffs.c.code == "basic").values(commission=shares))
    (shown,) = await desk.write("/partner", IRA)
    assert both in shown.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "club" not in shown.text


async def test_each_rule_is_changed_at_a_press(desk: Desk) -> None:
    (shown,) = await desk.write("/partners")
    assert list(shown.buttons) == ["The first link counts", "A link counts for good", "Held for 14 days"]
    for button in list(shown.buttons):
        (shown,) = await desk.press(button, holder=shown)
    assert list(shown.buttons) == ["The last link counts", "A link counts for 30 days", "Held for 30 days"]


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_place_whose_key_is_gone_is_said_and_not_tried_for_ever(
    desk: Desk, shop: Shop, language: str
) -> None:
    await desk.write("/start")
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(contacts).values(language=language, language_is_chosen=True))
        partner = await add_partner(uow, shop.buyer.id)
        sealed = uow.env.keys.seal(CARD, "payouts/1/1")
        row = {"partner_id": partner, "amount": 500, "currency": "RUB", "created_at": uow.now}
        await add_row(uow, payouts, row | {"status": "requested", "sealed": sealed}, {})
    (asked,) = [one for one in await desk.write("/partners") if one.buttons and "💸" in one.text]
    new, old = b"n" * 32, b"s" * 32
    kept, desk.db.env = desk.db.env, replace(desk.db.env, keys=KeyRing({"k2": new}))
    [told] = await desk.press(say("button-payout-show", language), holder=asked)
    assert "k1" in told.text
    assert "MASTER_KEYS" in told.text
    assert list(told.buttons) == [say(f"button-payout-{one}", language) for one in ("show", "refuse")]
    async with desk.db.unit(1) as uow:
        assert await find_missing_key(uow) == "k1"
    desk.db.env = replace(kept, keys=KeyRing({"k2": new, "k1": old}))  # back behind the newest, as was said
    await desk.press(say("button-payout-show", language), holder=told)
    assert CARD in desk.calls[-1].text
    async with desk.db.unit(1) as uow:
        assert await find_missing_key(uow) is None
