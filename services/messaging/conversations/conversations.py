"""The conversations with people, and what was said in each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import HandoffStatus, OutboxState
from core.text.names import show_name
from services.messaging.conversations.keys import author_of
from services.messaging.schemas import WantedTalks
from services.messaging.store import conversations as store
from utils.telegram_html import strip_tags

ORDERS, MESSAGES = store.ORDERS, store.MESSAGES
OUTCOMES = {OutboxState.SENT: "sent", OutboxState.FAILED: "failed", OutboxState.HOLD: "unknown"}


@dataclass(frozen=True)
class Conversation:
    """A person, the last word with them, and who of the team talks with them or is rung; `id` is that word's."""

    id: int
    contact_id: int
    telegram_id: int
    name: str
    username: str | None
    bot_id: int
    text: str
    at: datetime
    waits: bool  # the person has spoken last
    handoff_id: int | None
    operator_id: int | None
    talk: HandoffStatus | None


@dataclass(frozen=True)
class Message:
    """Something that was said; `state` of what a bot says: sent, failed, unknown or waiting; `author_id` wrote it here."""

    id: int
    bot_id: int
    is_incoming: bool
    text: str
    at: datetime
    state: str | None
    error: str | None
    author_id: int | None


async def list_conversations(uow: UnitOfWork, wanted: WantedTalks, part: Slice) -> list[Conversation]:
    """A part of the conversations."""
    rows = await store.list_conversations(uow.conn, uow.account_id, wanted, part)
    return [_conversation(row) for row in rows]


async def get_conversation(uow: UnitOfWork, telegram_id: int) -> Conversation:
    """The conversation with a person; raises CONVERSATION_NOT_FOUND if nothing was ever said."""
    row = await store.find_conversation(uow.conn, uow.account_id, telegram_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "CONVERSATION_NOT_FOUND", str(telegram_id))
    return _conversation(row)


def _conversation(row: Any) -> Conversation:
    return Conversation(
        id=row.id,
        contact_id=row.contact_id,
        telegram_id=row.telegram_id,
        name=show_name(row.first_name, row.last_name, row.username, row.telegram_id),
        username=row.username,
        bot_id=row.bot_id,
        text=_words(row),
        at=row.at,
        waits=row.direction == "in",
        handoff_id=row.handoff_id,
        operator_id=row.operator_id,
        talk=HandoffStatus(row.talk) if row.talk else None,
    )


def _words(row: Any) -> str:
    """What was said, in plain words: a bot's are kept with their formatting."""
    return row.text if row.direction == "in" else strip_tags(row.text)


async def list_messages(uow: UnitOfWork, telegram_id: int, part: Slice) -> list[Message]:
    """A part of what was said with a person."""
    rows = await store.list_messages(uow.conn, uow.account_id, telegram_id, part)
    return [
        Message(
            row.id,
            row.bot_id,
            row.direction == "in",
            _words(row),
            row.at,
            OUTCOMES.get(row.state, "waiting") if row.state else None,
            row.error,
            author_of(row.dedupe_key),
        )
        for row in rows
    ]
