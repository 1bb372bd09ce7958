"""The bots this process owns: a lease each, then its way out, then its way in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from loguru import logger

from bots.runtime.client import TelegramClient
from bots.runtime.intake import Station
from bots.runtime.pacer import Pace, Pacer
from bots.runtime.polling import ALLOWED_UPDATES, Poller
from bots.runtime.retry import TokenRefusedError, call_until_answered
from bots.runtime.sender import Sender
from core.db.session import Database
from services.delivery import leases
from services.delivery.outbox import IDEMPOTENT, MOST_TRIES, Render
from services.delivery.schemas import Lease
from services.tenancy.bots import webhook_secret
from services.tenancy.schemas import ConnectedBot

READY = "ready"  # rings when a bot begins to receive updates


@dataclass(frozen=True)
class PoolSettings:
    """How this process owns bots; `webhook_base` is none when it polls."""

    owner: str
    pace: Pace
    lease_ttl: float
    alone: bool  # nobody else can be alive on this database: take leases at once
    webhook_base: str | None
    api_url: str


@dataclass
class _Owned:
    bot: ConnectedBot
    lease: Lease
    sender: Sender
    station: Station
    way_in: asyncio.Task[None]


@dataclass
class Pool:
    """Takes, serves and gives back bots."""

    db: Database
    telegram: TelegramClient
    render: Render
    settings: PoolSettings
    _owned: dict[int, _Owned] = field(default_factory=dict)
    _listening: set[int] = field(default_factory=set)
    _pollers: dict[int, Poller] = field(default_factory=dict)
    _session: AiohttpSession | None = None
    _keeper: asyncio.Task[None] | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _written_at: float | None = None
    _leaving: set[asyncio.Task[None]] = field(default_factory=set)

    def stations(self) -> Mapping[int, Station]:
        """The bots owned now."""
        return {bot_id: owned.station for bot_id, owned in self._owned.items()}

    def is_ready(self, bots: Sequence[ConnectedBot]) -> bool:
        """Whether all these bots are owned and receive updates."""
        return all(bot.id in self._owned and bot.id in self._listening for bot in bots)

    def is_behind(self) -> bool:
        """Whether Telegram keeps more updates of a bot than one answer holds."""
        return any(poller.is_behind for poller in self._pollers.values())

    def can_write(self) -> bool:
        """Whether the leases could be renewed as long as they last."""
        last = self._written_at
        return last is None or self.db.clock.monotonic() - last < self.settings.lease_ttl

    async def start(self, bots: Sequence[ConnectedBot]) -> None:
        """Take what is free now; what another process holds is taken when it lets go."""
        server = TelegramAPIServer.from_base(self.settings.api_url)
        self._session = AiohttpSession(api=server)
        await self._take_free(bots)
        self._written_at = self.db.clock.monotonic()
        self._keeper = asyncio.create_task(self._keep(bots))

    async def stop_intake(self) -> None:
        """Take no more bots and receive nothing more; what is owned stays so until all has landed."""
        await self._end_keeper()
        for owned in self._owned.values():
            owned.way_in.cancel()
        await asyncio.gather(*(owned.way_in for owned in self._owned.values()), return_exceptions=True)
        self._keeper = asyncio.create_task(self._keep(()))

    async def stop(self) -> None:
        """Let what is in flight land, then give all leases back."""
        await asyncio.gather(*(owned.sender.stop() for owned in self._owned.values()), *self._leaving)
        await self._end_keeper()
        await leases.release_leases(self.db, self.settings.owner)
        self._owned = {}
        if self._session:
            await self._session.close()

    async def _end_keeper(self) -> None:
        self._stopping.set()
        if self._keeper:
            await self._keeper
        self._stopping.clear()

    async def _keep(self, bots: Sequence[ConnectedBot]) -> None:
        """Renew at a third of the lease's life; give up what was lost, take what became free."""
        while not await self._is_stopping(self.settings.lease_ttl / 3):
            try:
                await self._renew()
                self._written_at = self.db.clock.monotonic()
                await self._take_free(bots)
            except Exception as error:  # loop edge: the database may be away; senders stop by themselves
                logger.opt(exception=error).error("renewing leases failed")

    async def _is_stopping(self, seconds: float) -> bool:
        """Wait so long, or until told to stop: a look-after under way is never torn apart."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True

    async def _renew(self) -> None:
        held = [owned.lease for owned in self._owned.values()]
        if not held:
            return
        lost = await leases.renew_leases(self.db, self.settings.owner, held, ttl=self.settings.lease_ttl)
        for lease in lost:
            owned = self._owned.pop(int(lease.name.removeprefix("bot:")))
            self._listening.discard(owned.bot.id)
            logger.bind(event="lease.lost", bot_id=owned.bot.id).warning(
                "@{} was taken over", owned.bot.username
            )
            owned.way_in.cancel()
            leaving = asyncio.create_task(owned.sender.stop())  # may last, and the other leases run
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _take_free(self, bots: Sequence[ConnectedBot]) -> None:
        for bot in bots:
            if bot.id not in self._owned:
                await self._take(bot)

    async def _take(self, bot: ConnectedBot) -> None:
        settings = self.settings
        lease = await leases.take_lease(
            self.db,
            bot.account_id,
            f"bot:{bot.id}",
            settings.owner,
            ttl=settings.lease_ttl,
            force=settings.alone,
        )
        if lease is None:
            return
        left = await leases.settle_predecessor(
            self.db, bot.account_id, bot.id, safe=IDEMPOTENT, most_tries=MOST_TRIES
        )
        logger.bind(event="lease.taken", bot_id=bot.id, epoch=lease.epoch, half_sent=left).info(
            "@{} is ours, epoch {}", bot.username, lease.epoch
        )
        pacer = Pacer(self.db.clock.monotonic, settings.pace)
        sender = Sender(self.db, bot, lease, self.telegram, pacer, self.render, settings.pace.per_second)
        if settings.pace.paid_per_second:
            sender.paid = Pacer(self.db.clock.monotonic, Pace(settings.pace.paid_per_second))
        await sender.start()
        station = Station(bot, Bot(bot.token, session=self._session), sender.call_soon)
        way_in = asyncio.create_task(self._receive(bot))
        self._owned[bot.id] = _Owned(bot, lease, sender, station, way_in)

    async def _receive(self, bot: ConnectedBot) -> None:
        def listens() -> None:
            self._listening.add(bot.id)
            self.db.bell.ring(READY)

        try:
            if self.settings.webhook_base is None:
                poller = self._pollers[bot.id] = Poller(self.db, self.telegram, bot, listens)
                await poller.run()
            else:
                await self._set_webhook(bot, self.settings.webhook_base)
                listens()
        except TokenRefusedError as error:
            logger.bind(event="token.refused", bot_id=bot.id).error("{}", error)
        finally:
            self._pollers.pop(bot.id, None)

    async def _set_webhook(self, bot: ConnectedBot, base: str) -> None:
        fields = {
            "url": f"{base.rstrip('/')}/telegram/{bot.id}",
            "secret_token": webhook_secret(self.db.env.signing_key, bot.id),
            "allowed_updates": ALLOWED_UPDATES,
        }
        await call_until_answered(self.telegram, bot.token, "setWebhook", fields)
