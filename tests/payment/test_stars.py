"""Telegram Stars: invoices, what updates say of them, refunds that were made before, a list in any order."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.money import STARS, Money
from payment.base import (
    Buyer,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    ReceiptItem,
    RefundRequest,
    RefundState,
    RefusedError,
)
from payment.registry import build_provider
from payment.spec import Surroundings
from tests.fakes.clock import StillClock

ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "ru"}


class Telegram:
    """Answers as the Bot API does, page by page; an answer that is an error is raised."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.transactions: list[dict[str, Any]] = []
        self.on_refund: Exception | None = None

    async def call(self, method: str, fields: Mapping[str, Any]) -> Any:
        self.asked.append((method, fields))
        if method == "refundStarPayment" and self.on_refund:
            raise self.on_refund
        if method == "getStarTransactions":
            start = fields["offset"]
            return {"transactions": self.transactions[start : start + fields["limit"]]}
        return "https://t.me/$slug" if method == "createInvoiceLink" else {"amount": 5}

    def receive(self, number: str, payload: str, amount: int = 350) -> None:
        source = {"type": "user", "user": ANNA, "invoice_payload": payload}
        self.transactions.append({"id": number, "amount": amount, "date": 1_700_000_000, "source": source})

    def give_back(self, number: str, amount: int = 350) -> None:
        receiver = {"type": "user", "user": ANNA}
        self.transactions.append(
            {"id": number, "amount": amount, "date": 1_700_000_001, "receiver": receiver}
        )


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def shop(telegram: Telegram, clock: StillClock) -> PaymentProvider:
    return build_provider("stars", {}, Surroundings(clock, telegram.call, 5.0))


def ask(clock: StillClock, currency: str = STARS) -> PaymentRequest:
    amount = Money(350, currency)
    name = "Курс «Ясные слова» с наставником на целый год"
    items = (ReceiptItem(name, amount.amount),)
    return PaymentRequest(41, "ABC234", amount, name, Buyer(1001), items, clock.now())


async def test_an_invoice_names_our_row_and_keeps_telegrams_limits(
    shop: PaymentProvider, telegram: Telegram, clock: StillClock
) -> None:
    made = await shop.create_payment(ask(clock))
    ((method, fields),) = telegram.asked
    assert (method, fields["payload"], fields["provider_token"]) == ("createInvoiceLink", "41:ABC234", "")
    assert (len(fields["title"]) <= 32, fields["prices"][0]["amount"]) == (True, 350)
    assert (made.url, made.state, made.external_id) == ("https://t.me/$slug", PaymentState.PENDING, "")


async def test_roubles_are_no_stars(shop: PaymentProvider, clock: StillClock) -> None:
    with pytest.raises(RefusedError, match="cannot be paid in Stars"):
        await shop.create_payment(ask(clock, "RUB"))


async def test_what_nobody_has_paid_is_still_to_be_paid(
    shop: PaymentProvider, telegram: Telegram, clock: StillClock
) -> None:
    found = await shop.find_payment(ask(clock))
    assert found is not None
    assert (found.state, found.external_id) == (PaymentState.PENDING, "")
    telegram.receive("stx0", "40:OTHER")
    telegram.receive("stx1", "41:ABC234")
    found = await shop.find_payment(ask(clock))
    assert found is not None
    assert (found.state, found.external_id, found.payer_id) == (PaymentState.SUCCEEDED, "stx1", 1001)


async def test_a_refund_is_read_from_the_list_and_counts_once(
    shop: PaymentProvider, telegram: Telegram, clock: StillClock
) -> None:
    for number in range(120):
        telegram.receive(f"stx{number}", f"{number}:ORDER")
    telegram.give_back("stx7")
    assert (await shop.get_payment("stx7")).refunded == 350
    assert (await shop.get_payment("stx119")).refunded == 0
    telegram.on_refund = RefusedError("Bad Request: CHARGE_ALREADY_REFUNDED")
    back = RefundRequest(1, "ORDER", "stx7", Money(350, STARS), True, Buyer(1001), (), clock.now())
    assert (await shop.refund_payment(back)).state is RefundState.SUCCEEDED


async def test_only_the_end_of_the_list_is_asked_for_again(shop: PaymentProvider, telegram: Telegram) -> None:
    for number in range(250):
        telegram.receive(f"stx{number}", f"{number}:ORDER")
    await shop.get_payment("stx249")
    telegram.asked.clear()
    telegram.receive("stx250", "250:ORDER")
    assert (await shop.get_payment("stx250")).payment_id == 250
    assert len(telegram.asked) == 1
    telegram.transactions.reverse()  # another order: all of it is read anew
    telegram.receive("stx251", "251:ORDER")
    assert (await shop.get_payment("stx0")).payment_id == 0
    assert (await shop.get_payment("stx251")).payment_id == 251


def pay(**more: Any) -> dict[str, Any]:
    paid = {
        "currency": STARS,
        "total_amount": 350,
        "invoice_payload": "41:ABC234",
        "telegram_payment_charge_id": "stx1",
        "provider_payment_charge_id": "",
    }
    message = {"message_id": 1, "date": 1_700_000_000, "from": ANNA, "chat": {"id": 1001, "type": "private"}}
    return {"update_id": 1, "message": message | {"successful_payment": paid | more}}


def test_a_payment_in_an_update_is_a_fact(shop: PaymentProvider) -> None:
    notice = shop.read_update(pay())
    assert notice is not None
    assert notice.facts is not None
    assert (notice.key, notice.payment_id, notice.facts.amount) == ("stx1:succeeded", 41, Money(350, STARS))
    assert (notice.facts.payer_id, notice.facts.order, notice.facts.is_renewal) == (1001, "ABC234", False)


def test_a_renewal_has_the_payload_of_before_and_a_number_of_its_own(shop: PaymentProvider) -> None:
    notice = shop.read_update(
        pay(is_recurring=True, subscription_expiration_date=1_702_592_000, telegram_payment_charge_id="stx2")
    )
    assert notice is not None
    assert notice.facts is not None
    assert (notice.external_id, notice.facts.is_renewal) == ("stx2", True)
    assert notice.facts.renews_until is not None


@pytest.mark.parametrize(
    "update", [{"message": {"text": "hello"}}, {"callback_query": {}}, pay(currency="RUB"), {}]
)
def test_other_updates_say_nothing_about_stars(shop: PaymentProvider, update: dict[str, Any]) -> None:
    assert shop.read_update(update) is None
    assert shop.read_checkout(update) is None


@pytest.mark.parametrize("payload", ["x", "41", "٤١:ABC234", f"{'9' * 30}:ABC234", ":", ""])
def test_a_payload_of_somebody_else_names_no_row_of_ours(shop: PaymentProvider, payload: str) -> None:
    notice = shop.read_update(pay(invoice_payload=payload))
    assert notice is not None
    assert notice.payment_id is None


def test_telegram_asks_before_it_takes_the_stars(shop: PaymentProvider) -> None:
    query = {"id": "q1", "from": ANNA, "currency": STARS, "total_amount": 350, "invoice_payload": "41:ABC234"}
    asked = shop.read_checkout({"update_id": 1, "pre_checkout_query": query})
    assert asked is not None
    assert (asked.id, asked.payer_id, asked.language, asked.payment_id, asked.order, asked.amount) == (
        "q1",
        1001,
        "ru",
        41,
        "ABC234",
        Money(350, STARS),
    )
