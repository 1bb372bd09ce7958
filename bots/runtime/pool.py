"""The bots this process owns: a lease each, then its way out, then its way in; taken and let go while it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from loguru import logger

from bots.runtime.client import TelegramClient
from bots.runtime.intake import Station
from bots.runtime.menus import MENUS
from bots.runtime.polling import ALLOWED_UPDATES, Poller
from bots.runtime.retry import TokenRefusedError, call_until_answered
from bots.runtime.sending.pacer import Pace, Pacer
from bots.runtime.sending.sender import Sender
from core.db.session import Database
from core.lifecycle import BotTrouble
from services.delivery import leases
from services.delivery.outbox import IDEMPOTENT, MOST_TRIES, Render
from services.delivery.schemas import Lease
from services.tenancy.bot_care import connecting
from services.tenancy.bots import webhook_secret
from services.tenancy.schemas import ConnectedBot

READY = "ready"  # rings when a bot begins to receive updates
BESIDE_SECONDS = 0.5  # between two looks where several processes serve
REFUSED_SECONDS = 300.0  # until a token that was refused is tried again
ListBots = Callable[[], Awaitable[Sequence[ConnectedBot]]]


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
    """Takes, serves and gives back bots; `list_bots` says which there are, `usernames` is kept for who speaks of them."""

    db: Database
    telegram: TelegramClient
    render: Render
    settings: PoolSettings
    list_bots: ListBots
    usernames: dict[int, str] = field(default_factory=dict)
    wanted: dict[int, ConnectedBot] = field(default_factory=dict)
    _owned: dict[int, _Owned] = field(default_factory=dict)
    _listening: set[int] = field(default_factory=set)
    _refused: set[int] = field(default_factory=set)
    _troubled: set[int] = field(default_factory=set)  # of whom the database says so
    _pollers: dict[int, Poller] = field(default_factory=dict)
    _session: AiohttpSession | None = None
    _keeper: asyncio.Task[None] | None = None
    _stopping: bool = False
    _written_at: float | None = None
    _leaving: set[asyncio.Task[None]] = field(default_factory=set)
    _processes: int = 1  # that serve bots, this one among them

    def stations(self) -> Mapping[int, Station]:
        """The bots owned now."""
        return {bot_id: owned.station for bot_id, owned in self._owned.items()}

    def is_ready(self) -> bool:
        """Whether there are bots, and all are owned and receive updates; one whose token was revoked is waited for by nobody.

        Where several processes serve, this one's are meant.
        """
        awaited = (self._owned.keys() if self._processes > 1 else self.wanted.keys()) - self._refused
        return bool(self.wanted) and all(
            number in self._owned and number in self._listening for number in awaited
        )

    def is_behind(self) -> bool:
        """Whether Telegram keeps more updates of a bot than one answer holds."""
        return any(poller.is_behind for poller in self._pollers.values())

    def can_write(self) -> bool:
        """Whether the leases could be renewed as long as they last."""
        last = self._written_at
        return last is None or self.db.clock.monotonic() - last < self.settings.lease_ttl

    async def start(self) -> None:
        """Take what is free now; what another process holds is taken when it lets go, and what is connected at once."""
        server = TelegramAPIServer.from_base(self.settings.api_url)
        self._session = AiohttpSession(api=server)
        await self._follow()
        self._written_at = self.db.clock.monotonic()
        self._keeper = asyncio.create_task(self._keep(self._follow))

    async def stop_intake(self) -> None:
        """Take no more bots and receive nothing more; what is owned stays so until all has landed."""
        await self._end_keeper()
        for owned in self._owned.values():
            owned.way_in.cancel()
        await asyncio.gather(*(owned.way_in for owned in self._owned.values()), return_exceptions=True)
        self._keeper = asyncio.create_task(self._keep(_take_none))

    async def stop(self) -> None:
        """Let what is in flight land, then give all leases back."""
        await asyncio.gather(*(owned.sender.stop() for owned in self._owned.values()), *self._leaving)
        await self._end_keeper()
        await leases.release_leases(self.db, self.settings.owner)
        self._owned = {}
        if self._session:
            await self._session.close()

    async def _end_keeper(self) -> None:
        self._stopping = True
        self.db.bell.ring(connecting.TOPIC)
        if self._keeper:
            await self._keeper
        self._stopping = False

    async def _keep(self, follow: Callable[[], Awaitable[None]]) -> None:
        """Renew at a third of the lease's life; give up what was lost, take what became free or was connected.

        Told to stop, a look-after under way is never torn apart.
        """
        while True:
            await self.db.bell.wait(connecting.TOPIC, self._look_seconds())
            if self._stopping:
                return
            try:
                await self._renew()
                self._written_at = self.db.clock.monotonic()
                await follow()
            except Exception as error:  # loop edge: the database may be away; senders stop by themselves
                logger.opt(exception=error).error("renewing leases failed")

    def _look_seconds(self) -> float:
        """Beside others one looks more often: what a dead one has held is taken within a second of its end."""
        third = self.settings.lease_ttl / 3
        return third if self._processes == 1 else min(third, BESIDE_SECONDS)

    async def _count_share(self) -> int:
        """How many bots are this process's: as many as anybody's, rounded up, so that none is left over."""
        if not self.settings.alone:
            self._processes = await leases.announce(self.db, self.settings.owner, ttl=self.settings.lease_ttl)
        return -(-len(self.wanted) // self._processes)

    def _hand_over(self, count: int) -> None:
        """Let go of the bots that were taken last, for a process that has fewer; what is on its way out lands first."""
        for number in list(self._owned)[len(self._owned) - count :]:
            lease, bot = self._owned[number].lease, self._let_go(number)
            logger.bind(event="bot.handed_over", bot_id=number).info(
                "@{} goes to another process", bot.username
            )
            giving = asyncio.create_task(self._give_back(lease, list(self._leaving)))
            self._leaving.add(giving)
            giving.add_done_callback(self._leaving.discard)

    async def _give_back(self, lease: Lease, landing: Sequence[asyncio.Task[None]]) -> None:
        await asyncio.gather(*landing, return_exceptions=True)
        try:
            await leases.give_back(self.db, lease)
        except Exception as error:  # loop edge: it runs out by itself
            logger.opt(exception=error).warning("a lease was not given back")

    async def _renew(self) -> None:
        held = [owned.lease for owned in self._owned.values()]
        if not held:
            return
        lost = await leases.renew_leases(self.db, self.settings.owner, held, ttl=self.settings.lease_ttl)
        for lease in lost:
            bot = self._let_go(int(lease.name.removeprefix("bot:")))
            logger.bind(event="lease.lost", bot_id=bot.id).warning("@{} was taken over", bot.username)

    def _let_go(self, number: int) -> ConnectedBot:
        """Receive nothing more of a bot, and let what is on its way out land."""
        owned = self._owned.pop(number)
        self._listening.discard(number)
        self._refused.discard(number)
        owned.way_in.cancel()
        leaving = asyncio.create_task(owned.sender.stop())  # may last, and the other leases run
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        return owned.bot

    async def _follow(self) -> None:
        """Serve the bots there are now: those that are new or have a new token at once, and none that was disconnected."""
        self.wanted = {bot.id: bot for bot in await self.list_bots()}
        self._troubled |= {bot.id for bot in self.wanted.values() if bot.trouble}
        self.usernames.update({bot.id: bot.username for bot in self.wanted.values()})
        for number, owned in list(self._owned.items()):
            bot = self.wanted.get(number)
            is_connected_anew = bot is not None and number in self._refused and bot.trouble is None
            if bot is None or is_connected_anew or _serves_otherwise(owned.bot, bot):
                self._let_go(number)
                logger.bind(event="bot.left", bot_id=number).info("@{} is let go", owned.bot.username)
            else:  # it may have another name
                owned.bot = owned.sender.bot = bot
                owned.station = replace(owned.station, bot=bot)
        share = await self._count_share()
        self._hand_over(max(0, len(self._owned) - share))
        renewed = self.db.clock.monotonic()
        for bot in self.wanted.values():
            if bot.id not in self._owned and len(self._owned) < share:
                await self._take(bot)
            if self.db.clock.monotonic() - renewed > self.settings.lease_ttl / 3:
                await self._renew()
                renewed = self.db.clock.monotonic()

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
        if paid := self.db.env.of_account(bot.account_id).paid_per_second:
            sender.paid = Pacer(self.db.clock.monotonic, Pace(paid))
        await sender.start()
        station = Station(bot, Bot(bot.token, session=self._session), sender.call_soon)
        way_in = asyncio.create_task(self._receive(bot))
        self._owned[bot.id] = _Owned(bot, lease, sender, station, way_in)

    async def _receive(self, bot: ConnectedBot) -> None:
        def listens() -> None:
            self._listening.add(bot.id)
            self.db.bell.ring(READY)
            self.db.bell.ring(MENUS)

        while await self._is_refused(bot, listens):
            self._listening.discard(bot.id)
            await self._note(bot, BotTrouble.REFUSED)
            self._refused.add(bot.id)
            self.db.bell.ring(READY)
            await asyncio.sleep(REFUSED_SECONDS)

    async def _is_refused(self, bot: ConnectedBot, listens: Callable[[], None]) -> bool:
        """Receive as long as Telegram takes the token."""
        try:
            await self._listen(bot, listens)
        except TokenRefusedError as error:
            logger.bind(event="token.refused", bot_id=bot.id).error("{}", error)
            return True
        finally:
            self._pollers.pop(bot.id, None)
        return False

    async def _listen(self, bot: ConnectedBot, listens: Callable[[], None]) -> None:
        async def note(trouble: BotTrouble | None) -> None:
            if trouble is None:
                self._refused.discard(bot.id)
            await self._note(bot, trouble)

        if self.settings.webhook_base is None:
            poller = self._pollers[bot.id] = Poller(self.db, self.telegram, bot, listens, note)
            await poller.run()
        else:
            await self._set_webhook(bot, self.settings.webhook_base)
            listens()
            await note(None)

    async def _note(self, bot: ConnectedBot, trouble: BotTrouble | None) -> None:
        """Have it told once; that the database is away keeps no bot from listening."""
        if trouble is None and bot.id not in self._troubled:
            return
        try:
            async with self.db.unit(bot.account_id) as uow:
                await connecting.note_trouble(uow, bot.id, trouble)
            (self._troubled.discard if trouble is None else self._troubled.add)(bot.id)
        except Exception as error:  # loop edge: it is noted at the next occasion
            logger.opt(exception=error).warning("what keeps @{} from listening was not noted", bot.username)

    async def _set_webhook(self, bot: ConnectedBot, base: str) -> None:
        fields = {
            "url": f"{base.rstrip('/')}/telegram/{bot.id}",
            "secret_token": webhook_secret(self.db.env.signing_key, bot.id),
            "allowed_updates": ALLOWED_UPDATES,
        }
        await call_until_answered(self.telegram, bot.token, "setWebhook", fields)


async def _take_none() -> None:
    """Nothing is taken any more."""


def _serves_otherwise(owned: ConnectedBot, bot: ConnectedBot) -> bool:
    """Whether a bot cannot go on as it is served."""
    return (owned.token, owned.kind, owned.account_id) != (bot.token, bot.kind, bot.account_id)
