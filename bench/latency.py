"""How soon a due message leaves and a press is answered while a broadcast runs, beside an idle bot."""

import asyncio
import gc
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery

from app.serve.scheduler import build_scheduler
from bench.figures import Figure, Scale
from bench.sending import TEXT, build_sender
from bench.stage import (
    BOT,
    TOKEN,
    Stub,
    ensure_people,
    fresh_databases,
    hold_bot,
    open_database,
    start_stub,
)
from bots.runtime.client import TelegramClient
from bots.runtime.context import Context
from bots.runtime.intake import Intake, Station
from core.db.session import Database, UnitOfWork
from core.events import DomainEvent, TimerDue
from core.lifecycle import BotKind, Priority
from services.delivery import inbox, outbox, speech, timers
from services.delivery.schemas import Outgoing
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.starting import send_broadcast

RATE = 30
PRESSES = {Scale.FULL: 300, Scale.SHORT: 60, Scale.TINY: 3}
PRESS_EVERY = 0.2  # seconds, on average
LESSONS_FROM, PRESSES_FROM = 5_000_000, 6_000_000  # chats the stub notes


def run(scale: Scale) -> Sequence[Figure]:
    """Press and due message, idle and during a broadcast."""
    with start_stub(limit=RATE) as stub, fresh_databases("sqlite") as urls:
        url, presses = urls["sqlite"], PRESSES[scale]
        idle = asyncio.run(_measure(stub, url, presses, busy=False))
        busy = asyncio.run(_measure(stub, url, presses, busy=True))
        seen = stub.ask("figures")
    rows = [
        ("press answered, idle", idle[0], None),
        ("press answered, during a broadcast", busy[0], None),
        ("due message leaves after its moment, idle", idle[1], 1000.0),
        ("due message leaves, during a broadcast", busy[1], 1000.0),
    ]
    refused, pace = seen["refused"], (seen["sent"] - 1) / (seen["last"] - seen["first"])
    beside = _share(busy[0], 0.99) / _share(idle[0], 0.99)
    together = [
        Figure("press during a broadcast ÷ idle, p99", beside, "x", goal=2.0, less_is_better=True),
        Figure(f"messages meanwhile, of {RATE}/s", pace, "msg/s", goal=28.5, how=f"{seen['sent']} messages"),
    ]
    return together + [
        Figure(
            f"{what}: p99",
            _share(times, 0.99) * 1000,
            "ms",
            floor=limit,
            less_is_better=True,
            how=f"p50 {_share(times, 0.5) * 1000:.0f} ms, max {max(times) * 1000:.0f} ms of {len(times)}; {RATE}/s, {refused} × 429",
        )
        for what, times, limit in rows
    ]


def _share(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


async def _measure(stub: Stub, url: str, presses: int, *, busy: bool) -> tuple[list[float], list[float]]:
    """Seconds from a press to its answer, and from a timer's moment to its message."""
    stub.ask("forget", str(LESSONS_FROM).encode())
    async with open_database(url, _say_lesson) as db, _bot(stub, db):
        await ensure_people(db, 50_000 if presses == PRESSES[Scale.FULL] else presses * 12 + 100)
        if busy:
            await send_broadcast(db, BOT.account_id, BOT.id, Plan(name="News", text={"*": TEXT}))
        await asyncio.sleep(1.5 if presses > PRESSES[Scale.TINY] else 0)  # past the pacer's first second
        offset = db.clock.real_now().timestamp() - time.monotonic()
        due = await _set_lessons(db, presses // 3, presses * PRESS_EVERY)
        pressed = await _press(db, presses)
        await asyncio.sleep(1.5)
    noted: dict[int, float] = dict(reversed(stub.ask("figures")["noted"]))
    answers = [noted[chat_id] - at for chat_id, at in pressed.items()]
    lessons = [noted[chat_id] - (at - offset) for chat_id, at in due.items()]
    return answers, lessons


@asynccontextmanager
async def _bot(stub: Stub, db: Database) -> AsyncIterator[None]:
    telegram = TelegramClient(stub.url)
    sender = build_sender(db, telegram, await hold_bot(db), rate=RATE)
    face = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(stub.url)))
    stations = {BOT.id: Station(BOT, face, sender.call_soon)}
    intake = Intake(db, {BotKind.COURSE: _build_dispatcher()}, lambda: stations)
    scheduler = build_scheduler(db, lambda: [BOT.id])
    await sender.start()
    handling = asyncio.create_task(intake.run())
    scheduler.start()
    gc.freeze()
    yield
    scheduler.shutdown(wait=False)
    intake.stop()
    await handling
    await sender.stop()
    await telegram.close()
    await face.session.close()


def _build_dispatcher() -> Dispatcher:
    router, dispatcher = Router(), Dispatcher(disable_fsm=True)

    @router.callback_query()
    async def answer(_: CallbackQuery, ctx: Context) -> None:
        speech.say(ctx.uow, ctx.address, "You pressed.", ctx.next_key())

    dispatcher.include_router(router)
    return dispatcher


async def _say_lesson(uow: UnitOfWork, happened: DomainEvent) -> None:
    assert isinstance(happened, TimerDue)
    chat_id = happened.payload["chat_id"]
    key = f"lesson:{happened.key}"
    outbox.enqueue(uow, Outgoing(BOT.id, chat_id, "sendMessage", {"text": TEXT}, key, Priority.LESSON))


async def _set_lessons(db: Database, count: int, seconds: float) -> dict[int, float]:
    """Timers spread over the time to come; their moments by chat."""
    due = {}
    async with db.unit(BOT.account_id) as uow:
        for n in range(max(1, count)):
            at = uow.now + timedelta(seconds=random.uniform(0, seconds))
            chat_id = LESSONS_FROM + n
            await timers.set_timer(uow, "bench", f"{at.timestamp()}:{n}", at, {"chat_id": chat_id})
            due[chat_id] = at.timestamp()
    return due


async def _press(db: Database, count: int) -> dict[int, float]:
    """Presses at random moments, each by another person; when each was received."""
    pressed = {}
    for n in range(count):
        await asyncio.sleep(random.uniform(0, 2 * PRESS_EVERY))
        chat_id = PRESSES_FROM + n
        pressed[chat_id] = time.monotonic()
        await inbox.receive(db, BOT.account_id, BOT.id, [_press_update(chat_id)])
    return pressed


def _press_update(chat_id: int) -> dict[str, Any]:
    person = {"id": chat_id, "first_name": "Ann"}
    message = {"message_id": 5, "date": 1_750_000_000, "chat": {**person, "type": "private"}, "text": "?"}
    query = {"id": f"q{chat_id}", "from": {**person, "is_bot": False}, "chat_instance": "1", "data": "yes"}
    return {"update_id": time.monotonic_ns() // 1000, "callback_query": {**query, "message": message}}
