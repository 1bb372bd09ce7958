"""From the inbox to the handlers: people met, history kept, one unit of work per update."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from loguru import logger
from pydantic import ValidationError

from bots.runtime.context import Context, DirectCall
from bots.runtime.refusals import explain
from bots.runtime.throttle import Throttle, Verdict
from bots.runtime.till import MoneyUpdate, read_money, take_money
from bots.runtime.update_summary import Seen, look_at
from core.db.session import Database, Transaction, UnitOfWork
from core.errors import DomainError, RaceLost
from core.lifecycle import BotKind
from core.limits import UPDATES, UPLOADS
from core.text import catalog
from payment.base import PaymentProvider
from services.delivery import history
from services.delivery.inbox import STRANGERS_SHARE, InboxWork, drain, forget_words
from services.delivery.inbox import TOPIC as INBOX
from services.delivery.schemas import StoredUpdate
from services.learning.runs.holds import returning
from services.messaging.handoffs import handoffs
from services.people import contacts
from services.people.schemas import Contact, Encounter
from services.tenancy import members
from services.tenancy.schemas import ConnectedBot

HANDLER_SECONDS = 5.0  # a handler only reads and writes our database
STRANGERS_BEHIND = 1  # starts with each batch while Telegram keeps more updates than one answer holds
IDLE_SECONDS = 30.0  # the tick rings for rows of other processes
RETRY_SECONDS = 1.0
UPLOADED = ("photo", "document", "video", "audio", "voice", "video_note", "animation")


@dataclass(frozen=True)
class Station:
    """A bot this process owns: who it is, aiogram's face of it, its best-effort way out."""

    bot: ConnectedBot
    face: Bot
    direct: DirectCall


