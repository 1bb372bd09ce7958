"""Prints the code that makes its sender the owner, and another one when that is over, until there is an owner."""

import asyncio
import sys

from loguru import logger

from app.boot.machine.terminal import say_here
from app.boot.process import Process
from core.db.session import until_won
from core.lifecycle import BotKind
from core.links import bot_link
from core.rules.deep_link import LinkKind
from core.text.refusal import Words, words
from services.tenancy import founding
from services.tenancy.bots import get_bot

RETRY_SECONDS = 5.0
MINUTES = int(founding.LIFE.total_seconds() // 60)


async def print_codes(process: Process) -> None:
    """Return once somebody owns the first account; at once where the settings name an owner."""
    was_asked = False
    while True:
        try:
            told = await until_won(lambda: _make(process))
        except Exception as error:  # loop edge: the database may be away for a moment
            logger.opt(exception=error).error("the owner's code could not be made")
            await asyncio.sleep(RETRY_SECONDS)
            continue
        if told is None:
            break
        _print(told)
        was_asked = True
        await process.db.bell.wait(founding.CLAIMED, founding.LIFE.total_seconds())
    if was_asked:
        _print(words("owner-console-done"))


async def _make(process: Process) -> Words | None:
    """A new code with what to do with it; None where there is an owner."""
    async with process.db.unit(process.db.env.account_id) as uow:
        code = await founding.make_code(uow)
        bot = await get_bot(uow, BotKind.SALES)
    if code is None:
        return None
    link = bot_link(bot.username, f"{LinkKind.OWNER}_{code}")
    return words("owner-console", code=code, link=link, bot=f"@{bot.username}", minutes=MINUTES)


def _print(said: Words) -> None:
    sys.stdout.write(f"{say_here(said)}\n")
    sys.stdout.flush()
