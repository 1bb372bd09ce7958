"""What is offered for sale: reading an invoice as a bot describes it, and showing it to people."""

import re
from typing import Any

from sandbox.text import utf16
from sandbox.wire.errors import bad_request
from sandbox.wire.params import Params

STARS = "XTR"
MAX_TITLE, MAX_DESCRIPTION, MAX_PAYLOAD = 32, 255, 128
MAX_STARS, MAX_SUBSCRIPTION_STARS, MAX_AMOUNT = 100_000, 10_000, 10**12
MONTH = 2_592_000
_CODES = (
    "AED AFN ALL AMD ARS AUD AZN BAM BDT BGN BHD BND BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB "
    "EUR GBP GEL GHS GTQ HKD HNL HRK HUF IDR ILS INR IQD ISK JMD JOD JPY KES KGS KRW KZT LBP LKR MAD MDL MMK MNT "
    "MOP MUR MVR MXN MYR MZN NGN NIO NOK NPR NZD PAB PEN PHP PKR PLN PYG QAR RON RSD RUB SAR SEK SGD SYP THB TJS "
    "TRY TTD TWD TZS UAH UGX USD UYU UZS VND XTR YER ZAR"
)
CURRENCIES = frozenset(_CODES.split())
_PROVIDER = re.compile(r"^\d+:(TEST|LIVE):.+")
_WISHES = ("need_name", "need_phone_number", "need_email", "need_shipping_address", "is_flexible")
Json = dict[str, Any]


def read_offer(params: Params) -> Json:
    """Read an invoice; refuses in Telegram's words."""
    title, description, payload = (params.required(name) for name in ("title", "description", "payload"))
    currency = params.required("currency")
    params.required("prices")
    prices = [_price(price) for price in _array(params)]
    if not prices:
        raise bad_request("there must be at least one price")
    if utf16.length(title) > MAX_TITLE:
        raise bad_request("INVOICE_TITLE_TOO_LONG")
    if utf16.length(description) > MAX_DESCRIPTION:
        raise bad_request("INVOICE_DESCRIPTION_TOO_LONG")
    if len(payload.encode()) > MAX_PAYLOAD:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    offer = {
        "title": title,
        "description": description,
        "payload": payload,
        "currency": currency,
        "prices": prices,
        "total_amount": sum(price["amount"] for price in prices),
        "start_parameter": params.text("start_parameter"),
        "photo_url": params.text("photo_url"),
        **_tips(params),
        "subscription_period": params.number("subscription_period"),
        "needs": [name for name in _WISHES if params.flag(name)],
    }
    _check_money(offer, params.text("provider_token"))
    return offer


def _tips(params: Params) -> Json:
    raw = params.json("suggested_tip_amounts")
    if raw is not None and not isinstance(raw, list):
        raise bad_request("expected an Array of suggested tip amounts")
    most = _amount(params.text("max_tip_amount") or 0, 'can\'t parse "max_tip_amount" as Number')
    return {"max_tip_amount": most, "suggested_tip_amounts": [_tip(entry) for entry in raw or []]}


def _tip(raw: Any) -> int:
    if not isinstance(raw, int | str):
        raise bad_request("suggested tip amount must be of type Number or String")
    return _amount(raw, "can't parse suggested tip amount as Number")


def _amount(raw: int | str, refusal: str) -> int:
    try:
        return int(raw)
    except ValueError as error:
        raise bad_request(refusal) from error


def _array(params: Params) -> list[Any]:
    raw = params.json("prices")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of labeled prices")
    return raw


def _price(raw: Any) -> Json:
    wrong = "can't parse labeled price: "
    if not isinstance(raw, dict):
        raise bad_request(wrong + "LabeledPrice must be an Object")
    for name in ("label", "amount"):
        if name not in raw:
            raise bad_request(f'{wrong}Can\'t find field "{name}"')
    if not raw["label"]:
        raise bad_request(wrong + "LabeledPrice label must be non-empty")
    try:
        return {"label": str(raw["label"]), "amount": int(raw["amount"])}
    except (TypeError, ValueError) as error:
        raise bad_request(wrong + 'Field "amount" must be a valid Number') from error


def _check_money(offer: Json, provider: str) -> None:
    currency, total = offer["currency"], offer["total_amount"]
    if currency not in CURRENCIES:
        raise bad_request("CURRENCY_INVALID")
    if currency != STARS and not _PROVIDER.match(provider):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if currency == STARS and len(offer["prices"]) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    if not 0 < total <= (MAX_STARS if currency == STARS else MAX_AMOUNT):
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    if period := offer["subscription_period"]:
        if period != MONTH or currency != STARS:
            raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
        if total > MAX_SUBSCRIPTION_STARS:
            raise bad_request("SUBSCRIPTION_AMOUNT_INVALID")


def message_fields(offer: Json) -> Json:
    """Write an offer as message fields: what bots see of it, and what the pay sheet needs."""
    names = ("title", "description", "start_parameter", "currency", "total_amount")
    sheet = {name: offer[name] for name in offer if name not in names}
    return {"invoice": {name: offer[name] for name in names}, "checkout": {**sheet, "paid_by": []}}


def offer_of(body: Json) -> Json:
    """Return the offer behind a message."""
    return {**body["checkout"], **body["invoice"]}
