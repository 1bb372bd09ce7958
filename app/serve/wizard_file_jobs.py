"""The jobs that fetch a file somebody sent to a wizard, or forwarded as a post, and keep it."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bots.shared.files import fetch_file
from services.content.messages.media import keep_file
from services.delivery.jobs import Perform, PermanentFailure

if TYPE_CHECKING:
    from app.boot.process import Process

FETCH_SECONDS = 45


def build_keeper(process: "Process") -> Perform:
    """The performer; a file Telegram does not give is a permanent failure."""

    async def keep(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        bot = next((bot for bot in process.bots if bot.id == payload["bot_id"]), None)
        if bot is None:
            raise PermanentFailure("the bot is not served here any more")
        async with asyncio.timeout(FETCH_SECONDS):
            content = await fetch_file(process.telegram, bot.token, payload["file_id"])
        ref = await asyncio.to_thread(keep_file, process.db.env, content, payload["suffix"])
        return {"ref": ref}

    return keep
