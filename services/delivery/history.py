"""Every word said in both directions, written in the transaction that handled or sent it; under which words it is found, some seconds later."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import messages
from core.db.session import Database, UnitOfWork
from core.public_ids import CONVERSATION
from core.text.search_words import split_words
from services.delivery.feed.changes import Topic, note_change
from services.delivery.schemas import Heard, Rendered
from services.delivery.store import history as store
from services.delivery.store import words
from utils.telegram_html import shorten, strip_tags

MOST_HEARD = 6
MOST_LINE = 160

AT_ONCE = 200  # messages of a unit: nobody else writes meanwhile on SQLite
STEPS = 25  # units of a round
MOST_WORDS = 200  # of a message
NEWEST = 50  # messages of a chat; what is emptied is changed at once or never


def remember_incoming(uow: UnitOfWork, bot_id: int, chat_id: int, message_id: int | None, text: str) -> None:
    """Keep what a person wrote or pressed."""
    uow.append(
        messages,
        {
            "account_id": uow.account_id,
            "bot_id": bot_id,
            "chat_id": chat_id,
            "direction": "in",
            "telegram_message_id": message_id,
            "text": text,
            "at": uow.now,
        },
    )
    if chat_id > 0:  # a person's own chat
        note_change(uow, Topic.INBOX, CONVERSATION, chat_id)


async def is_kept(uow: UnitOfWork, bot_id: int, chat_id: int, message_id: int) -> bool:
    """Whether a person's message stands here; one before the newest is taken to, so that nobody makes us look at all."""
    newest = await store.list_newest(uow.conn, uow.account_id, bot_id, chat_id, NEWEST)
    return message_id in newest or (len(newest) == NEWEST and message_id < min(newest))


async def remember_outgoing(conn: AsyncConnection, rendered: Sequence[Rendered], at: datetime) -> None:
    """Keep what is about to be said; a retry says the same and is not kept twice."""
    rows = [
        {
            "account_id": call.call.account_id,
            "bot_id": call.call.bot_id,
            "chat_id": call.call.chat_id,
            "direction": "out",
            "outbox_id": call.call.id,
            "text": call.text,
            "at": at,
        }
        for call in rendered
        if call.text
    ]
    if rows:
        await store.add(conn, rows)


async def list_heard(uow: UnitOfWork, chat_id: int) -> list[Heard]:
    """The last things a person and the bots said to each other, oldest first; without their formatting."""
    heard = await store.list_heard(uow.conn, uow.account_id, chat_id, MOST_HEARD)
    return [replace(line, text=shorten(strip_tags(line.text), MOST_LINE)) for line in reversed(heard)]


class WordKeeper:
    """Goes along the messages. A round takes those that were there at the round before: what commits late is not passed over."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._done = 0
        self._settled: int | None = None

    async def keep_up(self) -> None:
        """One round."""
        async with self._db.reading() as conn:
            worded, newest = await words.find_ends(conn)
        until, self._settled = self._settled, newest
        self._done = max(self._done, worded)
        if until is not None and until > self._done:  # where nothing was said, nobody waits for us to write
            self._done = await keep_words(self._db, self._done, until, STEPS)


async def keep_words(db: Database, after: int, until: int, steps: int) -> int:
    """Keep the words of the messages behind one, until another; gives the last that was taken."""
    for _ in range(steps):
        async with db.transaction() as transaction:
            said = await words.list_said(transaction.conn, after, until, AT_ONCE)
            rows = [row for message in said for row in _list_words(message)]
            if rows:
                await words.add_words(transaction.conn, rows)
        after = said[-1].id if said else after
        if len(said) < AT_ONCE:
            break
    return after


def _list_words(message: Any) -> list[Mapping[str, Any]]:
    """Words to many are found where they were sent to many."""
    if message.to_many:
        return []
    text = message.text if message.direction == "in" else strip_tags(message.text)
    row = {"account_id": message.account_id, "message_id": message.id}
    return [{**row, "word": word} for word in split_words(text, most=MOST_WORDS)]
