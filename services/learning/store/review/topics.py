"""Topics of students in review groups that are forums."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import review_topics
from core.db.session import Row, dialect_insert
from services.learning.schemas import Topic

COLUMNS = [column for column in review_topics.c if column.name in Topic.__dataclass_fields__]


def _read(rows: Any) -> Topic | None:
    row = rows.mappings().first()
    return Topic(**row) if row else None


async def add_topic(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Note a topic that is about to be made; None if there is one."""
    rows = await conn.execute(
        dialect_insert(conn, review_topics)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(review_topics.c.id)
    )
    topic_id: int | None = rows.scalar_one_or_none()
    return topic_id


async def find_topic_of(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, contact_id: int
) -> Topic | None:
    """A student's topic in a group."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(review_topics.c.account_id == account_id, review_topics.c.bot_id == bot_id)
        .where(review_topics.c.chat_id == chat_id, review_topics.c.contact_id == contact_id)
    )
    return _read(rows)


async def list_topics_of(conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int) -> list[Topic]:
    """A student's topics, in whatever groups of a bot."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(review_topics.c.account_id == account_id, review_topics.c.bot_id == bot_id)
        .where(review_topics.c.contact_id == contact_id)
        .order_by(review_topics.c.id)
    )
    return [Topic(**row) for row in rows.mappings()]


async def find_topic(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, thread: int
) -> Topic | None:
    """The topic that has this number now."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(review_topics.c.account_id == account_id, review_topics.c.bot_id == bot_id)
        .where(review_topics.c.chat_id == chat_id, review_topics.c.thread == thread)
    )
    return _read(rows)


async def find_lost_topic(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, thread: int
) -> Topic | None:
    """The topic that had this number before it was lost."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(review_topics.c.account_id == account_id, review_topics.c.bot_id == bot_id)
        .where(review_topics.c.chat_id == chat_id, review_topics.c.lost == thread)
    )
    return _read(rows)


async def keep_thread(conn: AsyncConnection, account_id: int, topic_id: int, thread: int) -> Topic | None:
    """Telegram has made a topic: keep its number; None if it has one, or is forgotten."""
    rows = await conn.execute(
        update(review_topics)
        .where(review_topics.c.account_id == account_id, review_topics.c.id == topic_id)
        .where(review_topics.c.thread.is_(None))
        .values(thread=thread)
        .returning(*COLUMNS)
    )
    return _read(rows)


async def lose_thread(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, thread: int, at: datetime
) -> Topic | None:
    """A topic with this number is there no more: a new one is asked for; None if nobody has it."""
    rows = await conn.execute(
        update(review_topics)
        .where(review_topics.c.account_id == account_id, review_topics.c.bot_id == bot_id)
        .where(review_topics.c.chat_id == chat_id, review_topics.c.thread == thread)
        .values(thread=None, lost=thread, asked_at=at)
        .returning(*COLUMNS)
    )
    return _read(rows)


async def ask_again(
    conn: AsyncConnection, account_id: int, topic_id: int, before: datetime, at: datetime
) -> bool:
    """Whether a topic that was asked for before then is still not there; from now on it is asked for anew."""
    done = await conn.execute(
        update(review_topics)
        .where(review_topics.c.account_id == account_id, review_topics.c.id == topic_id)
        .where(review_topics.c.thread.is_(None), review_topics.c.asked_at < before)
        .values(asked_at=at)
    )
    return done.rowcount == 1


async def drop_topic(conn: AsyncConnection, account_id: int, topic_id: int) -> Topic | None:
    """Forget a topic that could not be made."""
    rows = await conn.execute(
        review_topics.delete()
        .where(review_topics.c.account_id == account_id, review_topics.c.id == topic_id)
        .where(review_topics.c.thread.is_(None))
        .returning(*COLUMNS)
    )
    return _read(rows)
