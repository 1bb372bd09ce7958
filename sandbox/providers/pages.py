"""The pay page of each stand-in: pay, decline, come back later."""

from html import escape

from aiohttp import web

from sandbox.providers import yookassa
from sandbox.providers.desk import Deal
from sandbox.providers.yookassa import DESK
from sandbox.wire.errors import ControlError

NOT_FOUND = 404
routes = web.RouteTableDef()
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{amount}</title>
<link rel="stylesheet" href="/static/styles/pay.css"></head><body><main><p class="shop">{provider}</p>
<h1>{amount}</h1><p>{description}</p><p role="status">{status}</p>{form}{back}</main></body></html>"""
FORM = """<form method="post"><button name="do" value="pay">Pay</button>
<button name="do" value="decline">Decline</button></form>"""


@routes.get("/pay/{provider}/{id}")
async def show_page(request: web.Request) -> web.Response:
    """Show what is to be paid."""
    return _page(_find(request))


@routes.post("/pay/{provider}/{id}")
async def press(request: web.Request) -> web.Response:
    """Pay or decline; a payment that is final stays as it is."""
    deal = _find(request)
    wish = str((await request.post()).get("do", ""))
    if deal.status == "pending" and wish in {"pay", "decline"}:
        paid = "succeeded" if deal.more.get("capture", True) else "waiting_for_capture"
        status, reason = (paid, "") if wish == "pay" else ("canceled", "insufficient_funds")
        await yookassa.settle(request.app[DESK], deal, status, reason)
    return _page(deal)


def _find(request: web.Request) -> Deal:
    deal = request.app[DESK].deals.get(request.match_info["id"])
    if deal is None or deal.provider != request.match_info["provider"]:
        raise ControlError("there is no such payment", NOT_FOUND)
    return deal


def _page(deal: Deal) -> web.Response:
    is_open = deal.status == "pending"
    back = f'<p><a href="{escape(deal.return_url)}">Back to the shop</a></p>' if deal.return_url else ""
    words = {"pending": "Not paid yet", "succeeded": "Paid", "canceled": "Declined"}
    text = PAGE.format(
        provider=escape(deal.provider),
        amount=escape(f"{deal.amount} {deal.currency}"),
        description=escape(deal.description),
        status=words.get(deal.status, "Held"),
        form=FORM if is_open else "",
        back=back,
    )
    return web.Response(text=text, content_type="text/html")
