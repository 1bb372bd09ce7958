"""An update stored, handled and answered durably, beside a bare dispatcher with an echo."""

import asyncio
import gc
import statistics
import time
from collections.abc import Sequence
from functools import partial

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from bench.chats import People, make_update
from bench.figures import Figure, Scale
from bench.race import race, ratio
from bench.sending import build_sender
from bench.stage import (
    BOT,
    FIRST_PERSON,
    TOKEN,
    Stub,
    ensure_people,
    fresh_databases,
    hold_bot,
    open_database,
    start_stub,
)
from bots.runtime.context import Context
from bots.runtime.intake import Intake, Station
from core.db.session import Database
from core.lifecycle import BotKind
from services.delivery import speech
from services.delivery.store.sending import figures

UPDATES = {Scale.FULL: 6_000, Scale.SHORT: 1_500, Scale.TINY: 20}
CHATS = 64


def run(scale: Scale) -> Sequence[Figure]:
    """Ratios for both databases."""
    updates = UPDATES[scale]
    with start_stub() as stub, fresh_databases(*scale.databases) as urls:
        durable = {kind: partial(echo_durably, stub, url, updates) for kind, url in urls.items()}
        timings = race({"bare": partial(echo_bare, stub, updates), **durable}, scale)
    bare = statistics.median(timings["bare"])
    return [
        Figure(
            f"stored, handled, answered update ÷ bare echo, {kind}",
            ratio(timings, kind, "bare"),
            "x",
            floor=0.5,
            goal=1.0,
            how=f"{statistics.median(timings[kind]):,.0f} ÷ {bare:,.0f} updates/s, {CHATS} chats, {updates:,} updates",
        )
        for kind in urls
    ]


def echo_bare(stub: Stub, updates: int) -> float:
    """What anybody writes first: nothing stored, nothing remembered."""
    return asyncio.run(_echo_bare(stub, updates))


async def _echo_bare(stub: Stub, updates: int) -> float:
    session = AiohttpSession(api=TelegramAPIServer.from_base(stub.url))
    router, dispatcher = Router(), Dispatcher()

    @router.message()
    async def echo(message: Message) -> None:
        assert message.text
        assert message.bot
        await message.bot.send_message(message.chat.id, message.text)

    dispatcher.include_router(router)
    async with Bot(TOKEN, session=session) as bot:
        numbers = iter(range(updates))

        async def chat(chat_id: int) -> None:
            for number in numbers:
                await dispatcher.feed_raw_update(bot, make_update(number, chat_id))

        began = time.perf_counter()
        await asyncio.gather(*(chat(FIRST_PERSON + n) for n in range(CHATS)))
        return updates / (time.perf_counter() - began)


def echo_durably(stub: Stub, url: str, updates: int) -> float:
    """The product: inbox, people, history, handler, outbox, sender, recorded answer."""
    return asyncio.run(_echo_durably(stub, url, updates))


async def _echo_durably(stub: Stub, url: str, updates: int) -> float:
    count = max(CHATS, updates // 4)  # five in a row may be said to one person at any pace
    people = People(stub.url, CHATS, updates, count)
    async with open_database(url) as db:
        await ensure_people(db, count)
        sender = build_sender(db, people, await hold_bot(db))
        face = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(stub.url)))
        stations = {BOT.id: Station(BOT, face, sender.call_soon)}
        intake = Intake(db, {BotKind.COURSE: build_echo()}, lambda: stations)
        await sender.start()
        handling = asyncio.create_task(intake.run())
        gc.freeze()
        await asyncio.sleep(1.1)  # the pacer of a new owner takes the first second as used up
        began = time.perf_counter()
        await people.speak(db)
        while await _is_unrecorded(db):  # noqa: ASYNC110 - committed rows ring no bell
            await asyncio.sleep(0.001)
        rate = updates / (time.perf_counter() - began)
        intake.stop()
        await handling
        await sender.stop()
    await people.close()
    await face.session.close()
    return rate


async def _is_unrecorded(db: Database) -> bool:
    async with db.reading() as conn:
        return "sending" in await figures.count_unfinished(conn)


def build_echo() -> Dispatcher:
    """A dispatcher as the product builds them, with one handler that answers in the person's language."""
    router, dispatcher = Router(), Dispatcher(disable_fsm=True)

    @router.message()
    async def echo(message: Message, ctx: Context) -> None:
        speech.say(ctx.uow, ctx.address, speech.content({"en": message.text or ""}), ctx.next_key())

    dispatcher.include_router(router)
    return dispatcher
