"""The words under which people are found: those of their names."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.people import contact_words
from core.db.session import dialect_insert


async def add_words(conn: AsyncConnection, account_id: int, contact_id: int, words: Collection[str]) -> None:
    """The person is found by these words, too."""
    rows = [{"account_id": account_id, "contact_id": contact_id, "word": word} for word in words]
    if rows:
        await conn.execute(dialect_insert(conn, contact_words).on_conflict_do_nothing(), rows)


async def change_words(
    conn: AsyncConnection, account_id: int, contact_id: int, words: Collection[str]
) -> None:
    """From now on the person is found by these words alone."""
    theirs = delete(contact_words).where(
        contact_words.c.account_id == account_id, contact_words.c.contact_id == contact_id
    )
    await conn.execute(theirs.where(contact_words.c.word.not_in(words)))
    await add_words(conn, account_id, contact_id, words)
