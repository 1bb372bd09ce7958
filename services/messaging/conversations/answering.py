"""A word from somebody of the team, said as the bot: what they are writing is kept, and what they send leaves once."""

import html
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind, HandoffStatus, Priority
from core.public_ids import CONVERSATION
from services.delivery.feed.changes import Topic, note_change
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.messaging.conversations.keys import author_of, new_key, starts_of
from services.messaging.handoffs import handoffs
from services.messaging.handoffs.handoffs import OPERATOR
from services.messaging.store import conversations as store
from services.messaging.store import reply_drafts
from services.people.contacts import find_by_telegram_id, list_reachable
from services.people.schemas import Contact
from services.tenancy.bots import find_bot, get_bot_by_id

STILL_WRITES = timedelta(seconds=15)  # since the last letter that came


@dataclass(frozen=True)
class Draft:
    """What a member is writing to a person."""

    author_id: int
    text: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A word that is on its way and has not left yet."""

    text: str
    author_id: int | None
    at: datetime


@dataclass(frozen=True)
class Word:
    """What is to be said; `bot_id` None: in the bot they spoke in last; `seen`: the last message its author has seen."""

    text: str
    author_id: int
    bot_id: int | None = None
    seen: int | None = None
    priority: Priority = Priority.INTERACTIVE


async def write(uow: UnitOfWork, telegram_id: int, word: Word) -> int:
    """Say something to a person as the bot; gives that bot's id.

    Raises CONVERSATION_NOT_FOUND, NOT_REACHABLE for who has closed the bot, NEWER_MESSAGE if the person, or another one
    of the team, has said something that its author has not seen.
    """
    person = await get_person(uow, telegram_id)
    place = Address(await find_bot_of(uow, telegram_id, word.bot_id), telegram_id)
    if not await list_reachable(uow, place.bot_id, [telegram_id]):
        raise DomainError(ErrorKind.CONFLICT, "NOT_REACHABLE", str(telegram_id))
    if word.seen and await _has_newer(uow, telegram_id, word, word.seen):
        raise DomainError(ErrorKind.CONFLICT, "NEWER_MESSAGE", str(telegram_id))
    payload = {"chat_id": telegram_id, "text": html.escape(word.text, quote=False)}
    key = new_key(person.id, word.author_id)
    enqueue(uow, Outgoing(place.bot_id, telegram_id, "sendMessage", payload, key, word.priority))
    talk = await handoffs.find_of_speaker(uow, place.bot_id, person)
    if talk is not None and talk.status is HandoffStatus.TALKING and talk.operator_id == word.author_id:
        await handoffs.expect_word(uow, talk, OPERATOR)
    await reply_drafts.drop_draft(uow.conn, uow.account_id, telegram_id, word.author_id)
    note_change(uow, Topic.INBOX, CONVERSATION, telegram_id)
    return place.bot_id


async def _has_newer(uow: UnitOfWork, telegram_id: int, word: Word, seen: int) -> bool:
    """Whether somebody has spoken whom the author has not heard: a bot's own words are nobody's."""
    rows = await store.list_newer(uow.conn, uow.account_id, telegram_id, seen)
    return any(
        row.direction == "in" or author_of(row.dedupe_key) not in {None, word.author_id} for row in rows
    )


async def list_waiting(uow: UnitOfWork, telegram_id: int) -> list[Waiting]:
    """The team's words to a person that have not left yet, the oldest first."""
    person = await get_person(uow, telegram_id)
    rows = await store.list_waiting(uow.conn, uow.account_id, telegram_id, starts_of(person.id))
    return [
        Waiting(html.unescape(json.loads(row.payload)["text"]), author_of(row.dedupe_key), row.created_at)
        for row in rows
    ]


async def keep_draft(uow: UnitOfWork, telegram_id: int, author_id: int, text: str) -> None:
    """Keep what a member is writing; who watches is told when they begin and when they stop."""
    before = await reply_drafts.find_draft(uow.conn, uow.account_id, telegram_id, author_id)
    if text:
        row = {"chat_id": telegram_id, "author_id": author_id, "text": text, "at": uow.real_now}
        await reply_drafts.put_draft(uow.conn, uow.account_id, row)
    else:
        await reply_drafts.drop_draft(uow.conn, uow.account_id, telegram_id, author_id)
    wrote = before is not None and before["at"] > uow.real_now - STILL_WRITES
    if wrote != bool(text):
        note_change(uow, Topic.INBOX, CONVERSATION, telegram_id)


async def find_draft(uow: UnitOfWork, telegram_id: int, author_id: int) -> Draft | None:
    """What a member has begun to write to a person."""
    row = await reply_drafts.find_draft(uow.conn, uow.account_id, telegram_id, author_id)
    return Draft(author_id, row["text"], row["at"]) if row else None


async def list_writing(uow: UnitOfWork, telegram_id: int, but: int) -> list[int]:
    """The other members who are writing to a person at this moment."""
    since = uow.real_now - STILL_WRITES
    return await reply_drafts.list_writing(uow.conn, uow.account_id, telegram_id, since, but)


async def get_person(uow: UnitOfWork, telegram_id: int) -> Contact:
    """Whom a conversation is with; raises CONVERSATION_NOT_FOUND."""
    person = await find_by_telegram_id(uow, telegram_id)
    if person is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CONVERSATION_NOT_FOUND", str(telegram_id))
    return person


async def find_bot_of(uow: UnitOfWork, telegram_id: int, bot_id: int | None = None) -> int:
    """The bot that is named, else the one in which something was said last, else the shop."""
    if bot_id is not None:
        return (await get_bot_by_id(uow, bot_id)).id
    row = await store.find_conversation(uow.conn, uow.account_id, telegram_id)
    if row is not None:
        return int(row.bot_id)
    shop = await find_bot(uow, BotKind.SALES)
    if shop is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_FOUND", str(telegram_id))
    return shop.id
