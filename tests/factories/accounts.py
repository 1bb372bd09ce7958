"""Accounts and their bots."""

from typing import Any

from sqlalchemy import insert

from core.db.models.tenancy import accounts, bots
from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.tenancy.schemas import ConnectedBot
from tests.factories.rows import add_row
from utils.sealed import KeyRing

SALES_BOT = 7_000_001
COURSE_BOT = 7_000_002
KEYS = KeyRing({"k1": b"m" * 32})


def make_bot(kind: BotKind = BotKind.SALES, **changed: Any) -> ConnectedBot:
    """A bot as Telegram and the environment would describe it."""
    bot_id = changed.pop("id", SALES_BOT if kind is BotKind.SALES else COURSE_BOT)
    values = {
        "account_id": 1,
        "username": f"{kind}_{bot_id}_bot",
        "name": f"The {kind} bot",
        "token": f"{bot_id}:SECRET-of-{bot_id}-{'x' * 24}",
    }
    return ConnectedBot(id=bot_id, kind=kind, **{**values, **changed})


async def add_account(uow: UnitOfWork, **changed: Any) -> None:
    """The account of the unit, unless the test's database brings it."""
    row = {"name": "School", "default_language": "ru", "created_at": uow.now}
    await uow.conn.execute(insert(accounts).values(id=uow.account_id, **{**row, **changed}))


async def add_bot(uow: UnitOfWork, bot_id: int, kind: BotKind, **changed: Any) -> int:
    """A connected bot; its sealed token is no real one."""
    row = {
        "id": bot_id,
        "kind": kind,
        "username": f"{kind}_{bot_id}_bot",
        "name": f"The {kind} bot",
        "token_sealed": "k1.sealed",
        "is_active": True,
        "created_at": uow.now,
    }
    return await add_row(uow, bots, row, changed)
