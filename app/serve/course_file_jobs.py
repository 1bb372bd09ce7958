"""The job that fetches a course's file from Telegram and has it read in a process of its own."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bots.shared.files import fetch_file
from services.content.importing.sent import read_confined
from services.content.messages.bot_values import know_values
from services.delivery.jobs import Perform, PermanentFailure

if TYPE_CHECKING:
    from app.boot.process import Process

FETCH_SECONDS = 12  # what remains of a job's time is enough to reach the limit of reading


def build_reader(process: "Process") -> Perform:
    """The performer; a file Telegram does not give is a permanent failure."""

    async def read(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        bot = next((bot for bot in process.bots if bot.id == payload["bot_id"]), None)
        if bot is None:
            raise PermanentFailure("the bot is not served here any more")
        async with asyncio.timeout(FETCH_SECONDS):
            content = await fetch_file(process.telegram, bot.token, payload["file_id"])
        async with process.db.unit(bot.account_id) as uow:
            env = await know_values(uow)
        return await read_confined(env, payload, content)

    return read
