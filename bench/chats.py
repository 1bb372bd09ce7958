"""People who talk to the bot: when one has been answered, the next of them speaks."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from typing import Any

from bench.stage import BOT, FIRST_PERSON
from bots.runtime.client import Answer, TelegramClient
from core.db.session import Database
from services.delivery.inbox import receive


def make_update(number: int, chat_id: int) -> dict[str, Any]:
    """A text message as Telegram sends it."""
    person = {"id": chat_id, "first_name": "Ann", "last_name": "Lee"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_750_000_000,
            "from": {**person, "is_bot": False, "language_code": "en"},
            "chat": {**person, "type": "private"},
            "text": f"word {number}",
        },
    }


class People(TelegramClient):
    """The product's client that also notices when somebody was answered."""

    def __init__(self, base_url: str, at_once: int, updates: int, people: int) -> None:
        super().__init__(base_url)
        # Each in turn: nobody is answered so often that the pace of a single chat is met.
        self._people = itertools.cycle(range(FIRST_PERSON + 1, FIRST_PERSON + people + 1))
        self._silent = at_once
        self._left = updates
        self._number = time.monotonic_ns() // 1000  # never one of an earlier round
        self._answered = asyncio.Event()
        self._answered.set()
        self.done = 0

    async def call(
        self, token: str, method: str, fields: Mapping[str, Any], *more: Any, **named: Any
    ) -> Answer:
        """As always; who was answered lets the next one speak."""
        answer = await super().call(token, method, fields, *more, **named)
        self.done += 1
        self._silent += 1
        self._answered.set()
        return answer

    async def speak(self, db: Database) -> None:
        """Put what is said into the inbox, as the poller does, until all has been said and answered."""
        total = self._left
        while self.done < total:
            await self._answered.wait()
            self._answered.clear()
            speakers, self._silent = min(self._silent, self._left), 0
            self._left -= speakers
            if speakers:
                await receive(db, BOT.account_id, BOT.id, [self._next() for _ in range(speakers)])

    def _next(self) -> dict[str, Any]:
        self._number += 1
        return make_update(self._number, next(self._people))
