"""A durable broadcast (fanned out, claimed, sent, results committed) beside a bare `bot.send_message` loop."""

import asyncio
import gc
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bench.figures import Figure, Scale
from bench.race import race, ratio
from bench.stage import (
    BOT,
    FIRST_PERSON,
    SITE,
    TOKEN,
    Stub,
    ensure_people,
    fresh_databases,
    hold_bot,
    open_database,
    start_stub,
)
from bots.runtime.client import TelegramClient
from bots.runtime.sending.pacer import Pace, Pacer
from bots.runtime.sending.render import Renderer
from bots.runtime.sending.sender import Sender
from core.db.session import Database
from services.delivery.schemas import Lease
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.broadcasts import finish_broadcasts
from services.messaging.broadcasts.starting import send_broadcast
from services.messaging.store.broadcasts import list_over

Document = Mapping[str, Any]
MESSAGES = {Scale.FULL: 20_000, Scale.SHORT: 4_000, Scale.TINY: 30}
AT_ONCE = 64  # the number at which the bare loop is fastest
UNPACED = 100_000
TEXT = "Good morning, the third lesson is waiting for you."
PLAIN: Document = {"name": "News", "text": TEXT}
AUTHORED: Document = {
    "name": "News",
    "text": f"{{{{user.first_name}}}}, {TEXT}",
    "buttons": [[{"text": "Site", "url": f"{SITE}/spring"}]],
    "audience": {"all": ["has_not_paid", {"not": {"tag": "cold"}}, {"language": "en"}]},
}


def run(scale: Scale) -> Sequence[Figure]:
    """Ratios for both databases: of a text alone, and of a broadcast as authors make them."""
    figures: list[Figure] = []
    for kind_of, what in ((PLAIN, ""), (AUTHORED, " with conditions, templates, a tracked link")):
        figures += _race(scale, kind_of, what)
    return figures


def _race(scale: Scale, document: Document, what: str) -> list[Figure]:
    messages = MESSAGES[scale]
    with start_stub() as stub, fresh_databases(*scale.databases) as urls:
        durable = {kind: partial(send_durably, stub, url, messages, document) for kind, url in urls.items()}
        link = "buttons" in document
        timings = race({"bare": partial(send_bare, stub, messages, link=link), **durable}, scale)
    bare = statistics.median(timings["bare"])
    return [
        Figure(
            f"durable broadcast{what} ÷ bare aiogram, {kind}",
            ratio(timings, kind, "bare"),
            "x",
            floor=0.85,
            goal=1.0,
            how=f"{statistics.median(timings[kind]):,.0f} ÷ {bare:,.0f} msg/s, {messages:,} messages",
        )
        for kind in urls
    ]


def send_bare(stub: Stub, messages: int, *, link: bool = False) -> float:
    """What anybody would write first, with the name and one button where there is a link."""
    return asyncio.run(_send_bare(stub, messages, link=link))


async def _send_bare(stub: Stub, messages: int, *, link: bool) -> float:
    session = AiohttpSession(api=TelegramAPIServer.from_base(stub.url))
    people = iter(range(FIRST_PERSON, FIRST_PERSON + messages))
    async with Bot(TOKEN, session=session) as bot:

        async def work() -> None:
            for chat_id in people:
                if link:
                    await bot.send_message(
                        chat_id, f"Ann, {TEXT}", parse_mode="HTML", reply_markup=_keyboard()
                    )
                else:
                    await bot.send_message(chat_id, TEXT)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return messages / (time.perf_counter() - began)


def _keyboard() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Site", url=f"{SITE}/spring")]])


def send_durably(stub: Stub, url: str, messages: int, document: Document) -> float:
    """The product's way, from the start of the broadcast to its last committed result."""
    return asyncio.run(_send_durably(stub, url, messages, document))


async def _send_durably(stub: Stub, url: str, messages: int, document: Document) -> float:
    async with sending_to(stub, url, messages) as db:
        _, took = await time_broadcast(db, document)
        return messages / took


@asynccontextmanager
async def sending_to(stub: Stub, url: str, people: int) -> AsyncIterator[Database]:
    """A database with so many people of a bot, and its sender at work."""
    telegram = TelegramClient(stub.url)
    async with open_database(url) as db:
        await ensure_people(db, people)
        sender = build_sender(db, telegram, await hold_bot(db))
        await sender.start()
        gc.freeze()
        await asyncio.sleep(1.1)  # the pacer of a new owner takes the first second as used up
        yield db
        await sender.stop()
    await telegram.close()


async def time_broadcast(db: Database, document: Document = PLAIN) -> tuple[int, float]:
    """A broadcast to everybody: its id, and the seconds from its start to its last committed result."""
    began = time.perf_counter()
    number = await send_broadcast(db, BOT.account_id, BOT.id, Plan.model_validate(document))
    await until_over(db)
    return number, time.perf_counter() - began


def build_sender(db: Database, telegram: TelegramClient, lease: Lease, **more: Any) -> Sender:
    """A sender as the pool makes one, without a limit that would be met."""
    rate = more.get("rate", UNPACED)
    pacer = Pacer(db.clock.monotonic, Pace(rate))
    return Sender(db, BOT, lease, telegram, pacer, Renderer(db.env, {BOT.id: BOT.username}), rate)


async def until_over(db: Database) -> None:
    """Wait until no recipient waits or is being sent to, then close the broadcast."""
    while True:
        async with db.reading() as conn:
            if await list_over(conn):
                break
        await asyncio.sleep(0.05)
    await finish_broadcasts(db)
