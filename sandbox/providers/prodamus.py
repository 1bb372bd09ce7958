"""A Prodamus of this machine: signed links at `/prodamus/`, signed notifications, subscriptions that can be switched off."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from sandbox.state.desk import Deal, Desk, StandIn, base_of, desk_of, new_id, post

KEY = "prodamus_test_key"
STATES = {"succeeded": "success", "canceled": "order_denied"}
routes = web.RouteTableDef()
Json = dict[str, Any]


@routes.get("/prodamus/")
async def make_link(request: web.Request) -> web.Response:
    """Answer a signed link with a short one; without `do=link` it is only looked at."""
    desk = desk_of(request)
    trouble = await desk.stumble(f"GET {request.path}")
    if trouble:
        raise web.HTTPInternalServerError if trouble == "broken" else web.HTTPBadRequest
    fields = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
    plain = dict(fields)
    if plain.get("do") != "link":
        return web.Response(text="Prodamus")
    if not hmac.compare_digest(sign(nest(fields), _key(desk)), plain.get("signature", "")):
        raise web.HTTPForbidden(text="Signature error")
    key = f"prodamus:{plain['order_id']}:{plain.get('_param_order', '')}"  # schools count alike, and share this form
    known = desk.answers.get(key, ("", ""))[1]
    deal = desk.deals.get(known) or desk.add(_deal(plain))
    desk.answers[key] = ("", deal.id)
    if await desk.stumble_after(request.path):
        raise web.HTTPInternalServerError
    return web.Response(text=f"{base_of(request)}/pay/prodamus/{deal.id}")


@routes.post("/prodamus/rest/setActivity/")
async def set_activity(request: web.Request) -> web.Response:
    """Switch a subscription off."""
    fields = [(name, str(value)) for name, value in (await request.post()).items()]
    plain = dict(fields)
    if not hmac.compare_digest(sign(nest(fields), _key(desk_of(request))), plain.get("signature", "")):
        raise web.HTTPForbidden(text="Signature error")
    return web.Response(text="success")


async def tell(desk: Desk, deal: Deal) -> int:
    """Send the notification as a form of several parts, signed."""
    url = desk.where_to_tell(deal)
    if not url:
        return 0
    deal.more["attempt"] = deal.more.get("attempt", 0) + 1
    fields = {
        "order_id": deal.more["number"],
        "order_num": deal.more["order_num"],
        "sum": deal.amount,
        "currency": deal.currency.lower(),
        "payment_type": "Пластиковая карта",
        "attempt": str(deal.more["attempt"]),
        "payment_status": STATES[deal.status],
        "products[0][name]": deal.description,
        "products[0][price]": deal.amount,
        "_param_order": deal.more["order"],
    }
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    return await post(url, data=form, headers={"Sign": sign(nest(list(fields.items())), _key(desk))})


def _deal(plain: dict[str, str]) -> Deal:
    deal = Deal(
        new_id(), "prodamus", plain["products[0][price]"], plain.get("currency", "rub").upper(), "pending"
    )
    deal.description = plain["products[0][name]"]
    deal.notify_url, deal.return_url = plain.get("urlNotification", ""), plain.get("urlReturn", "")
    deal.more = {
        "number": str(int(deal.id[:8], 16)),
        "order_num": plain["order_id"],
        "order": plain.get("_param_order", ""),
    }
    return deal


def _key(desk: Desk) -> str:
    return desk.accounts.get("prodamus", KEY)


def nest(fields: list[tuple[str, str]]) -> Json:
    """`a[b][0]` as PHP reads it, without the signature."""
    root: Json = {}
    for name, value in fields:
        if name in {"signature", "sign"}:
            continue
        first, *rest = name.replace("]", "").split("[")
        here, key = root, first
        for part in rest:
            here, key = here.setdefault(key, {}), part
        here[key] = value
    return root


def sign(form: Json, key: str) -> str:
    """PHP's JSON of the sorted fields, under HMAC-SHA256."""
    text = json.dumps(_sorted(form), ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _sorted(value: Any) -> Any:
    if not isinstance(value, dict):
        return str(value)
    keys = sorted(value)
    if keys == [str(number) for number in range(len(keys))]:
        return [_sorted(value[name]) for name in keys]
    return {name: _sorted(value[name]) for name in keys}


STAND_IN = StandIn(
    "prodamus", routes, tell, lambda base: {"url": f"{base}/prodamus/", "secret_key": KEY, "sys": "tandem"}
)
