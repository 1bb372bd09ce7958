"""Invoices, the answer before a payment, Stars and their refunds."""

import secrets
import time
from typing import Any

from sandbox.actors import subscribing
from sandbox.chats import posting, rendering
from sandbox.chats.invoices import STARS, message_fields, read_offer
from sandbox.chats.keyboards import is_pay_first, read_markup
from sandbox.methods import sending
from sandbox.methods.callbacks import TOO_OLD
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Payment
from sandbox.wire.errors import bad_request

MAX_TRANSACTIONS = 100
Json = dict[str, Any]


@method("sendInvoice")
def send_invoice(call: Call) -> Any:
    """Offer something for sale in a chat."""
    offer = read_offer(call.params)
    chat = sending.target(call)
    markup = read_markup(call.params.values.get("reply_markup"), private=chat.is_private)
    if markup is not None and not is_pay_first(markup):
        raise bad_request("first button must be a Pay button")
    return sending.send(call, chat, message_fields(offer))


@method("createInvoiceLink")
def create_invoice_link(call: Call) -> Any:
    """Offer something for sale to whoever opens the link."""
    slug = f"{secrets.token_urlsafe(16)}"
    call.world.invoices[slug] = {**read_offer(call.params), "bot_id": call.bot.id}
    call.world.touch()
    return f"https://t.me/${slug}"


@method("answerPreCheckoutQuery")
def answer_pre_checkout_query(call: Call) -> Any:
    """Say yes or no to a payment, within ten seconds."""
    refusal = "" if call.params.flag("ok") else call.params.required("error_message")
    checkout = call.world.checkouts.get(call.params.text("pre_checkout_query_id"))
    if checkout is None or checkout.bot_id != call.bot.id or checkout.refusal is not None:
        raise bad_request(TOO_OLD)
    if time.monotonic() - checkout.at > call.world.options.checkout_ttl:
        raise bad_request(TOO_OLD)
    checkout.refusal = refusal
    call.world.hub.wake(f"checkout:{checkout.id}")
    return True


@method("answerShippingQuery")
def answer_shipping_query(call: Call) -> Any:
    """Accept; nobody here asks for a delivery."""
    if call.params.flag("ok"):
        call.params.required("shipping_options")
        if not isinstance(call.params.json("shipping_options", "shipping options"), list):
            raise bad_request("expected an Array of shipping options")
    else:
        call.params.required("error_message")
    return True


@method("refundStarPayment")
def refund_star_payment(call: Call) -> Any:
    """Give Stars back, once."""
    charge = call.params.required("telegram_payment_charge_id")
    payment = call.world.payments.get(charge)
    if payment is None or payment.currency != STARS or not _is_between(call, payment):
        raise bad_request("CHARGE_NOT_FOUND")
    if payment.refund_date:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    payment.refund_date = call.world.clock.date()
    chat = call.world.private_chat(call.bot.id, payment.person_id)
    note = {
        "currency": payment.currency,
        "total_amount": payment.amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": charge,
    }
    posting.announce(
        call.world, chat, posting.post(call.world, chat, payment.person_id, {"refunded_payment": note})
    )
    return True


@method("editUserStarSubscription")
def edit_user_star_subscription(call: Call) -> Any:
    """End a subscription that is renewed by itself, or allow it again; what is paid stays."""
    charge = call.params.required("telegram_payment_charge_id")
    person, is_canceled = call.params.number("user_id"), call.params.flag("is_canceled")
    if not subscribing.stop(call.world, call.bot.id, person, charge, is_canceled=is_canceled):
        raise bad_request("CHARGE_NOT_FOUND")
    return True


def _is_between(call: Call, payment: Payment) -> bool:
    return (payment.bot_id, payment.person_id) == (call.bot.id, call.params.number("user_id"))


@method("getMyStarBalance")
def get_my_star_balance(call: Call) -> Any:
    """Count the bot's Stars."""
    return {"amount": sum(payment.amount for payment in _star_payments(call) if not payment.refund_date)}


@method("getStarTransactions")
def get_star_transactions(call: Call) -> Any:
    """List Stars that came and went, the oldest first."""
    star_transactions = [
        transaction for payment in _star_payments(call) for transaction in _transactions(call, payment)
    ]
    star_transactions.sort(key=lambda transaction: transaction["date"])
    offset = max(call.params.number("offset"), 0)
    limit = min(max(call.params.number("limit", MAX_TRANSACTIONS), 1), MAX_TRANSACTIONS)
    return {"transactions": star_transactions[offset : offset + limit]}


def _star_payments(call: Call) -> list[Payment]:
    mine = [payment for payment in call.world.payments.values() if payment.bot_id == call.bot.id]
    return [payment for payment in mine if payment.currency == STARS]


def _transactions(call: Call, payment: Payment) -> list[Json]:
    partner: Json = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": rendering.user(call.world, payment.person_id),
        "invoice_payload": payment.payload,
    }
    transaction = {"id": payment.charge_id, "amount": payment.amount}
    transactions = [{**transaction, "date": payment.date, "source": partner}]
    if payment.refund_date:
        transactions.append({**transaction, "date": payment.refund_date, "receiver": partner})
    return transactions
