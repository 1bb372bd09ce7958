"""The pay page of each stand-in: pay, decline, come back later, or a bank that takes its time."""

from html import escape

from aiohttp import web

from sandbox.state.desk import Deal, desk_of
from sandbox.wire.errors import ControlError

NOT_FOUND = 404
routes = web.RouteTableDef()
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{amount}</title>
<link rel="stylesheet" href="/static/styles/pay.css"></head><body><main><p class="shop">{provider}</p>
<h1>{amount}</h1><p>{description}</p><p role="status">{status}</p>{form}{back}</main></body></html>"""
WISHES = ("pay", "decline", "slow", "later")
WORDS = {
    "en": {
        "pay": "Pay",
        "decline": "Decline",
        "slow": "The bank is slow",
        "later": "Later",
        "pending": "Not paid yet",
        "due": "The bank takes its time: the money comes in a while",
        "waits": "You can come back and pay with the same button",
        "succeeded": "Paid",
        "canceled": "Declined",
        "held": "Held",
        "back": "Back to the shop",
    },
    "ru": {
        "pay": "Заплатить",
        "decline": "Отказать",
        "slow": "Банк думает долго",
        "later": "Позже",
        "pending": "Ещё не оплачено",
        "due": "Банк думает: деньги придут чуть позже",
        "waits": "Можно вернуться и заплатить по той же кнопке",
        "succeeded": "Оплачено",
        "canceled": "Отказано",
        "held": "Деньги задержаны",
        "back": "Вернуться в магазин",
    },
}


@routes.get("/pay/{provider}/{id}")
async def show_page(request: web.Request) -> web.Response:
    """Show what is to be paid."""
    return _page(request, _find(request), "")


@routes.post("/pay/{provider}/{id}")
async def press(request: web.Request) -> web.Response:
    """Pay, decline or wait; a payment that is final stays as it is."""
    deal, desk = _find(request), desk_of(request)
    wish = str((await request.post()).get("do", ""))
    if deal.status == "pending" and wish == "pay" and not deal.more.get("capture", True):
        await desk.hold(deal)
    elif deal.status == "pending" and wish == "pay":
        await desk.settle(deal, "succeeded")
    elif deal.status == "pending" and wish == "decline":
        await desk.settle(deal, "canceled", "insufficient_funds")
    elif deal.status == "pending" and wish == "slow" and not deal.due:
        desk.pay_later(deal)
    return _page(request, deal, wish)


def _find(request: web.Request) -> Deal:
    deal = desk_of(request).deals.get(request.match_info["id"])
    if deal is None or deal.provider != request.match_info["provider"]:
        raise ControlError("there is no such payment", NOT_FOUND)
    return deal


def _page(request: web.Request, deal: Deal, wish: str) -> web.Response:
    language = "ru" if request.headers.get("Accept-Language", "").lower().startswith("ru") else "en"
    words = WORDS[language]
    state = deal.status if deal.status in words else "held"
    if deal.status == "pending":
        state = "due" if deal.due else "waits" if wish == "later" else "pending"
    buttons = "".join(f'<button name="do" value="{what}">{words[what]}</button>' for what in WISHES)
    is_open = deal.status == "pending" and not deal.due
    back = f'<p><a href="{escape(deal.return_url)}">{words["back"]}</a></p>' if deal.return_url else ""
    text = PAGE.format(
        language=language,
        provider=escape(deal.provider),
        amount=escape(f"{deal.amount} {deal.currency}"),
        description=escape(deal.description),
        status=words[state],
        form=f'<form method="post">{buttons}</form>' if is_open else "",
        back=back,
    )
    return web.Response(text=text, content_type="text/html")