@dataclass
class Intake(InboxWork):
    """Drains the inbox of the bots this process owns into their dispatchers.

    While it `is_behind` with receiving, storing what comes goes before strangers: known people's presses are among that.
    """

    db: Database
    dispatchers: Mapping[BotKind, Dispatcher]
    stations: Callable[[], Mapping[int, Station]]
    providers: Mapping[str, PaymentProvider] = field(default_factory=dict)
    is_behind: Callable[[], bool] = bool
    handler_seconds: float = HANDLER_SECONDS
    _seen: dict[int, Seen | None] = field(default_factory=dict)
    _money: dict[int, MoneyUpdate] = field(default_factory=dict)
    _met: dict[tuple[int, int], Contact] = field(default_factory=dict)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.db.clock.monotonic)

    async def run(self) -> None:
        """Handle what comes until told to stop."""
        while not self._stopping:
            try:
                strangers = STRANGERS_BEHIND if self.is_behind() else STRANGERS_SHARE
                handled = await drain(self.db, list(self.stations()), self, strangers)
            except Exception as error:  # loop edge: the database may be away for a moment
                logger.opt(exception=error).error("draining the inbox failed")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if not handled:
                await self.db.bell.wait(INBOX, IDLE_SECONDS)

    def stop(self) -> None:
        """Finish the batch at hand, then return from `run`."""
        self._stopping = True
        self.db.bell.ring(INBOX)

    async def prepare(self, transaction: Transaction, items: Sequence[StoredUpdate]) -> None:
        """Read the updates and load the people and talks of the whole batch."""
        self._money.clear()
        self._seen = {item.id: self._read(item) for item in items}
        encounters = [_encounter(item, seen) for item in items if (seen := self._seen[item.id])]
        now = self.db.clock.now()
        self._met = await contacts.meet_people(transaction.conn, self.db.env, now, encounters)
        people: dict[int, set[int]] = {}
        for encounter in encounters:
            people.setdefault(encounter.account_id, set()).add(encounter.telegram_id)
        await handoffs.prefetch(transaction, people)
        await members.prefetch(transaction, people)

    def _read(self, item: StoredUpdate) -> Seen | None:
        station = self.stations().get(item.bot_id)
        try:
            content = json.loads(item.payload)
            if money := read_money(self.providers, content):
                self._money[item.id] = money
                return None
            return look_at(Update.model_validate(content, context={"bot": station and station.face}))
        except (ValidationError, ValueError):
            logger.bind(event="update.unreadable", bot_id=item.bot_id).warning(
                "update {} cannot be read", item.update_id
            )
            return None

    async def handle(self, uow: UnitOfWork, item: StoredUpdate) -> None:
        """Meet the person, then give the update to the bot's dispatcher."""
        seen, station = self._seen[item.id], self.stations().get(item.bot_id)
        if station is None:
            raise RaceLost("the bot was lost to another process, which handles this")
        if money := self._money.get(item.id):
            await take_money(uow, money, station.direct)
        if seen is None:
            return
        context = await self._context(uow, item, seen, station)
        if context.contact.is_stranger(uow.now):
            uow.strangers.add(context.contact.telegram_id)
        await self._meet_again(context, seen)
        await _remember(uow, item, seen)
        if self._is_too_much(context, seen) or _is_shut_out(context, seen):
            return
        async with asyncio.timeout(self.handler_seconds):
            dispatcher = self.dispatchers[station.bot.kind]
            await dispatcher.feed_update(station.face, seen.update, ctx=context)
        context.answer_callback()

    def _is_too_much(self, context: Context, seen: Seen) -> bool:
        """Whether the person does more than anybody can mean to; they are told once."""
        message = seen.update.message
        acts = seen.callback_id is not None or bool(message or seen.update.edited_message)
        if not (acts and seen.in_private) or context.roles:
            return False
        files = message is not None and any(getattr(message, name) for name in UPLOADED)
        for limit in (UPDATES, UPLOADS) if files else (UPDATES,):
            verdict = self.throttle.take(limit, context.bot.id, seen.user.id, context.update_id)
            if verdict is Verdict.TELL:
                context.say(limit.word)
            if verdict is not Verdict.FINE:
                return True
        return False

    async def _context(self, uow: UnitOfWork, item: StoredUpdate, seen: Seen, station: Station) -> Context:
        contact = self._met[item.account_id, seen.user.id]
        return Context(
            uow,
            station.bot,
            contact,
            seen.chat_id,
            item.update_id,
            station.direct,
            callback_id=seen.callback_id,
            thread=seen.thread,
            throttle=self.throttle,
            roles=await members.load_roles(uow, contact.telegram_id),
        )

    async def _meet_again(self, context: Context, seen: Seen) -> None:
        """Before anything else: what waited for somebody who was gone goes on."""
        if context.contact.returned and seen.acts:
            context.speaking = await returning.welcome_back(context.uow, context.contact, context.bot.id)
        elif context.contact.returned:
            await returning.expect(context.uow, context.contact, context.bot.id)

    async def apologise(self, uow: UnitOfWork, item: StoredUpdate, error: DomainError) -> None:
        """Tell the person in their words why nothing happened; one who is new was forgotten with it, and is met anew."""
        seen, station = self._seen.get(item.id), self.stations().get(item.bot_id)
        if seen is None or station is None:
            return
        self._met = await contacts.meet_people(uow.conn, self.db.env, uow.now, [_encounter(item, seen)])
        context = await self._context(uow, item, seen, station)
        await self._meet_again(context, seen)
        history.remember_incoming(uow, item.bot_id, seen.chat_id, seen.message_id, seen.words)
        key, values = explain(error)
        if seen.callback_id:
            context.alert(key, **values)
        elif seen.in_private:
            context.say(key, **values)


def _is_shut_out(context: Context, seen: Seen) -> bool:
    """Whether the team has blocked them: one sentence is all they get, by a call that nothing keeps back."""
    if context.contact.blocked_at is None or context.roles:
        return False
    if context.callback_id:
        context.alert("blocked-by-team")
    elif seen.in_private and seen.acts:
        fields = {"chat_id": seen.chat_id, "text": catalog.say("blocked-by-team", context.contact.language)}
        context.uow.after_commit(lambda: context.direct("sendMessage", fields))
    return True


async def _remember(uow: UnitOfWork, item: StoredUpdate, seen: Seen) -> None:
    """Keep what was said; a change of what is kept nowhere, a secret, is not kept either."""
    history.remember_incoming(uow, item.bot_id, seen.chat_id, seen.message_id, seen.words)
    if not (seen.update.edited_message and seen.in_private and seen.message_id):
        return
    if not await history.is_kept(uow, item.bot_id, seen.chat_id, seen.message_id):
        await forget_words(uow, item.bot_id, item.update_id, seen.message_id)


def _encounter(item: StoredUpdate, seen: Seen) -> Encounter:
    return Encounter(
        account_id=item.account_id,
        bot_id=item.bot_id,
        telegram_id=seen.user.id,
        first_name=seen.user.first_name,
        last_name=seen.user.last_name or "",
        username=seen.user.username,
        language_code=seen.user.language_code,
        in_private=seen.in_private,
        answers=seen.answers,
        acts=seen.acts,
    )
