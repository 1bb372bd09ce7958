"""What every command that needs the database and Telegram opens."""

import os
import secrets
import socket
from typing import TYPE_CHECKING

from app.boot.database import build_database
from app.boot.keys import load_keys
from app.boot.providers import build_providers, call_sales_bot, call_shop_of
from app.boot.settings import Settings
from bots.runtime.client import TelegramClient
from core.clock import SystemClock
from core.db.session import Database
from payment.spec import Surroundings
from services.commerce.payments.accounts import OtherProviders
from services.tenancy.bots import list_bots
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing

if TYPE_CHECKING:
    from bots.runtime.pool import Pool


class Process:
    """Everything a running process has; `pool` is there while it serves bots."""

    def __init__(self, settings: Settings, *, serves_bots: bool = True) -> None:
        self.settings = settings
        self.serves_bots = serves_bots
        self.clock = SystemClock()
        self.keys: KeyRing = load_keys(settings)
        self.db: Database = build_database(settings, self.keys, self.clock)
        self.account_id = self.db.env.account_id  # for whom a command works
        self.telegram = TelegramClient(settings.telegram_api_url)
        self.providers = build_providers(
            settings,
            self.clock,
            call_sales_bot(self.telegram, settings.sales_bot_token.get_secret_value()),
        )
        self.others = OtherProviders(
            self.db,
            lambda account_id: Surroundings(
                self.clock,
                call_shop_of(self.telegram, self.db, account_id),
                settings.payment_timeout_seconds,
            ),
        )
        self.pool: Pool | None = None
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def is_ready(self) -> bool:
        """Whether all bots receive updates; where others serve them, that this process answers at all."""
        return not self.serves_bots or (self.pool is not None and self.pool.is_ready())

    @property
    def bots(self) -> list[ConnectedBot]:
        """The bots this process knew of when it looked last; none while it serves none."""
        return list(self.pool.wanted.values()) if self.pool else []

    async def list_bots(self) -> list[ConnectedBot]:
        """The bots that work for any account now."""
        return await list_bots(self.db, self.keys)

    def can_write(self) -> bool:
        """Whether the database has taken what was written of late; nothing is, before bots are owned."""
        return self.pool is None or self.pool.can_write()

    def list_owned(self) -> list[ConnectedBot]:
        """The bots this process serves now."""
        return [station.bot for station in self.pool.stations().values()] if self.pool else []

    async def close(self) -> None:
        """Let go of everything that was opened."""
        await self.others.aclose()
        for provider in self.providers.values():
            await provider.aclose()
        await self.telegram.close()
        await self.db.close()
