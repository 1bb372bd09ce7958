"""Subscriptions in Stars: renewed every thirty days of the moved clock, cancelled, stopped, failed, kept over a restart."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from bot_client import BotClient

from sandbox.actors import subscribing
from sandbox.client.client import Person, SandboxClient
from sandbox.state import snapshot
from sandbox.state.model import Payment
from sandbox.state.model import Person as Someone
from sandbox.state.options import Options
from sandbox.state.world import World

MONTH = 2_592_000
OFFER = {"title": "Club", "description": "Each month", "payload": "7:CLUB22", "currency": "XTR"}


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna")
    await anna.start("sales_bot")
    await bot.drain()
    return anna


async def subscribe(anna: Person, bot: BotClient) -> dict[str, Any]:
    """Pay the first month; gives the payment as the bot hears of it."""
    prices = [{"label": "Club", "amount": 250}]
    link = await bot.ok("createInvoiceLink", prices=prices, subscription_period=MONTH, **OFFER)
    paying = asyncio.create_task(anna.pay(link))
    (update,) = await bot.updates(timeout=50)
    await bot.updates(offset=update["update_id"] + 1)
    await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=update["pre_checkout_query"]["id"], ok=True)
    assert (await paying).paid
    return await payment(bot)


async def payment(bot: BotClient) -> dict[str, Any]:
    (message,) = await bot.drain("message")
    paid: dict[str, Any] = message["successful_payment"]
    return paid


async def test_a_month_later_the_same_payload_is_paid_again_without_a_question(
    anna: Person, bot: BotClient, tg: SandboxClient
) -> None:
    first = await subscribe(anna, bot)
    assert first["is_first_recurring"] is True
    for months in (2, 3):
        await tg.clock.advance(seconds=MONTH)
        (update,) = await bot.updates(timeout=50)
        await bot.updates(offset=update["update_id"] + 1)
        renewed = update["message"]["successful_payment"]
        assert renewed["invoice_payload"] == OFFER["payload"]
        assert (renewed["is_recurring"], "is_first_recurring" in renewed) == (True, False)
        begun = first["subscription_expiration_date"] - MONTH
        assert renewed["subscription_expiration_date"] == begun + months * MONTH
    charges = [one["charge_id"] for one in await tg.payments("sales_bot")]
    assert len(set(charges)) == 3
    assert (await bot.ok("getMyStarBalance"))["amount"] == 750


@pytest.mark.parametrize(("act", "state"), [("cancel", "canceled"), ("empty", "failed")])
async def test_who_cancels_or_has_no_stars_is_charged_no_more_and_the_bot_hears_it(
    anna: Person, bot: BotClient, tg: SandboxClient, act: str, state: str
) -> None:
    first = await subscribe(anna, bot)
    charge = first["telegram_payment_charge_id"]
    await anna.change_subscription(charge, act)
    await tg.clock.advance(seconds=MONTH)
    (update,) = await bot.updates(timeout=50)
    assert update["subscription"]["state"] == state
    assert update["subscription"]["user"]["id"] == anna.id
    assert update["subscription"]["invoice_payload"] == OFFER["payload"]
    await tg.clock.advance(seconds=MONTH)
    assert len(await tg.payments("sales_bot")) == 1
    assert [one["is_over"] for one in await anna.subscriptions()] == [True]


async def test_the_bot_ends_it_and_what_is_paid_stays(
    anna: Person, bot: BotClient, tg: SandboxClient
) -> None:
    first = await subscribe(anna, bot)
    named = {"user_id": anna.id, "telegram_payment_charge_id": first["telegram_payment_charge_id"]}
    assert await bot.ok("editUserStarSubscription", is_canceled=True, **named) is True
    wrong = {**named, "telegram_payment_charge_id": "stx-none"}
    refusal = (400, "Bad Request: CHARGE_NOT_FOUND")
    assert await bot.fails("editUserStarSubscription", is_canceled=True, **wrong) == refusal
    await tg.clock.advance(seconds=MONTH)
    assert len(await tg.payments("sales_bot")) == 1


def test_it_is_kept_over_a_restart(tmp_path: Path) -> None:
    options = Options(state=tmp_path / "state.json")
    world = World(options)
    bot, person = world.add_bot("", "sales_bot", "Sales"), world.add_person(Someone(0, "Anna"))
    paid = Payment("stx1", bot.id, person.id, "XTR", 250, "7:CLUB22", world.clock.date())
    subscribing.begin(world, paid, MONTH)
    world.touch()
    snapshot.save(world)
    again = World(options)
    snapshot.load(again)
    assert again.subscriptions == world.subscriptions
