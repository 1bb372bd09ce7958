"""A Robokassa of this machine: signed links, the state of an operation as XML, refunds by token."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.state.desk import Deal, Desk, StandIn, base_of, desk_of, minor, new_id, post

LOGIN = "tandem"
PASSWORDS = {"1": "robokassa_test_1", "2": "robokassa_test_2", "3": "robokassa_test_3"}
CODES = {"pending": 5, "canceled": 10, "succeeded": 100}
REFUNDED = 60
STATE = """<?xml version="1.0" encoding="utf-8"?>
<OperationStateResponse xmlns="http://merchant.roboxchange.com/WebService/"><Result><Code>{result}</Code></Result>{more}
</OperationStateResponse>"""
MORE = """<State><Code>{code}</Code></State><Info><IncSum>{value}0000</IncSum><OutSum>{value}0000</OutSum>
<OpKey>{key}</OpKey></Info><UserField><Field><Name>Shp_order</Name><Value>{order}</Value></Field></UserField>"""
routes = web.RouteTableDef()


@routes.get("/robokassa/Merchant/Index.aspx")
async def open_link(request: web.Request) -> web.Response:
    """Lead a signed link to the pay page; the same number is the same payment."""
    plain, desk = dict(parse_qsl(request.rel_url.raw_query_string)), desk_of(request)
    receipt = [plain["Receipt"]] if "Receipt" in plain else []
    parts = [LOGIN, plain["OutSum"], plain["InvId"], *receipt, _password(desk, "1")]
    if plain.get("MerchantLogin") != LOGIN or _sign(parts, plain) != plain.get("SignatureValue"):
        raise web.HTTPBadRequest(text="Error 29: SignatureValue")
    number = f"robokassa:{plain['InvId']}"
    deal = desk.deals.get(desk.answers.get(number, ("", ""))[1])
    if deal is None:
        deal = desk.add(Deal(new_id(), "robokassa", plain["OutSum"], "RUB", "pending"))
        deal.description = plain["Description"]
        deal.more = {"inv": plain["InvId"], "order": plain.get("Shp_order", "")}
        desk.answers[number] = ("", deal.id)
    raise web.HTTPSeeOther(f"{base_of(request)}/pay/robokassa/{deal.id}")


@routes.get("/robokassa/Merchant/WebService/Service.asmx/OpStateExt")
async def show_state(request: web.Request) -> web.Response:
    """Say how an operation stands."""
    desk, number = desk_of(request), request.query.get("InvoiceID", "")
    if await desk.stumble(f"GET {request.path}"):
        raise web.HTTPInternalServerError
    deal = desk.deals.get(desk.answers.get(f"robokassa:{number}", ("", ""))[1])
    result, more = 3, ""
    if request.query.get("Signature") != _sign([LOGIN, number, _password(desk, "2")], {}):
        result = 1
    elif deal is not None:
        code = REFUNDED if minor(deal.refunded) == minor(deal.amount) else CODES[deal.status]
        result, more = (
            0,
            MORE.format(code=code, value=deal.amount, key=f"OP-{deal.id}", order=deal.more["order"]),
        )
    return web.Response(text=STATE.format(result=result, more=more), content_type="text/xml")


@routes.post("/robokassa/RefundService/Refund/Create")
async def refund(request: web.Request) -> web.Response:
    """Give money back, by a token under the third password."""
    desk = desk_of(request)
    if await desk.stumble(f"POST {request.path}") == "broken":
        raise web.HTTPInternalServerError
    text, _, signature = str(await request.json()).rpartition(".")
    expected = hmac.new(_password(desk, "3").encode(), text.encode(), hashlib.sha256).digest()
    if base64.urlsafe_b64encode(expected).decode().rstrip("=") != signature:
        return web.json_response({"success": False, "message": "InvalidToken"})
    wish: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text.partition(".")[2] + "=="))
    deal = desk.deals.get(wish["OpKey"].removeprefix("OP-"))
    if deal is None or not desk.refund(deal, wish["RefundSum"]):
        said = "AlreadyRefunded" if deal and minor(deal.refunded) else "OperationNotFound"
        return web.json_response({"success": False, "message": said})
    number = new_id()
    desk.refunds[number] = {"requestId": number, "amount": float(wish["RefundSum"]), "label": "finished"}
    if await desk.stumble_after(request.path):
        raise web.HTTPInternalServerError
    return web.json_response({"success": True, "message": None, "requestId": number})


@routes.get("/robokassa/RefundService/Refund/GetState")
async def show_refund(request: web.Request) -> web.Response:
    """Say how a refund stands."""
    found_refund = desk_of(request).refunds.get(request.query.get("id", ""))
    return web.json_response(found_refund or {"message": "NotFound"}, status=200 if found_refund else 404)


async def tell(desk: Desk, deal: Deal) -> int:
    """Send the notification of a payment; it tells of no other end."""
    url = desk.where_to_tell(deal)
    if not url or deal.status != "succeeded":
        return 0
    form = {
        "OutSum": f"{deal.amount}0000",
        "InvId": deal.more["inv"],
        "Shp_order": deal.more["order"],
        "Fee": "0",
    }
    form["SignatureValue"] = _sign([form["OutSum"], form["InvId"], _password(desk, "2")], form).upper()
    return await post(url, data=form)


def _password(desk: Desk, number: str) -> str:
    return desk.accounts.get(f"robokassa{number}", PASSWORDS[number])


def _sign(parts: list[str], fields: dict[str, str]) -> str:
    own = [f"{name}={fields[name]}" for name in sorted(fields) if name.startswith("Shp_")]
    return hashlib.sha256(":".join([*parts, *own]).encode()).hexdigest()


STAND_IN = StandIn(
    "robokassa",
    routes,
    tell,
    lambda base: {
        "login": LOGIN,
        **{f"password{number}": password for number, password in PASSWORDS.items()},
        "url": f"{base}/robokassa",
        "services_url": f"{base}/robokassa",
        "tax": "none",
    },
)
