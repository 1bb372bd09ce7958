"""A YooKassa of this machine: `/yookassa/v3/…` as its API answers, errors included."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.state.desk import HELD, Deal, Desk, StandIn, base_of, desk_of, new_id, post
from sandbox.state.timing import real_timestamp

AMOUNT = re.compile(r"[1-9]\d{0,9}\.\d{2}|0\.\d{2}")
MOST_DESCRIPTION = 128
MOST_METADATA = 16
MOST_KEY = 64
routes = web.RouteTableDef()
Json = dict[str, Any]


FAULTS = {
    400: web.HTTPBadRequest,
    401: web.HTTPUnauthorized,
    404: web.HTTPNotFound,
    415: web.HTTPUnsupportedMediaType,
    500: web.HTTPInternalServerError,
}


def fail(status: int, code: str, description: str, parameter: str = "") -> web.HTTPException:
    """An error as the API words it, to be raised."""
    body = {"type": "error", "id": new_id(), "code": code, "description": description}
    body |= {"parameter": parameter} if parameter else {}
    return FAULTS[status](text=json.dumps(body), content_type="application/json")


def show(deal: Deal, base: str) -> Json:
    """A payment as the API shows it."""
    shown: Json = {
        "id": deal.id,
        "status": deal.status,
        "amount": {"value": deal.amount, "currency": deal.currency},
        "description": deal.description,
        "recipient": {"account_id": "100500", "gateway_id": "100700"},
        "created_at": datetime.fromtimestamp(deal.created, UTC).isoformat(timespec="milliseconds"),
        "test": False,
        "paid": deal.status in {"succeeded", HELD},
        "refundable": deal.status == "succeeded",
        "metadata": deal.more.get("metadata", {}),
    }
    if deal.status == "pending" and not deal.more.get("payment_method_id"):
        shown["confirmation"] = {
            "type": "redirect",
            "confirmation_url": f"{base}/pay/yookassa/{deal.id}",
        }
    if deal.status == HELD:
        until = datetime.fromtimestamp(deal.more["held_until"], UTC)
        shown["expires_at"] = until.isoformat(timespec="milliseconds")
    if deal.status == "canceled":
        shown["cancellation_details"] = {"party": "payment_network", "reason": deal.reason}
    if deal.status == "succeeded":
        shown["refunded_amount"] = {"value": deal.refunded, "currency": deal.currency}
        shown["payment_method"] = {
            "type": "bank_card",
            "id": f"pm-{deal.id}",
            "saved": bool(deal.more.get("save")),
            "title": "Bank card *4444",
        }
    return shown


@routes.post("/yookassa/v3/payments")
async def create(request: web.Request) -> web.Response:
    """Make a payment; the same key again gives the same one."""
    return await _once(request, _create)


@routes.get("/yookassa/v3/payments")
async def list_all(request: web.Request) -> web.Response:
    """List payments, a page at a time."""
    await _guard(request)
    since, until = request.query.get("created_at.gte", ""), request.query.get("created_at.lt", "9")
    deals = [
        deal
        for deal in desk_of(request).deals.values()
        if deal.provider == "yookassa" and since <= _moment(deal) < until
    ]
    start, limit = int(request.query.get("cursor", "0")), int(request.query.get("limit", "10"))
    page = {"type": "list", "items": [show(deal, base_of(request)) for deal in deals[start : start + limit]]}
    more = {"next_cursor": str(start + limit)} if start + limit < len(deals) else {}
    return web.json_response(page | more)


@routes.get("/yookassa/v3/payments/{id}")
async def show_one(request: web.Request) -> web.Response:
    """Show a payment."""
    await _guard(request)
    deal = desk_of(request).deals.get(request.match_info["id"])
    if deal is None:
        raise fail(404, "not_found", "There is no such payment")
    await desk_of(request).let_go_in_time(deal)
    return _answer(request, deal)


@routes.post("/yookassa/v3/payments/{id}/{what:capture|cancel}")
async def finish(request: web.Request) -> web.Response:
    """Take or let go what is held."""
    await _guard(request)
    deal = desk_of(request).deals.get(request.match_info["id"])
    if deal is None:
        raise fail(404, "not_found", "There is no such payment")
    if deal.status != HELD:
        raise fail(400, "invalid_request", "The payment is not waiting for a capture")
    await desk_of(request).settle(
        deal, "succeeded" if request.match_info["what"] == "capture" else "canceled"
    )
    return _answer(request, deal)


@routes.post("/yookassa/v3/refunds")
async def refund(request: web.Request) -> web.Response:
    """Give money back."""
    return await _once(request, _refund)


@routes.get("/yookassa/v3/me")
async def me(request: web.Request) -> web.Response:
    """Say whose shop it is."""
    await _guard(request)
    return web.json_response(
        {"account_id": "100500", "test": False, "status": "enabled", "fiscalization": {"enabled": False}}
    )


async def tell(desk: Desk, deal: Deal) -> int:
    """Send the notification of a payment that is final, or held; gives the status of the answer."""
    url = desk.where_to_tell(deal)
    news = {"type": "notification", "event": f"payment.{deal.status}", "object": show(deal, "")}
    return await post(url, json=news) if url else 0


async def _once(request: web.Request, act: Any) -> web.Response:
    await _guard(request)
    if request.content_type != "application/json":
        raise fail(415, "invalid_request", "Content-Type must be application/json")
    key, body = request.headers.get("Idempotence-Key", ""), await request.text()
    if not 1 <= len(key) <= MOST_KEY:
        raise fail(400, "invalid_request", "Idempotence-Key is missing", "Idempotence-Key")
    desk = desk_of(request)
    known = desk.answers.get(key)
    if known is not None and known[0] != body:
        raise fail(400, "invalid_request", "Idempotence key duplicated", "Idempotence-Key")
    if known is None:
        desk.answers[key] = known = (body, act(request, json.loads(body)))
    if await desk.stumble_after(request.path):
        raise fail(500, "internal_server_error", "Unknown error")
    deal = desk.deals.get(known[1])
    return web.json_response(show(deal, base_of(request)) if deal else desk.refunds[known[1]])


def _create(request: web.Request, body: Json) -> str:
    amount, metadata = body.get("amount") or {}, body.get("metadata") or {}
    problems = {
        "amount.value": not AMOUNT.fullmatch(str(amount.get("value", ""))),
        "amount.currency": amount.get("currency") != "RUB",
        "description": len(body.get("description", "")) > MOST_DESCRIPTION,
        "metadata": len(metadata) > MOST_METADATA
        or not all(isinstance(value, str) for value in metadata.values()),
        "confirmation": not body.get("payment_method_id")
        and (body.get("confirmation") or {}).get("type") != "redirect",
    }
    for parameter, is_wrong in problems.items():
        if is_wrong:
            raise fail(400, "invalid_request", f"{parameter} is wrong", parameter)
    deal = Deal(new_id(), "yookassa", amount["value"], amount["currency"], "pending")
    deal.description = body.get("description", "")
    deal.return_url = (body.get("confirmation") or {}).get("return_url", "")
    deal.more = {
        "metadata": metadata,
        "save": body.get("save_payment_method", False),
        "capture": body.get("capture", False),
        "receipt": body.get("receipt"),
        "payment_method_id": body.get("payment_method_id", ""),
    }
    desk = desk_of(request)
    if deal.more["payment_method_id"]:
        is_declined = desk.strike("decline", request.path) is not None
        deal.status = "canceled" if is_declined else "succeeded"
        deal.reason = "insufficient_funds" if is_declined else ""
    return desk.add(deal).id


def _refund(request: web.Request, body: Json) -> str:
    desk = desk_of(request)
    deal = desk.deals.get(str(body.get("payment_id")))
    if deal is None or deal.status != "succeeded":
        raise fail(400, "invalid_request", "The payment cannot be refunded", "payment_id")
    value = str((body.get("amount") or {}).get("value", ""))
    if not AMOUNT.fullmatch(value) or not desk.refund(deal, value):
        raise fail(400, "invalid_request", "More than was paid", "amount")
    number = new_id()
    desk.refunds[number] = {
        "id": number,
        "payment_id": deal.id,
        "status": "succeeded",
        "amount": {"value": value, "currency": deal.currency},
        "created_at": datetime.fromtimestamp(real_timestamp(), UTC).isoformat(timespec="milliseconds"),
    }
    return number


async def _guard(request: web.Request) -> None:
    desk = desk_of(request)
    trouble = await desk.stumble(f"{request.method} {request.path}")
    if trouble == "broken":
        raise fail(500, "internal_server_error", "Unknown error")
    if trouble == "refuse":
        raise fail(400, "invalid_request", "The shop may not do this")
    shop, _, secret = _credentials(request.headers.get("Authorization", "")).partition(":")
    if not shop or not secret or desk.accounts.get(shop, secret) != secret:
        raise fail(401, "invalid_credentials", "Authentication by given credentials failed")


def _credentials(header: str) -> str:
    try:
        return base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _answer(request: web.Request, deal: Deal) -> web.Response:
    return web.json_response(show(deal, base_of(request)))


def _moment(deal: Deal) -> str:
    return datetime.fromtimestamp(deal.created, UTC).isoformat()


STAND_IN = StandIn(
    "yookassa",
    routes,
    tell,
    lambda base: {
        "shop_id": "100500",
        "secret_key": "test_key",
        "api_url": f"{base}/yookassa/v3",
        "networks": "127.0.0.0/8",
    },
)
