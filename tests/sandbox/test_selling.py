"""Invoices, the ten seconds before a payment, receipts, Stars and their refunds."""

import asyncio
from typing import Any

import pytest
from bot_client import BotClient

from sandbox.client.client import Message, Person, SandboxClient
from sandbox.state.options import Limits, Options

STARS = {"title": "Course", "description": "All lessons", "payload": "order:7", "currency": "XTR"}
PRICE = [{"label": "Course", "amount": 250}]


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna")
    await anna.start("sales_bot")
    await bot.drain()
    return anna


async def invoice(anna: Person, bot: BotClient, **more: Any) -> Message:
    await bot.ok("sendInvoice", chat_id=anna.id, prices=PRICE, **{**STARS, **more})
    return await anna.chat("sales_bot").expect(media="invoice")


async def question(bot: BotClient) -> dict[str, Any]:
    """The pre-checkout query that comes next."""
    (update,) = await bot.updates(timeout=50)
    await bot.updates(offset=update["update_id"] + 1)
    query: dict[str, Any] = update["pre_checkout_query"]
    return query


async def test_stars_are_paid_and_given_back(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    shown = await invoice(anna, bot)
    paying = asyncio.create_task(anna.chat("sales_bot").pay(shown))
    query = await question(bot)
    assert (query["total_amount"], query["currency"], query["invoice_payload"]) == (250, "XTR", "order:7")
    await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    receipt = await paying
    assert (receipt.paid, receipt.error) == (True, "")
    (message,) = await bot.drain("message")
    assert message["successful_payment"]["telegram_payment_charge_id"] == receipt.charge_id
    assert message["from"]["id"] == anna.id
    assert (await bot.ok("getMyStarBalance"))["amount"] == 250
    refund = {"user_id": anna.id, "telegram_payment_charge_id": receipt.charge_id}
    await bot.ok("refundStarPayment", **refund)
    (note,) = await bot.drain("message")
    assert note["refunded_payment"]["telegram_payment_charge_id"] == receipt.charge_id
    assert await bot.fails("refundStarPayment", **refund) == (400, "Bad Request: CHARGE_ALREADY_REFUNDED")
    transactions = (await bot.ok("getStarTransactions"))["transactions"]
    assert [("source" in one, one["amount"]) for one in transactions] in (
        [(True, 250), (False, 250)],
        [(False, 250), (True, 250)],
    )
    assert [one["refund_date"] > 0 for one in await tg.payments("sales_bot")] == [True]
    with pytest.raises(AssertionError, match="paid already"):
        await anna.chat("sales_bot").pay(shown)


async def test_the_bot_may_refuse(anna: Person, bot: BotClient) -> None:
    paying = asyncio.create_task(anna.chat("sales_bot").pay(await invoice(anna, bot)))
    answer = {"pre_checkout_query_id": (await question(bot))["id"], "ok": False, "error_message": "Sold out"}
    await bot.ok("answerPreCheckoutQuery", **answer)
    receipt = await paying
    assert (receipt.paid, receipt.error) == (False, "Sold out")
    assert await bot.updates() == []


class TestSilence:
    @pytest.fixture
    def sandbox_options(self) -> Options:
        return Options(limits=Limits(enabled=False), checkout_ttl=0.1)

    async def test_a_silent_bot_is_not_paid_and_its_late_answer_is_refused(
        self, anna: Person, bot: BotClient, tg: SandboxClient
    ) -> None:
        receipt = await anna.chat("sales_bot").pay(await invoice(anna, bot))
        assert (receipt.paid, receipt.error) == (False, "the bot did not answer in time")
        late = {"pre_checkout_query_id": (await question(bot))["id"], "ok": True}
        assert (await bot.fails("answerPreCheckoutQuery", **late))[1].startswith(
            "Bad Request: query is too old"
        )
        assert (await tg.report())["counts"] == {"pre_checkout_unanswered": 1}


async def test_a_link_is_paid_by_whoever_has_it(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    link = await bot.ok("createInvoiceLink", prices=PRICE, subscription_period=2_592_000, **STARS)
    boris = await tg.person("Boris")
    paying = asyncio.create_task(boris.pay(link))
    await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=(await question(bot))["id"], ok=True)
    assert (await paying).paid
    (message,) = await bot.drain("message")
    payment = message["successful_payment"]
    assert payment["is_first_recurring"] is True
    assert payment["subscription_expiration_date"] == message["date"] + 2_592_000


async def test_money_needs_a_provider(anna: Person, bot: BotClient) -> None:
    roubles = {**STARS, "currency": "RUB", "prices": [{"label": "Course", "amount": 99_000}]}
    refusal = (400, "Bad Request: PAYMENT_PROVIDER_INVALID")
    assert await bot.fails("sendInvoice", chat_id=anna.id, **roubles) == refusal
    sent = await bot.ok("sendInvoice", chat_id=anna.id, provider_token="1:TEST:x", **roubles)
    assert sent["invoice"]["total_amount"] == 99_000
    assert "checkout" not in sent


async def test_people_see_the_prices_and_the_receipt(anna: Person, bot: BotClient) -> None:
    chat = anna.chat("sales_bot")
    shown = await invoice(anna, bot)
    assert shown.raw["checkout"]["prices"] == PRICE
    paying = asyncio.create_task(chat.pay(shown))
    await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=(await question(bot))["id"], ok=True)
    await paying
    again = next(one for one in await chat.messages() if one.id == shown.id)
    assert again.raw["checkout"]["paid_by"] == [anna.id]
