"""A bot's own values: what `{{bot.support_link}}` and the like stand for in its texts."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.environment import Environment
from core.text.refusal import InputRefused, placed, words
from services.content.store import shared as store

GIVEN = "bot_name"  # is Telegram's own
MOST_VALUE = 2048
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


async def set_value(uow: UnitOfWork, bot_id: int, name: str, value: str) -> None:
    """Give a bot a value; raises BOT_VALUE_INVALID."""
    if not _NAME.fullmatch(name) or name == GIVEN or len(value) > MOST_VALUE:
        why = words("bot-value-wrong", given=GIVEN, most=MOST_VALUE)
        raise InputRefused("BOT_VALUE_INVALID", placed(name[:64], why))
    await store.put_value(uow.conn, uow.account_id, bot_id, name, value)


async def drop_value(uow: UnitOfWork, bot_id: int, name: str) -> bool:
    """Take a value away; False if there was none."""
    return await store.drop_value(uow.conn, uow.account_id, bot_id, name)


async def list_values(uow: UnitOfWork, bot_id: int) -> Mapping[str, str]:
    """A bot's values by name."""
    return await store.load_values(uow.conn, uow.account_id, bot_id)


async def load_values(conn: AsyncConnection, bot_id: int) -> dict[str, str]:
    """A bot's values by `bot.NAME`, for its texts."""
    return {f"bot.{name}": value for name, value in (await store.load_values_of_bot(conn, bot_id)).items()}


async def know_values(uow: UnitOfWork) -> Environment:
    """The facts of the installation with the values its bots have of their own."""
    names = await store.list_names(uow.conn, uow.account_id)
    return replace(uow.env, own_variables=frozenset(f"bot.{name}" for name in names))
