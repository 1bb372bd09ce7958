"""Notifications of payment providers: read, stored, answered; they are acted upon later."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse
from loguru import logger

from core.db.session import Database
from payment.base import ForgedNoticeError, Notice, NoticeRequest, PaymentProvider
from services.commerce.payments.calls import FindOther, find_nobody, look_up
from services.commerce.payments.incoming import receive_notice
from services.tenancy.accounts import find_number
from web.api.policy import SIGNED, declared
from web.bodies import read_body
from web.peers import Proxies

MOST_BYTES = 1_000_000


def build_router(
    db: Database,
    providers: Mapping[str, PaymentProvider],
    proxies: Proxies,
    find_other: FindOther = find_nobody,
) -> APIRouter:
    """`POST /payments/{provider}` of the environment's account, `/payments/{provider}/{account}` of the others."""
    router = APIRouter()

    async def take(account_id: int, provider: PaymentProvider | None, request: Request) -> PlainTextResponse:
        if provider is None:
            raise HTTPException(404, "no such provider")
        body = await read_body(request, MOST_BYTES)
        headers = {key.lower(): value for key, value in request.headers.items()}
        notice = _read(provider, NoticeRequest(headers, body, proxies.find_peer(request)))
        if notice is not None:
            is_new = await receive_notice(db, account_id, provider.name, notice)
            logger.bind(event="payment.notice", provider=provider.name, key=notice.key, is_new=is_new).info(
                "{} tells of {}", provider.name, notice.event
            )
        return PlainTextResponse(provider.answer_notice(notice))

    @router.post("/payments/{name}")
    @declared(SIGNED)
    async def take_notice(name: str, request: Request) -> PlainTextResponse:
        """Store a notification; a provider repeats it until it gets a 200."""
        provider = await look_up(providers, find_other, db.env.account_id, name)
        return await take(db.env.account_id, provider, request)

    @router.post("/payments/{name}/{account}")
    @declared(SIGNED)
    async def take_notice_of(name: str, account: str, request: Request) -> PlainTextResponse:
        """The same of another account, by its provider alone."""
        number = await find_number(db, account)
        if number is None:
            raise HTTPException(404, "no such provider")
        return await take(number, await look_up(providers, find_other, number, name), request)

    return router


def _read(provider: PaymentProvider, request: NoticeRequest) -> Notice | None:
    try:
        return provider.read_notice(request)
    except ForgedNoticeError as error:
        logger.bind(event="payment.forged", provider=provider.name, peer=request.peer).warning(
            "a notification that is not {}'s: {}", provider.name, error
        )
        raise HTTPException(403, "not a notification of this provider") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HTTPException(400, "this is no notification") from None
