"""Two accounts live in one database: what is one's own opens and presses nothing in the other one's bots."""

from dataclasses import replace
from typing import Any

import pytest

from core.db.base import metadata
from core.db.session import Database
from core.lifecycle import BotKind, OrderStatus, PaymentStatus
from core.roles import MemberRole
from core.text.catalog import say
from services.content.deployments import deploy_flow, open_to_all
from services.content.flows import publish_flow
from services.tenancy.members import add_member
from tests.bots.admin.desk import ADMIN, BOTS, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_account, make_bot
from tests.factories.flows import make_scenario
from tests.factories.persons import add_contact
from tests.factories.rows import read_within
from tests.factories.sales import (
    add_gift,
    add_order,
    add_partner,
    add_payment,
    add_promo,
    add_tariff,
)
from tests.factories.shops import Shop, open_shop
from utils.signing import fingerprint

OURS, THEIRS = 1, 2
THEIR_SALES, THEIR_COURSE = 8_000_001, 8_000_002
ANN = 5001
TOKEN = "A-gift-of-theirs-0001"
GIVEN = (
    "accesses",
    "gifts",
    "orders",
    "payments",
    "promo_entries",
    "referrals",
    "partner_clicks",
    "subscriptions",
)
TRACES = {"inbox", "feed", "outbox", "messages", "sentences", "leases", "turns"}  # that something was said


@pytest.fixture
async def theirs(db: Database) -> Shop:
    async with db.unit(THEIRS) as uow:
        await add_account(uow, name="Another school")
    return await open_shop(db, THEIRS, sales_bot=THEIR_SALES, course_bot=THEIR_COURSE)


@pytest.fixture
def desk(db: Database, shop: Shop, theirs: Shop) -> Desk:
    others = (
        make_bot(BotKind.SALES, id=THEIR_SALES, account_id=THEIRS),
        make_bot(BotKind.COURSE, id=THEIR_COURSE, account_id=THEIRS),
    )
    return Desk(db, {**BOTS, **{bot.id: bot for bot in others}})


async def _dump(db: Database, account_id: int, names: Any = None) -> dict[str, list[tuple[Any, ...]]]:
    async with db.reading() as conn:
        return {
            table.name: [tuple(row) for row in await read_within(conn, table, account_id=account_id)]
            for table in metadata.sorted_tables
            if "account_id" in table.c and (table.name in names if names else table.name not in TRACES)
        }


async def _agree(desk: Desk, *bots: int) -> None:
    for bot in bots:
        await desk.write("/start", ANN, bot)
        await desk.press("I agree", ANN)


async def _fill(desk: Desk, theirs: Shop) -> dict[str, int]:
    """What the other account gave out links for, and in which of its bots they open something."""
    async with desk.db.unit(THEIRS) as uow:
        giver = await add_contact(uow, 6001)
        order = await add_order(
            uow, giver, theirs.basic, is_gift=True, status=OrderStatus.PAID, bot_id=THEIR_SALES
        )
        paid = {"status": PaymentStatus.SUCCEEDED, "provider": "scripted"}
        payment = await add_payment(uow, order, **paid)
        await add_gift(uow, order, payment, token_hash=fingerprint(TOKEN))
        await add_promo(uow, "THEIRS")
        await add_partner(uow, giver.id, "THEIRS01")
        way = await publish_flow(uow, make_scenario("their-way"))
        await deploy_flow(uow, way.flow_id, THEIR_SALES)
        await add_tariff(uow, way.flow_id, "their-product")
        course = await open_to_all(uow, theirs.deployment)
    return {
        f"gift_{TOKEN}": THEIR_SALES,
        "promo_THEIRS": THEIR_SALES,
        "p_THEIRS01": THEIR_SALES,
        "s_their-way": THEIR_SALES,
        "b_their-product": THEIR_SALES,
        course: THEIR_COURSE,
    }


async def test_a_link_of_another_account_leads_nowhere_and_into_its_own_it_leads(
    desk: Desk, theirs: Shop
) -> None:
    await _agree(desk, SALES_BOT, COURSE_BOT, THEIR_SALES, THEIR_COURSE)
    links = await _fill(desk, theirs)
    before = await _dump(desk.db, THEIRS), await _dump(desk.db, OURS, GIVEN), await _count_runs(desk.db, OURS)
    for payload in links:
        for bot in (SALES_BOT, COURSE_BOT):
            assert await desk.write(f"/start {payload}", ANN, bot), payload
        await desk.write(f"/promo {payload.partition('_')[2]}", ANN, SALES_BOT)
    after = await _dump(desk.db, THEIRS), await _dump(desk.db, OURS, GIVEN), await _count_runs(desk.db, OURS)
    assert after == before
    for payload, bot in links.items():
        known = await _dump(desk.db, THEIRS)
        calls = await desk.write(f"/start {payload}", ANN, bot)
        is_offered = any("their-product" in call.text for call in calls)
        assert is_offered or await _dump(desk.db, THEIRS) != known, payload


async def _count_runs(db: Database, account_id: int) -> int:
    return len((await _dump(db, account_id, ("runs",)))["runs"])


async def test_a_button_of_another_accounts_bot_is_pressed_in_vain(desk: Desk, theirs: Shop) -> None:
    await _agree(desk, SALES_BOT, COURSE_BOT, THEIR_SALES, THEIR_COURSE)
    for words in ("/gift", "/partner", "/paysupport", "/subscription", "/language"):
        await desk.write(words, ANN, THEIR_SALES)
    for words in ("/lessons", "/settings", "/ask", "/language"):
        await desk.write(words, ANN, THEIR_COURSE)
    shown = {
        data
        for call in desk.calls
        if call.bot in {THEIR_SALES, THEIR_COURSE}
        for data in call.buttons.values()
    }
    shown.discard("")
    assert len(shown) > 5
    before = await _dump(desk.db, THEIRS), await _dump(desk.db, OURS)
    desk.alerts.clear()
    for data in sorted(shown):
        for bot in (SALES_BOT, COURSE_BOT):
            assert await desk.send(bot, {"callback_query": _press(desk, data)}) == []
    assert set(desk.alerts) == {say("error-button-expired", "en", {})}
    assert len(desk.alerts) == 2 * len(shown)
    assert (await _dump(desk.db, THEIRS), await _dump(desk.db, OURS)) == before


def _press(desk: Desk, data: str) -> dict[str, Any]:
    message = desk.message(ANN, text="-")
    return {"id": "q", "from": message["from"], "message": message, "chat_instance": "c", "data": data}


async def test_who_works_in_several_is_led_from_one_to_the_other(desk: Desk) -> None:
    """The panel's command names the other schools, each with its bot; who works in one alone hears of none."""
    desk.db.env = replace(desk.db.env, public_url="http://127.0.0.1:1")
    (alone,) = await desk.write("/panel")
    async with desk.db.unit(THEIRS) as uow:
        await add_member(uow, ADMIN, MemberRole.CURATOR)
    (several,) = await desk.write("/panel")
    buttons = [row[0] for row in several.fields["reply_markup"]["inline_keyboard"]]
    assert len(alone.fields["reply_markup"]["inline_keyboard"]) == 1
    assert buttons[1:] == [{"text": "To “Another school”", "url": f"https://t.me/sales_{THEIR_SALES}_bot"}]
    assert say("panel-link-several", "en") == several.text
