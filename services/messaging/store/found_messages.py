"""What was said, by the words in it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Slice, narrow
from core.db.models.delivery import messages
from core.db.models.delivery_words import message_words
from core.db.models.people import contacts
from core.db.models.tenancy import bots
from core.text.search_words import LAST
from services.messaging.schemas import SoughtMessages

FEW = 100_000
"""A word that fewer messages have leads to them; along the others one comes to those with it soon enough."""


async def count_few(conn: AsyncConnection, account_id: int, word: str) -> int:
    """How many words begin so, counted up to FEW."""
    some = select(message_words.c.id).where(_begins(account_id, word)).limit(FEW).subquery()
    return int(await conn.scalar(select(func.count()).select_from(some)) or 0)


async def list_found(
    conn: AsyncConnection, account_id: int, sought: SoughtMessages, part: Slice, *, rarest: str | None
) -> Sequence[Any]:
    """A part of the messages with all these words, with whom they were; `rarest` of the words leads to them."""
    said = _select(account_id, sought, [word for word in sought.words if word != rarest])
    if rarest is not None:
        among = select(message_words.c.message_id).where(_begins(account_id, rarest)).distinct()
        hits = among.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        said = said.join(hits, hits.c.message_id == messages.c.id)
    rows: Sequence[Any] = (await conn.execute(part.cut(said))).all()
    return rows


def _select(account_id: int, sought: SoughtMessages, words: Collection[str]) -> Select[Any]:
    said: Select[Any] = (
        select(
            messages.c.id,
            messages.c.bot_id,
            messages.c.chat_id,
            messages.c.direction,
            messages.c.text,
            messages.c.at,
            contacts.c.id.label("contact_id"),
            contacts.c.telegram_id,
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
        )
        .join(
            contacts,
            and_(contacts.c.telegram_id == messages.c.chat_id, contacts.c.account_id == account_id),
        )
        .where(messages.c.account_id == account_id)
    )
    if sought.telegram_id is not None:
        ours = select(bots.c.id).where(bots.c.account_id == account_id)
        said = said.where(messages.c.chat_id == sought.telegram_id, messages.c.bot_id.in_(ours))
    said = narrow(said, {messages.c.bot_id: sought.bot_id, messages.c.direction: sought.direction})
    if sought.since is not None:
        said = said.where(messages.c.at >= sought.since)
    if sought.until is not None:
        said = said.where(messages.c.at < sought.until)
    return said.where(
        *(
            exists().where(message_words.c.message_id == messages.c.id, _begins(account_id, word))
            for word in words
        )
    )


def _begins(account_id: int, word: str) -> ColumnElement[bool]:
    return and_(
        message_words.c.account_id == account_id,
        message_words.c.word >= word,
        message_words.c.word < word + LAST,
    )
