"""A Stripe of this machine: `/stripe/v1/…` as its API answers, with signed webhooks."""

import hashlib
import hmac
import json
from typing import Any

from aiohttp import web

from sandbox.state.desk import Deal, Desk, StandIn, base_of, desk_of, minor, new_id, post
from sandbox.state.timing import real_timestamp

KEY = "sk_live_sandbox"
SECRET = "whsec_sandbox"  # noqa: S105 - of this machine alone
CARD = {"brand": "visa", "last4": "4242"}
EVENTS = {"succeeded": "checkout.session.completed", "canceled": "checkout.session.expired"}
routes = web.RouteTableDef()
Json = dict[str, Any]


def fail(status: int, kind: str, message: str, **more: Any) -> web.Response:
    """An error as the API words it."""
    return web.json_response({"error": {"type": kind, "message": message, **more}}, status=status)


def show_session(deal: Deal, base: str, *, expand: bool = False) -> Json:
    """A Checkout session; its intent is a number unless it is asked for as a whole."""
    paid = deal.status == "succeeded"
    intent = show_intent(deal) if expand else f"pi_{deal.id}"
    return {
        "id": f"cs_{deal.id}",
        "object": "checkout.session",
        "mode": "payment",
        "status": {"succeeded": "complete", "canceled": "expired"}.get(deal.status, "open"),
        "payment_status": "paid" if paid else "unpaid",
        "amount_total": minor(deal.amount),
        "currency": deal.currency.lower(),
        "url": f"{base}/pay/stripe/{deal.id}" if deal.status == "pending" else None,
        "created": int(deal.created),
        "livemode": True,
        "metadata": deal.more["metadata"],
        "payment_intent": intent if paid else None,
    }


