"""Updates by webhook: the secret compared, the update stored, then 200."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request

from core.db.session import Database
from services.delivery.inbox import receive
from services.tenancy.bots import find_account_of_bot, webhook_secret
from utils.signing import same
from web.api.policy import SIGNED, declared
from web.bodies import read_body

MOST_BYTES = 1_000_000
MOST_UPDATES = 2**52


def build_router(db: Database) -> APIRouter:
    """`POST /telegram/{bot_id}`; the token is in no URL."""
    router = APIRouter()

    @router.post("/telegram/{bot_id}")
    @declared(SIGNED)
    async def take_update(
        bot_id: int, request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header()] = ""
    ) -> dict[str, bool]:
        """Store one update; Telegram repeats it until it gets a 2xx."""
        known = (webhook_secret(key, bot_id) for key in db.env.signing_keys)
        if not any(same(x_telegram_bot_api_secret_token, known_name) for known_name in known):
            raise HTTPException(403, "wrong secret")
        account_id = await find_account_of_bot(db, bot_id)
        if account_id is None:
            raise HTTPException(404, "no such bot")
        await receive(db, account_id, bot_id, [await _read(request)])
        return {"ok": True}

    return router


async def _read(request: Request) -> dict[str, Any]:
    try:
        update = json.loads(await read_body(request, MOST_BYTES))
    except (ValueError, RecursionError):
        raise HTTPException(400, "this is no JSON") from None
    if not isinstance(update, dict) or not _is_number(update.get("update_id")):
        raise HTTPException(400, "an update is an object with an update_id")
    return update


def _is_number(value: object) -> bool:
    """Whether Telegram could have counted so far."""
    return isinstance(value, int) and 0 <= value < MOST_UPDATES
