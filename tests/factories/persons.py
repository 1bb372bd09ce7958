"""People and what is known about them."""

from datetime import timedelta
from typing import Any

from core.db.models.people import (
    awaited_inputs,
    chats,
    consents,
    contacts,
    segment_members,
    segments,
    tags,
    variables,
)
from core.db.session import UnitOfWork
from core.lifecycle import AwaitedKind, ChatState
from core.text.search_words import split_words
from services.people.contacts import get_contact
from services.people.schemas import Contact
from services.people.store.words import add_words
from tests.factories.rows import add_row

ANNA = 500_001  # a Telegram id


async def add_contact(uow: UnitOfWork, telegram_id: int = ANNA, **changed: Any) -> Contact:
    """A person who is known to the account."""
    row = {
        "telegram_id": telegram_id,
        "first_name": "Anna",
        "last_name": "Lind",
        "username": f"person{telegram_id}",
        "language": "ru",
        "zone": "Europe/Moscow",
        "created_at": uow.now,
    }
    contact = await get_contact(uow, await add_row(uow, contacts, row, changed))
    names = split_words(contact.first_name, contact.last_name, contact.username)
    await add_words(uow.conn, uow.account_id, contact.id, names)
    return contact


async def add_chat(uow: UnitOfWork, bot_id: int, contact: Contact, **changed: Any) -> int:
    """A person's open chat with a bot."""
    row = {
        "bot_id": bot_id,
        "contact_id": contact.id,
        "telegram_id": contact.telegram_id,
        "state": ChatState.OPEN,
        "opened_at": uow.now,
        "seen_at": uow.now,
    }
    return await add_row(uow, chats, row, changed)


async def add_variable(uow: UnitOfWork, contact_id: int, **changed: Any) -> int:
    """Something remembered about a person."""
    return await add_row(
        uow, variables, {"contact_id": contact_id, "name": "goal", "value": "write"}, changed
    )


async def add_tag(uow: UnitOfWork, contact_id: int, **changed: Any) -> int:
    """A tag on a person."""
    return await add_row(uow, tags, {"contact_id": contact_id, "name": "words", "at": uow.now}, changed)


async def add_segment(uow: UnitOfWork, contact_id: int, **changed: Any) -> int:
    """A segment that is kept as it was, with one person in it."""
    row = {"name": "warm", "audience": {"tag": "warm"}, "is_live": False, "created_at": uow.now}
    segment_id = await add_row(uow, segments, row, changed)
    await add_row(uow, segment_members, {"segment_id": segment_id, "contact_id": contact_id}, {})
    return segment_id


async def add_consent(uow: UnitOfWork, contact_id: int, **changed: Any) -> int:
    """A consent that was asked for and not yet given."""
    row = {"contact_id": contact_id, "version": "v1", "payload": "s_hello", "asked_at": uow.now}
    return await add_row(uow, consents, row, changed)


async def add_awaited(uow: UnitOfWork, bot_id: int, **changed: Any) -> int:
    """What a person's next message is to be."""
    row = {
        "bot_id": bot_id,
        "chat_id": ANNA,
        "kind": AwaitedKind.QUESTION,
        "about": "",
        "asked_at": uow.now,
        "expires_at": uow.now + timedelta(hours=1),
    }
    return await add_row(uow, awaited_inputs, row, changed)
