"""Asks Telegram for updates; what was received is confirmed only after it was stored."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from loguru import logger

from bots.runtime.client import Answer, TelegramClient
from bots.runtime.retry import UNAUTHORIZED, TokenRefusedError, call_until_answered
from core.db.session import Database
from core.lifecycle import BotTrouble
from services.delivery.inbox import receive
from services.tenancy.schemas import ConnectedBot
from utils.backoff import delay

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "poll_answer",
    "chat_join_request",
    "chat_member",
    "my_chat_member",
    "pre_checkout_query",
    "subscription",
)
LONG_POLL = 25
MOST_OUSTED = 3  # in a row, until the owners are told
Note = Callable[[BotTrouble | None], Awaitable[None]]
MOST_UPDATES = 100  # in one answer
CONFLICT = 409


class Poller:
    """One bot's long poll; `listens` is called once Telegram has answered.

    It `is_behind` while Telegram gives as many updates as an answer holds: more of them wait there.
    """

    def __init__(
        self,
        db: Database,
        telegram: TelegramClient,
        bot: ConnectedBot,
        listens: Callable[[], None],
        note: Note,
    ) -> None:
        self._db = db
        self._telegram = telegram
        self._bot = bot
        self._offset: int | None = None
        self._listens = listens
        self._note = note
        self._heard = False
        self._ousted = 0  # times another program got in between
        self.is_behind = False

    async def run(self) -> None:
        """Poll until cancelled."""
        await call_until_answered(self._telegram, self._bot.token, "deleteWebhook", {})
        failures = 0
        while True:
            try:
                answer = await self._ask()
                failures = 0 if answer.ok else failures + 1
                await self._take(answer, failures)
            except TokenRefusedError:
                raise
            except Exception as error:  # loop edge: Telegram or the database may be away for a while
                failures += 1
                logger.warning("@{}: no updates: {!r}", self._bot.username, error)
                await asyncio.sleep(delay(failures, most=30).total_seconds())

    async def _ask(self) -> Answer:
        seconds = LONG_POLL if self._heard else 0  # the first answer says that we are polling
        fields: dict[str, Any] = {
            "timeout": seconds,
            "limit": MOST_UPDATES,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if self._offset is not None:
            fields["offset"] = self._offset
        return await self._telegram.call(self._bot.token, "getUpdates", fields, timeout=seconds + 15)

    async def _take(self, answer: Answer, failures: int) -> None:
        if not answer.ok:
            await self._refuse(answer)
            why = "another program uses this token" if answer.code == CONFLICT else answer.error
            logger.bind(event="poll.failed", bot_id=self._bot.id).error("@{}: {}", self._bot.username, why)
            await asyncio.sleep(max(answer.retry_after, delay(failures, first=1, most=30).total_seconds()))
            return
        if not self._heard:
            self._heard = True
            self._listens()
            await self._note(None)
        elif self._ousted:
            await self._calm()
        self.is_behind = len(answer.result) == MOST_UPDATES
        if answer.result:
            # A stop cancels the long poll, never a write under way.
            await asyncio.shield(receive(self._db, self._bot.account_id, self._bot.id, answer.result))
            self._offset = answer.result[-1]["update_id"] + 1

    async def _refuse(self, answer: Answer) -> None:
        """Have it told that the token is good no more, or that another program gets in between time and again."""
        if answer.code in UNAUTHORIZED:
            raise TokenRefusedError(f"Telegram refuses the token of bot {self._bot.id}: {answer.error}")
        if answer.code == CONFLICT:
            self._ousted += 1
            if self._ousted == MOST_OUSTED:
                await self._note(BotTrouble.ELSEWHERE)

    async def _calm(self) -> None:
        """A whole poll went by without anybody in between."""
        if self._ousted >= MOST_OUSTED:
            await self._note(None)
        self._ousted = 0
