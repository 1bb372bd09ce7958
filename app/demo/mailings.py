"""What the school says to many in its week: an invitation that was sent, two texts compared, a reminder that is planned."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from app.boot import database
from app.boot.keys import load_keys
from app.boot.machine.moved_clock import read_clock
from app.boot.settings import Settings
from core.clock import SystemClock
from services.messaging.broadcasts.files import read_broadcast
from services.messaging.broadcasts.starting import send_broadcast

Document = Mapping[str, Any]
Send = Callable[[Document], Awaitable[int]]
AHEAD = timedelta(days=5)  # of the planned one: the tour is over by then
INVITATION: Document = {
    "name": "Letters read aloud",
    "text": {
        "ru": "{{user.first_name}}, на следующей неделе Марина читает вслух письма учеников и вычёркивает"
        " лишнее. Приходите послушать или пришлите своё.",
        "en": "{{user.first_name}}, next week Grace reads letters of yours aloud and crosses out what is"
        " too much. Come and listen, or send one.",
    },
    "buttons": [
        [{"text": {"ru": "Приду", "en": "I am coming"}, "tag": "reading"}],
        [{"text": {"ru": "Пришлю письмо", "en": "I will send a letter"}, "tag": "letter"}],
    ],
}
PUT_OFF = {
    "ru": "Какое письмо вы откладываете уже неделю? Раз в неделю присылаем короткое упражнение, с которым оно пишется.",
    "en": "Which letter have you put off for a week? Once a week we send a short exercise that gets it written.",
}
SHORT = {
    "ru": "Пять минут в неделю: одно упражнение, чтобы письма дочитывали.",
    "en": "Five minutes a week: one exercise for letters that get read to the end.",
}
COMPARED: Document = {
    "name": "An exercise a week",
    "text": SHORT,
    "buttons": [[{"text": {"ru": "Присылайте", "en": "Send it to me"}, "tag": "exercise"}]],
    "variants": [{"share": 40, "text": SHORT}, {"share": 40, "text": PUT_OFF}],
    "winner": {"by": "clicks", "after": "4h"},
}
BETTER = "B"  # the variant that more people answered


def remind(now: datetime) -> Document:
    """The reminder, planned some days from a moment on."""
    return {
        "name": "Reminder of the reading",
        "text": {
            "ru": "{{user.first_name}}, сегодня в 19:00 по Москве читаем письма вслух.",
            "en": "{{user.first_name}}, today at 4 pm GMT we read letters aloud.",
        },
        "audience": {"tag": "reading"},
        "at": (now + AHEAD).isoformat(timespec="minutes"),
    }


@asynccontextmanager
async def sending(settings: Settings) -> AsyncIterator[Send]:
    """Give what sends a broadcast, as `tandem broadcast send` does, or plans it; it answers with the number."""
    clock = SystemClock()
    db = database.build_database(settings, load_keys(settings), clock)

    async def send(document: Document) -> int:
        await read_clock(settings.clock_url, clock)
        async with db.unit(db.env.account_id) as uow:
            bot_id, plan = await read_broadcast(uow, document, settings.data_dir)
        return await send_broadcast(db, db.env.account_id, bot_id, plan)

    try:
        yield send
    finally:
        await db.close()