def show_intent(deal: Deal) -> Json:
    """The payment intent of a session that was paid, or of a card that was charged."""
    amount = minor(deal.amount)
    charge = {
        "id": f"ch_{deal.id}",
        "object": "charge",
        "amount_refunded": minor(deal.refunded),
        "payment_method_details": {"card": CARD},
        "balance_transaction": {"id": f"txn_{deal.id}", "fee": amount // 50},
    }
    shown = {
        "id": f"pi_{deal.id}",
        "object": "payment_intent",
        "status": "succeeded" if deal.status == "succeeded" else "requires_payment_method",
        "amount": amount,
        "currency": deal.currency.lower(),
        "created": int(deal.created),
        "livemode": True,
        "metadata": deal.more["metadata"],
        "latest_charge": charge if deal.status == "succeeded" else None,
    }
    if deal.more.get("save"):
        shown |= {"customer": "cus_1", "payment_method": "pm_1", "setup_future_usage": "off_session"}
    return shown


@routes.post("/stripe/v1/{what:checkout/sessions|payment_intents|refunds}")
async def make(request: web.Request) -> web.Response:
    """Make a session, charge a card or give money back; the same key again gives the same."""
    desk, what = desk_of(request), request.match_info["what"]
    if refused := await _guard(request):
        return refused
    form = {name: str(value) for name, value in (await request.post()).items()}
    key, body = request.headers.get("Idempotency-Key", ""), json.dumps(form, sort_keys=True)
    known = desk.answers.get(f"stripe:{key}")
    if known is not None and known[0] != body:
        return fail(
            400, "idempotency_error", "Keys for idempotent requests can only be used with the same data"
        )
    if known is None:
        made = (
            _refund(desk, form)
            if what == "refunds"
            else _make(desk, form, charges=what != "checkout/sessions")
        )
        if isinstance(made, web.Response):
            return made
        desk.answers[f"stripe:{key}"] = known = (body, made)
    if await desk.stumble_after(request.path):
        return fail(500, "api_error", "An unknown error occurred")
    if what == "refunds":
        return web.json_response(desk.refunds[known[1]])
    deal = desk.deals[known[1]]
    return web.json_response(
        show_session(deal, base_of(request)) if what == "checkout/sessions" else show_intent(deal)
    )


def _make(desk: Desk, form: dict[str, str], *, charges: bool) -> str:
    """A session to be paid on the page, or a charge of a saved card, which is paid at once."""
    prefix = "" if charges else "line_items[0][price_data]"
    amount = int(form["amount" if charges else f"{prefix}[unit_amount]"])
    currency = form["currency" if charges else f"{prefix}[currency]"].upper()
    value = f"{amount // 100}.{amount % 100:02d}"
    deal = Deal(new_id(), "stripe", value, currency, "succeeded" if charges else "pending")
    names = [name for name in form if name.startswith("metadata[")]
    deal.more = {
        "metadata": {name[9:-1]: form[name] for name in names},
        "save": "payment_intent_data[setup_future_usage]" in form,
        "charges": charges,
    }
    deal.description = form.get(f"{prefix}[product_data][name]", form.get("description", ""))
    deal.return_url = form.get("success_url", "")
    return desk.add(deal).id


def _refund(desk: Desk, form: dict[str, str]) -> str | web.Response:
    deal = desk.deals.get(form["payment_intent"].removeprefix("pi_"))
    value = f"{int(form['amount']) // 100}.{int(form['amount']) % 100:02d}"
    if deal is None or not desk.refund(deal, value):
        return fail(
            400, "invalid_request_error", "The charge cannot be refunded", code="charge_already_refunded"
        )
    number = f"re_{new_id()}"
    desk.refunds[number] = {
        "id": number,
        "object": "refund",
        "status": "succeeded",
        "amount": int(form["amount"]),
        "currency": deal.currency.lower(),
        "payment_intent": form["payment_intent"],
    }
    return number


@routes.get("/stripe/v1/{what:checkout/sessions|payment_intents}")
async def list_all(request: web.Request) -> web.Response:
    """List what was made in a period, all of it at once."""
    if refused := await _guard(request):
        return refused
    since = int(request.query.get("created[gte]", 0))
    until = int(request.query.get("created[lt]", 2**40))
    intent = request.query.get("payment_intent", "")
    sessions = request.match_info["what"] == "checkout/sessions"
    deals = [
        deal
        for deal in desk_of(request).deals.values()
        if deal.provider == "stripe"
        and since <= int(deal.created) < until
        and not (intent and intent != f"pi_{deal.id}")
        and (not deal.more["charges"] if sessions else deal.status == "succeeded")
    ]
    shown = [_show(request, deal) if sessions else show_intent(deal) for deal in deals]
    return web.json_response({"object": "list", "data": shown, "has_more": False, "url": request.path})


@routes.get("/stripe/v1/{what:checkout/sessions|payment_intents|refunds}/{id}")
async def show_one(request: web.Request) -> web.Response:
    """Show a session, an intent or a refund."""
    if refused := await _guard(request):
        return refused
    desk, number = desk_of(request), request.match_info["id"]
    if number in desk.refunds:
        return web.json_response(desk.refunds[number])
    deal = desk.deals.get(number.partition("_")[2])
    if deal is None:
        return fail(404, "invalid_request_error", "No such payment", code="resource_missing")
    return web.json_response(_show(request, deal) if number.startswith("cs_") else show_intent(deal))


def _show(request: web.Request, deal: Deal) -> Json:
    wanted = any(name.startswith("expand[") for name in request.query)
    return show_session(deal, base_of(request), expand=wanted)


@routes.get("/stripe/v1/balance")
async def balance(request: web.Request) -> web.Response:
    """Say what is there."""
    return await _guard(request) or web.json_response({"object": "balance", "available": []})


async def tell(desk: Desk, deal: Deal) -> int:
    """Send the event of a session, signed with its time."""
    url = desk.where_to_tell(deal)
    if not url:
        return 0
    event = {
        "id": f"evt_{deal.id}_{deal.status}",
        "object": "event",
        "type": EVENTS[deal.status],
        "data": {"object": show_session(deal, "")},
    }
    body, now = json.dumps(event), int(real_timestamp())
    secret = desk.accounts.get("stripe_webhook", SECRET)
    signature = hmac.new(secret.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={now},v1={signature}", "Content-Type": "application/json"}
    return await post(url, data=body.encode(), headers=headers)


async def _guard(request: web.Request) -> web.Response | None:
    desk = desk_of(request)
    trouble = await desk.stumble(f"{request.method} {request.path}")
    if trouble == "broken":
        return fail(500, "api_error", "An unknown error occurred")
    if trouble == "refuse":
        return fail(400, "invalid_request_error", "Your account cannot do this")
    if request.headers.get("Authorization") != f"Bearer {desk.accounts.get('stripe', KEY)}":
        return fail(401, "invalid_request_error", "Invalid API Key provided")
    return None


STAND_IN = StandIn(
    "stripe",
    routes,
    tell,
    lambda base: {"secret_key": KEY, "webhook_secret": SECRET, "api_url": f"{base}/stripe"},
)
