"""The SQL of tracked links and clicks."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.messaging_clicks import broadcast_clicks, tracked_links
from core.db.session import Row, dialect_insert


async def list_links(conn: AsyncConnection, account_id: int, broadcast_id: int) -> dict[str, int]:
    """The links of a broadcast: address → id."""
    rows = await conn.execute(
        select(tracked_links.c.url, tracked_links.c.id).where(
            tracked_links.c.account_id == account_id, tracked_links.c.broadcast_id == broadcast_id
        )
    )
    return {row.url: row.id for row in rows}


async def add_links(
    conn: AsyncConnection, account_id: int, broadcast_id: int, urls: Sequence[str]
) -> dict[str, int]:
    """Add links to a broadcast: address → id."""
    rows = [{"account_id": account_id, "broadcast_id": broadcast_id, "url": url} for url in urls]
    added = await conn.execute(insert(tracked_links).returning(tracked_links.c.url, tracked_links.c.id), rows)
    return {row.url: row.id for row in added}


# all accounts: whoever opens a link says nothing of an account; the code is proof enough
async def find_link(conn: AsyncConnection, link_id: int) -> tuple[int, int, str] | None:
    """A link by its id: account, broadcast and address."""
    rows = await conn.execute(
        select(tracked_links.c.account_id, tracked_links.c.broadcast_id, tracked_links.c.url).where(
            tracked_links.c.id == link_id
        )
    )
    row = rows.one_or_none()
    return (row.account_id, row.broadcast_id, row.url) if row else None


async def add_click(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Count a click ({broadcast_id, chat_id, button, at}); of several the first one's time is kept."""
    statement = dialect_insert(conn, broadcast_clicks).values(account_id=account_id, times=1, **row)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["broadcast_id", "chat_id", "button"],
            set_={"times": broadcast_clicks.c.times + 1},
            where=broadcast_clicks.c.account_id == account_id,
        )
    )
